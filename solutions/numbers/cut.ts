import type { Num } from '#book/machine/float/format.ts';
import type { Rounding } from '#book/machine/float/round.ts';

/** Rounds to a multiple of 2^`quantum`; `sig` says how many. */
export function cut(
  n: Num, quantum: number, mode: Rounding,
): { sig: bigint; inexact: boolean; up: boolean } {
  const by = BigInt(quantum - n.exp);
  if (by <= 0n) {
    return { sig: n.sig << -by, inexact: false, up: false };
  }
  const kept = n.sig >> by;
  const twice = 2n * (n.sig - (kept << by));
  const unit = 1n << by;
  const odd = (kept & 1n) === 1n;
  const away = [
    twice > unit || twice === unit && odd,
    n.sign === 1, n.sign === 0, false,
  ];
  const up = twice !== 0n && away[mode] === true;
  return { sig: up ? kept + 1n : kept, inexact: twice !== 0n, up };
}
