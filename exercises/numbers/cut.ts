import type { Num } from '#book/machine/float/format.ts';
import type { Rounding } from '#book/machine/float/round.ts';

/** Rounds to a multiple of 2^`quantum`; `sig` says how many. */
export function cut(
  n: Num, quantum: number, mode: Rounding,
): { sig: bigint; inexact: boolean; up: boolean } {
  return { sig: n.sig, inexact: false, up: false };
}
