import { finite, type Num } from '#book/machine/float/format.ts';

/** By how many bits the first quantum is below the second. */
export const SPARE = 0;

/** A multiple of 2^`quantum`: this number, or its odd neighbour. */
export function cutOdd(n: Num, quantum: number): Num {
  return finite(n.sign, quantum, n.sig);
}
