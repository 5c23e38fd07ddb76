import { expect, test } from 'vitest';
import { table } from '#book/x86/opcodes.ts';
import type { Row } from '#book/x86/opcodes.ts';
import { put } from './special.ts';

function row(text: string, change: Partial<Row> = {}): Row {
  const found = table.find(r => r.text.startsWith(text));
  if (!found) throw new Error(`no row ${text}`);
  return { ...found, ...change };
}

/** Who has the place in the end, in either order? */
function winners(a: Row, b: Row): (Row | undefined)[] {
  return [[a, b], [b, a]].map(both => {
    const rows: (Row | undefined)[] = [];
    for (const r of both) put(rows, 5, r);
    return rows[5];
  });
}
const beats = (a: Row, b: Row) =>
  expect(winners(a, b)).toEqual([a, a]);

const general = row('91+ xchg', { text: '90+ xchg', opcode: 0x90 });
const wide = row('91+ xchg', { text: '66:91+ xchg', prefix: 1 });
const exact = row('np:0fae.f0 mfence'), add = row('00 add');
const run = row('np:0fae.e8+ lfence'), digit = row('np:0fae/7');

test('a free place is taken, and no other', () => {
  const rows: (Row | undefined)[] = [undefined, undefined];
  put(rows, 1, add);
  expect(rows).toEqual([undefined, add]);
});

test('NOP inside of XCHG', () => {
  beats(row('np:90 nop'), general);
  beats(add, general);
});

test('one byte, a run, digits, nothing', () => {
  beats(exact, run);
  beats(run, digit);
  beats(digit, row('np:90 nop'));
  beats(row('d9.e8 fld1'), row('d8.c0+ fadd'));
});

test('ModRM counts before the prefix, that before the opcode', () => {
  beats(row('d8/0 fadd'), row('np:90 nop'));
  beats(row('d9.e8 fld1'), run);
  beats(wide, add);
});

test.each([
  [add, row('01 add')], [add, add],
  [row('f6/01 test'), row('f6/2 not')],
  [row('d8.c0+ fadd'), row('d8.c8+ fmul')],
  [row('np:90 nop'), row('f3:90 pause')],
])('no difference: a contradiction', (a, b) => {
  expect(() => winners(a, b)).toThrow(a.text);
  expect(() => winners(a, b)).toThrow(b.text);
});
