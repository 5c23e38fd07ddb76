import { finite, type Num } from '#book/machine/float/format.ts';

/** By how many bits the first quantum is below the second. */
export const SPARE = 2;

/** A multiple of 2^`quantum`: this number, or its odd neighbour. */
export function cutOdd(n: Num, quantum: number): Num {
  const by = BigInt(quantum - n.exp);
  if (by <= 0n) return n;
  const kept = n.sig >> by;
  const lost = kept << by !== n.sig;
  return finite(n.sign, quantum, lost ? kept | 1n : kept);
}
