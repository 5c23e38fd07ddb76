import {
  biasOf, bitLength, finite, type Format, infinity, isFinite, leadOf,
  type Num, zero,
} from './format.ts';

/** IEEE 754's exceptions, and the one for denormal operands. */
export const IE = 1;
export const DE = 2;
export const ZE = 4;
export const OE = 8;
export const UE = 16;
export const PE = 32;

/** To nearest (ties to even), down, up, towards zero. */
export type Rounding = 0 | 1 | 2 | 3;

/** The exact result of an operation. A last bit of 1 may stand for
 * all that comes after it. Flags: IE, DE and ZE only. */
export interface Outcome { readonly num: Num; readonly flags: number }

/** How results are made to fit. */
export interface Style {
  readonly format: Format;
  /** Bits of the significand: the format's, or fewer. */
  readonly precision: number;
  readonly rounding: Rounding;
  /** OE and UE where results shall be scaled by 2^`wrap`. */
  readonly wrapped: number;
  readonly wrap: number;
  /** PE, if that comes with results beyond even that. */
  readonly beyond: number;
  /** Whether tiny results become zero. */
  readonly flush: boolean;
}

export interface Rounded {
  readonly num: Num;
  readonly flags: number;
  /** Whether rounding went away from zero. */
  readonly up: boolean;
}

interface Cut {
  readonly sig: bigint;
  readonly inexact: boolean;
  readonly up: boolean;
}

/** Rounds to a multiple of 2^`quantum`. */
export function cut(n: Num, quantum: number, mode: Rounding): Cut {
  const by = quantum - n.exp;
  if (by <= 0) {
    return { sig: n.sig << BigInt(-by), inexact: false, up: false };
  }
  const far = by > bitLength(n.sig) + 1;
  const kept = far ? 0n : n.sig >> BigInt(by);
  const rest = far ? 1n : n.sig - (kept << BigInt(by));
  const half = far ? 2n : 1n << BigInt(by - 1);
  const inexact = rest !== 0n;
  const nearest = rest > half || rest === half && (kept & 1n) === 1n;
  const away = mode === 0 ? nearest
    : mode === 1 ? n.sign === 1 : mode === 2 && n.sign === 0;
  const up = inexact && away;
  return { sig: up ? kept + 1n : kept, inexact, up };
}

/** Makes a result fit. What is not finite is left alone. */
export function round(n: Num, s: Style): Rounded {
  if (!isFinite(n) || n.kind === 'zero') {
    return { num: n, flags: 0, up: false };
  }
  const quantum = leadOf(n) - (s.precision - 1);
  const { sig, inexact, up } = cut(n, quantum, s.rounding);
  const num = finite(n.sign, quantum, sig);
  const flags = inexact ? PE : 0;
  const free = { num, flags, up };
  const bias = biasOf(s.format);
  if (leadOf(num) < 1 - bias) return underflow(n, s, free);
  return leadOf(num) > bias ? overflow(s, free) : free;
}

function underflow(n: Num, s: Style, free: Rounded): Rounded {
  if ((s.wrapped & UE) !== 0) {
    const num = { ...free.num, exp: free.num.exp + s.wrap };
    if (leadOf(num) >= 1 - biasOf(s.format)) {
      return { ...free, num, flags: free.flags | UE };
    }
    const flags = free.flags | UE | s.beyond;
    return { num: zero(n.sign), flags, up: false };
  }
  if (s.flush) return { num: zero(n.sign), flags: UE | PE, up: false };
  const quantum = 1 - biasOf(s.format) - (s.precision - 1);
  const { sig, inexact, up } = cut(n, quantum, s.rounding);
  const flags = inexact ? UE | PE : 0;
  return { num: finite(n.sign, quantum, sig), flags, up };
}

function overflow(s: Style, free: Rounded): Rounded {
  const { sign } = free.num;
  if ((s.wrapped & OE) !== 0) {
    const num = { ...free.num, exp: free.num.exp - s.wrap };
    if (leadOf(num) <= biasOf(s.format)) {
      return { ...free, num, flags: free.flags | OE };
    }
    const flags = free.flags | OE | s.beyond;
    return { num: infinity(sign), flags, up: true };
  }
  const away = s.rounding === 0 || s.rounding === 2 - sign;
  const most = (1n << BigInt(s.precision)) - 1n;
  const exp = biasOf(s.format) - (s.precision - 1);
  const num = away ? infinity(sign) : finite(sign, exp, most);
  return { num, flags: OE | PE, up: away };
}
