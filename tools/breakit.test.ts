// A sample of the mutation gate: every tenth line, with its attack. The
// whole of it is `npm run break`.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkLines, checkLists, type Lists } from './breakit/gate.ts';
import { ELSEWHERE, listRefusals, unlisted } from './breakit/lines.ts';
import { openArena } from './breakit/program.ts';
import { refusalsOf } from './breakit/refusals.ts';
import { exemptions } from '../src/xen/attacks/exempt.ts';

const root = join(import.meta.dirname, '..');
const arena = openArena(root);
const lists: Lists = { refusals: listRefusals(root), attacks: arena.attacks, exemptions };

test('every refusal has an attack, or says why not', () => {
  expect(checkLists(lists)).toEqual([]);
});

test('every file of the hypervisor that refuses is in a list', () => {
  expect(unlisted(root)).toEqual([]);
  const files = Object.keys(ELSEWHERE);
  expect(files.filter((f) => !existsSync(join(root, f)))).toEqual([]);
});

test('without its line an attack succeeds: a sample', () => {
  let n = 0;
  const outcomes = [...checkLines(lists, arena, () => n++ % 10 === 0)];
  expect(outcomes.length).toBeGreaterThan(15);
  expect(outcomes.filter((o) => o.problem)).toEqual([]);
});

/** What is taken away of a function, as `text → instead`. */
const found = (code: string): string[] =>
  refusalsOf('src/x.ts', code, new Set(['checked']))
    .map((r) => `${r.text} → ${r.instead}`);

test('what a refusal is', () => {
  expect(found('function f() { if (a || !b) return -EINVAL; return 0; }'))
    .toEqual(['a → false', '!b → false']);
  expect(found('function f() { if (a && b) return 1; throw new Errno(EPERM); }'))
    .toEqual(['a → true', 'b → true']);
  expect(found('const f = () => a ? -EPERM : 0;')).toEqual(['a → false']);
  expect(found('function f(): boolean { return a && b; }'))
    .toEqual(['a → true', 'b → true']);
  expect(found('function f() { const ok = a && b; if (!ok) return undefined; }'))
    .toEqual(['a → true', 'b → true']);
  expect(found('function f() { checked(1); other(2); }')).toEqual(['checked(1); → ;']);
  expect(found('function f() { if (a) throw new Error("bug"); }')).toEqual([]);
  expect(found('function f() { if (a) { crashDomain(x); return 0; } }')).toEqual(['a → false']);
  expect(found('function f() { if (a) return crashDomain(x); }')).toEqual(['a → false']);
});

test('a value that is mended is left as it came', () => {
  expect(found('const g = (n: number) => n & 3 ? n : n | 1;')).toEqual(['n & 3 ? n : n | 1 → n']);
  expect(found('const g = (d: D) => low ? d : cut(d, 1);')).toEqual(['low ? d : cut(d, 1) → d']);
  expect(found('const g = () => a ? b : c;')).toEqual([]);
  expect(found('function g() { cs = fixupSelector(cs & 7); }'))
    .toEqual(['fixupSelector(cs & 7) → (cs & 7)']);
});

test('a name that only looks like a check', () => {
  expect(found('function f(checked: F) { checked(1); }')).toEqual([]);
  expect(found('function f() { const checked = g; checked(1); }')).toEqual([]);
});

test('a default that refuses', () => {
  const of = (value: string) => `function f() { switch (a) { default: return ${value}; } }`;
  expect(found(of('false'))).toEqual(['return false; → return true;']);
  expect(found(of('-ENOSYS'))).toEqual(['return -ENOSYS; → return 0;']);
});
