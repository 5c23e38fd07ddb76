// A sample of the mutation gate: every tenth line, with its attack. The
// whole of it is `npm run break`.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkLines, checkLists, type Lists } from './breakit/gate.ts';
import { listRefusals } from './breakit/lines.ts';
import { openArena } from './breakit/program.ts';
import { refusalsOf } from './breakit/refusals.ts';
import { exemptions } from '../src/xen/attacks/exempt.ts';

const root = join(import.meta.dirname, '..');
const arena = openArena(root);
const lists: Lists = { refusals: listRefusals(root), attacks: arena.attacks, exemptions };

test('every refusal has an attack, or says why not', () => {
  expect(checkLists(lists)).toEqual([]);
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
});
