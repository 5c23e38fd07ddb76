/** How numbers with a point are laid out in bits. */
export interface Format {
  /** Bits of the significand, with its integer bit. */
  readonly precision: number;
  readonly exponentBits: number;
  /** Whether the integer bit is stored. */
  readonly explicit: boolean;
}

export const SINGLE: Format =
  { precision: 24, exponentBits: 8, explicit: false };
export const DOUBLE: Format =
  { precision: 53, exponentBits: 11, explicit: false };
export const EXTENDED: Format =
  { precision: 64, exponentBits: 15, explicit: true };

/** What is added to an exponent before it is stored; also the
 * largest exponent there is. */
export const biasOf = (f: Format): number =>
  2 ** (f.exponentBits - 1) - 1;
export type Kind = 'zero' | 'denormal' | 'normal' | 'infinity'
  | 'quiet' | 'signalling' | 'unsupported';

/** A number taken apart: (-1)^sign * sig * 2^exp. Of a NaN, `sig` is
 * what an 80-bit register holds: 64 bits, the first one set. */
export interface Num {
  readonly kind: Kind;
  readonly sign: number;
  readonly exp: number;
  readonly sig: bigint;
}

export const bitLength = (n: bigint): number => {
  const hex = n.toString(16);
  return n === 0n ? 0
    : 4 * hex.length - Math.clz32(parseInt(hex.charAt(0), 16)) + 28;
};

/** The place of the leading bit: the exponent of 1.xxx * 2^e. */
export const leadOf = (n: Num): number =>
  n.exp + bitLength(n.sig) - 1;

export const isNan = ({ kind }: Num): boolean =>
  kind === 'quiet' || kind === 'signalling';
export const isFinite = ({ kind }: Num): boolean =>
  kind === 'zero' || kind === 'denormal' || kind === 'normal';

/** Takes the bits of a number apart. */
export function unpack(f: Format, bits: bigint): Num {
  const stored = f.explicit ? f.precision : f.precision - 1;
  const top = 2 ** f.exponentBits - 1;
  const field = Number(bits >> BigInt(stored)) & top;
  const sign = Number(bits >> BigInt(stored + f.exponentBits)) & 1;
  const hidden = !f.explicit && field !== 0 ? 1n << BigInt(stored) : 0n;
  const sig = BigInt.asUintN(stored, bits) | hidden;
  const exp = Math.max(field, 1) - biasOf(f) - (f.precision - 1);
  const whole = sig >> BigInt(f.precision - 1) === 1n;
  if (field === top && (whole || !f.explicit)) {
    return special(f, sign, sig);
  }
  if (field === 0 && sig === 0n) return zero(sign);
  const kind = field === 0 ? 'denormal'
    : whole ? 'normal' : 'unsupported';
  return { kind, sign, exp, sig };
}

const QUIET = 1n << 62n;

function special(f: Format, sign: number, sig: bigint): Num {
  const wide = sig << BigInt(64 - f.precision);
  const kind = BigInt.asUintN(63, wide) === 0n ? 'infinity'
    : (wide & QUIET) === 0n ? 'signalling' : 'quiet';
  return { kind, sign, exp: 0, sig: wide };
}

/** The bits of a number, which must be one of the format's. */
export function pack(f: Format, n: Num): bigint {
  const top = 2 ** f.exponentBits - 1;
  if (n.kind === 'zero') return join(f, n.sign, 0, 0n);
  if (!isFinite(n)) {
    return join(f, n.sign, top, n.sig >> BigInt(64 - f.precision));
  }
  const lead = Math.max(leadOf(n), 1 - biasOf(f));
  const sig = n.sig << BigInt(n.exp - lead + f.precision - 1);
  const whole = sig >> BigInt(f.precision - 1) === 1n;
  return join(f, n.sign, whole ? lead + biasOf(f) : 0, sig);
}

function join(
  f: Format, sign: number, field: number, sig: bigint,
): bigint {
  const stored = f.explicit ? f.precision : f.precision - 1;
  const head = BigInt(sign * 2 ** f.exponentBits + field);
  return head << BigInt(stored) | BigInt.asUintN(stored, sig);
}

export const zero = (sign: number): Num =>
  ({ kind: 'zero', sign, exp: 0, sig: 0n });
export const infinity = (sign: number): Num =>
  ({ kind: 'infinity', sign, exp: 0, sig: 1n << 63n });
export const finite = (sign: number, exp: number, sig: bigint): Num =>
  sig === 0n ? zero(sign) : { kind: 'normal', sign, exp, sig };

/** What comes of an invalid operation: "real indefinite". */
export const INDEFINITE: Num =
  { kind: 'quiet', sign: 1, exp: 0, sig: 3n << 62n };

/** A NaN that signals no more. */
export const quieted = (n: Num): Num =>
  ({ ...n, kind: 'quiet', sig: n.sig | QUIET });
