import { expect, test } from 'vitest';
import { Layout, State } from '#book/machine/fields.ts';
import { Printer } from '#book/machine/print.ts';
import { load } from '#book/x86/bare.ts';
import { borrowsOfSub } from './borrows.ts';

test('four operations are enough', () => {
  const layout = new Layout();
  const field = layout.i32('x');
  const printer = new Printer(new State(layout));
  const b = printer.asBuilder();
  const [x, y, r] = [b.get(field), b.get(field), b.get(field)];
  borrowsOfSub(b, x, y, r);
  expect(printer.lines.length - 3).toBeLessThanOrEqual(4);
});

test('the borrow out of every column', () => {
  const b = load('nop').evaluator;
  for (let n = 0; n < 0x2_0000; n++) {
    const [x, y, c] = [n & 0xff, n >>> 8 & 0xff, n >>> 16];
    const v = (value: number) => b.i32.const(value);
    const borrows = borrowsOfSub(b, v(x), v(y), v(x - y - c));
    const got = borrows as unknown as number;
    for (let bit = 0; bit < 8; bit++) {
      const below = (2 << bit) - 1;
      const want = (x & below) - (y & below) - c < 0 ? 1 : 0;
      if ((got >>> bit & 1) !== want) {
        expect([x, y, c, bit, got >>> bit & 1])
          .toEqual([x, y, c, bit, want]);
      }
    }
  }
});
