import { expect, test } from 'vitest';
import { load } from '../bare.ts';
import { Values } from '../campaign/values.ts';
import { equations } from './idioms.ts';

test.each(equations)('$name', ({ bits, first, ask, answer }) => {
  const b = load('nop').evaluator;
  const values = new Values(bits);
  const mask = bits === 32 ? -1 : (1 << bits) - 1;
  for (let n = 0; n < 2000; n++) {
    const [x, y] = [values.value() & mask, values.value() & mask];
    b.begin();
    const [a, c] = [b.i32.const(x), b.i32.const(n % 9 ? y : x)];
    first(b, a, c);
    expect([x, y, ask(b)]).toEqual([x, y, answer(b, a, c)]);
  }
});
