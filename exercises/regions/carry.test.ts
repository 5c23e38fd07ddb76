import { expect, test } from 'vitest';
import { Layout, State } from '#book/machine/fields.ts';
import { Printer } from '#book/machine/print.ts';
import { load } from '#book/x86/bare.ts';
import { Values } from '#book/x86/campaign/values.ts';
import { afterAdd } from './carry.ts';

const widths = [8, 16, 32];

test.each(widths)('they hold for %i bits', (bits) => {
  const b = load('nop').evaluator;
  const values = new Values(5);
  const mask = 2 ** bits - 1;
  const value = (): number => (values.value() & mask) | 0;
  for (let n = 0; n < 3000; n++) {
    const [x, y] = [value(), value()];
    const carry = (x >>> 0) + (y >>> 0) > mask ? 1 : 0;
    const got = afterAdd(bits).map(({ first, ask, answer }) => {
      b.begin();
      const [p, q] = [b.i32.const(x), b.i32.const(y)];
      first(b, p, q);
      return [ask(b), answer(b, p, q)] as unknown;
    });
    expect([x, y, ...got])
      .toEqual([x, y, [carry, carry], [1 - carry, 1 - carry]]);
  }
});

test.each(widths)('with few operations for %i bits', (bits) => {
  for (const { answer } of afterAdd(bits)) {
    const layout = new Layout();
    const [x, y] = [layout.i32('x'), layout.i32('y')];
    const printer = new Printer(new State(layout));
    const b = printer.asBuilder();
    answer(b, b.get(x), b.get(y));
    const limit = 2 + (bits === 32 ? 2 : 3);
    expect(printer.lines.length).toBeLessThanOrEqual(limit);
    expect(printer.lines.length).toBeGreaterThan(3);
  }
});
