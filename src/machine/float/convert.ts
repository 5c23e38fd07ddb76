import { finite, isFinite, type Num } from './format.ts';
import { integral } from './arithmetic.ts';
import { IE, type Rounding } from './round.ts';

/** A number as an integer. */
export interface Integer {
  readonly value: bigint;
  readonly flags: number;
  readonly up: boolean;
}

/** Rounds to a signed integer of `bits` bits; what does not fit is
 * invalid and gives the lowest one, "integer indefinite". */
export function toInteger(
  n: Num, bits: number, mode: Rounding,
): Integer {
  const least = -(1n << BigInt(bits - 1));
  const none = { value: least, flags: IE, up: false };
  if (!isFinite(n)) return none;
  const { num, flags, up } = integral(n, mode);
  if (num.exp > 64) return none;
  const size = num.sig << BigInt(Math.max(num.exp, 0));
  const value = num.sign === 1 ? -size : size;
  return value < least || value >= -least ? none : { value, flags, up };
}

export const fromInteger = (value: bigint): Num =>
  finite(value < 0n ? 1 : 0, 0, value < 0n ? -value : value);
const DIGITS = 18;

/** Packed decimal: a sign byte and eighteen digits, two in a byte. */
export function fromDecimal(bits: bigint): Num {
  let value = 0n;
  for (let at = DIGITS - 1; at >= 0; at--) {
    value = value * 10n + (bits >> BigInt(4 * at) & 15n);
  }
  return finite(Number(bits >> 79n & 1n), 0, value);
}

const NO_DECIMAL = 0xffff_c000_0000_0000_0000n;

export function toDecimal(n: Num, mode: Rounding): Integer {
  const none = { value: NO_DECIMAL, flags: IE, up: false };
  const { value, flags, up } = toInteger(n, 64, mode);
  const size = value < 0n ? -value : value;
  if ((flags & IE) !== 0 || size >= 10n ** 18n) return none;
  const digits = BigInt(`0x${size.toString(10)}`);
  const sign = BigInt(n.sign) << 79n;
  return { value: sign | digits, flags, up };
}
