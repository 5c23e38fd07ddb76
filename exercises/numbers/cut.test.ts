import { expect, test } from 'vitest';
import { finite, type Num } from '#book/machine/float/format.ts';
import { cut } from '#book/machine/float/round.ts';
import { cutOdd, SPARE } from './cut.ts';

/** How many times 2^quantum a number is. */
const times = (n: Num, quantum: number): bigint =>
  n.sig << BigInt(n.exp - quantum);

test.each([
  [0b1000n, 2, 2n], [0b1001n, 2, 3n], [0b1011n, 2, 3n],
  [0b1100n, 2, 3n], [0b1101n, 2, 3n], [0b1111n, 2, 3n],
  [5n, 0, 5n], [6n, -2, 24n], [1n, 40, 1n], [0n, 3, 0n],
])('%s to 2^%i', (sig, quantum, want) => {
  for (const sign of [0, 1]) {
    const n = cutOdd(finite(sign, 0, sig), quantum);
    expect(times(n, quantum)).toBe(want);
    expect(n.sign).toBe(sign);
  }
});

/** Numbers for which two roundings are not as one. */
function wrong(spare: number): string[] {
  const found: string[] = [];
  for (let sig = 1n; sig < 1024n; sig++) {
    for (const sign of [0, 1]) {
      for (const mode of [0, 1, 2, 3] as const) {
        const n = finite(sign, 0, sig);
        const first = cutOdd(n, 6 - spare);
        const [once, twice] = [cut(n, 6, mode), cut(first, 6, mode)];
        const same = once.sig === twice.sig && once.up === twice.up
          && once.inexact === twice.inexact;
        if (!same) found.push(`${sign} ${sig} in mode ${mode}`);
      }
    }
  }
  return found;
}

test('harmless, and no bit too many', () => {
  expect(wrong(SPARE)).toEqual([]);
  expect(wrong(SPARE - 1), 'one bit less does as well')
    .not.toEqual([]);
});
