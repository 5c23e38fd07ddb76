import { expect, test } from 'vitest';
import { Layout, State } from '#book/machine/fields.ts';
import { Printer } from '#book/machine/print.ts';
import { load } from '#book/x86/bare.ts';
import { condition } from '#book/x86/flags.ts';
import { sub } from '#book/x86/meaning/arithmetic.ts';
import { conditions } from '#book/x86/opcodes.ts';
import { afterCmp } from './condition.ts';

const all = conditions.map((name, code) => [name, code] as const);
const others = ['o', 'no', 's', 'ns', 'p', 'np'];
const comparing = all.filter(([name]) => !others.includes(name));
const edges = [0, 1, 2, 0x7fff_fffe, 0x7fff_ffff, 0x8000_0000,
  0x8000_0001, 0xffff_fffe, 0xffff_ffff];

test.each(comparing)('%s, as the flags have it', (_name, code) => {
  const b = load('nop').evaluator;
  for (const n of edges) {
    for (const m of edges) {
      b.begin();
      const [x, y] = [b.i32.const(n), b.i32.const(m)];
      const got = afterCmp(b, code, x, y) as unknown;
      sub(b, 32, x, y);
      expect([n, m, got]).toEqual([n, m, condition(b, code)]);
    }
  }
});

test.each(comparing)('%s in one operation', (_name, code) => {
  const layout = new Layout();
  const fields = [layout.i32('x'), layout.i32('y')] as const;
  const printer = new Printer(new State(layout));
  const b = printer.asBuilder();
  afterCmp(b, code, b.get(fields[0]), b.get(fields[1]));
  expect(printer.lines.slice(2)).toHaveLength(1);
});

test('the other six', () => {
  const b = load('nop').evaluator;
  const zero = b.i32.const(0);
  const got = all.filter(([, code]) =>
    afterCmp(b, code, zero, zero) === undefined);
  expect(got.map(([name]) => name)).toEqual(others);
});
