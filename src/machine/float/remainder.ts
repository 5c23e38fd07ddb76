import { exact, invalid } from './arithmetic.ts';
import {
  finite, isFinite, leadOf, type Num, zero,
} from './format.ts';
import type { Outcome } from './round.ts';

/** A remainder, or a step towards it. */
export interface Remainder extends Outcome {
  /** Whether it is a step only. */
  readonly partial: boolean;
  /** The quotient's last three bits. */
  readonly quotient: number;
}

/** Steps reduce the exponent by at most 63 bits. */
const STEP = 64;

/** a - q * b, where q is a / b as an integer: towards zero, or the
 * nearest one. */
export function remainder(a: Num, b: Num, nearest: boolean): Remainder {
  const none = { partial: false, quotient: 0 };
  if (a.kind === 'infinity' || b.kind === 'zero') {
    return { ...invalid, ...none };
  }
  const same = { ...exact(a), ...none };
  if (a.kind === 'zero' || !isFinite(b)) return same;
  const gap = leadOf(a) - leadOf(b);
  if (gap < -1) return same;
  if (gap < STEP) return whole(a, b, nearest);
  const skipped = gap - (gap % 32 + 32);
  const far = { ...b, exp: b.exp + skipped };
  return { ...whole(a, far, false), partial: true, quotient: 0 };
}

function whole(a: Num, b: Num, nearest: boolean): Remainder {
  const exp = Math.min(a.exp, b.exp);
  const x = a.sig << BigInt(a.exp - exp);
  const y = b.sig << BigInt(b.exp - exp);
  let q = x / y;
  let rest = x - q * y;
  const more = 2n * rest > y || 2n * rest === y && (q & 1n) === 1n;
  if (nearest && more) {
    q += 1n;
    rest -= y;
  }
  const sign = rest < 0n ? 1 - a.sign : a.sign;
  const num = rest === 0n ? zero(a.sign)
    : finite(sign, exp, rest < 0n ? -rest : rest);
  return { ...exact(num), partial: false, quotient: Number(q & 7n) };
}
