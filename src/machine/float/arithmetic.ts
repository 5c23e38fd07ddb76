import {
  finite, INDEFINITE, infinity, isNan, leadOf, type Num, quieted, zero,
} from './format.ts';
import {
  cut, DE, IE, type Outcome, PE, type Rounding, ZE,
} from './round.ts';

export const exact = (num: Num): Outcome => ({ num, flags: 0 });
export const invalid: Outcome = { num: INDEFINITE, flags: IE };

/** Which of two operands a result that is not a number resembles;
 * at least one of them is a NaN. Architectures differ. */
export type Heir = (a: Num, b: Num) => Num;

type Binary = (a: Num, b: Num) => Outcome;

/** What all operations do about operands that are no numbers. */
export function operate(
  a: Num, b: Num, heir: Heir, core: Binary,
): Outcome {
  const kinds = [a.kind, b.kind];
  if (kinds.includes('unsupported')) return invalid;
  if (isNan(a) || isNan(b)) {
    const flags = kinds.includes('signalling') ? IE : 0;
    return { num: quieted(heir(a, b)), flags };
  }
  const { num, flags } = core(a, b);
  const failed = (flags & (IE | ZE)) !== 0;
  const denormal = !failed && kinds.includes('denormal');
  return { num, flags: flags | (denormal ? DE : 0) };
}

const MARGIN = 200;

/** A number in units of 2^`exp`, signed. Bits below leave a mark. */
function inUnits(n: Num, exp: number): bigint {
  const by = n.exp - exp;
  const low = by < 0 ? n.sig >> BigInt(-by) : n.sig << BigInt(by);
  const lost = by < 0 && low << BigInt(-by) !== n.sig;
  const size = lost ? low | 1n : low;
  return n.sign === 1 ? -size : size;
}

/** Two numbers in common units, fine enough to round their sum. */
function aligned(a: Num, b: Num): [x: bigint, y: bigint, exp: number] {
  const lead = Math.max(leadOf(a), leadOf(b));
  const exp = Math.max(Math.min(a.exp, b.exp), lead - MARGIN);
  return [inUnits(a, exp), inUnits(b, exp), exp];
}

const signed = (exp: number, n: bigint): Num =>
  n < 0n ? finite(1, exp, -n) : finite(0, exp, n);

export const negated = (n: Num): Num => ({ ...n, sign: 1 - n.sign });

/** a + b. A sum of 0 takes its sign from the rounding. */
export const add = (rounding: Rounding): Binary => (a, b) => {
  if (a.kind === 'infinity' || b.kind === 'infinity') {
    const opposed = a.kind === b.kind && a.sign !== b.sign;
    return opposed ? invalid : exact(a.kind === 'infinity' ? a : b);
  }
  if (a.kind === 'zero' && b.kind === 'zero' && a.sign === b.sign) {
    return exact(a);
  }
  if (a.kind === 'zero') return b.kind === 'zero'
    ? exact(zero(rounding === 1 ? 1 : 0)) : exact(b);
  if (b.kind === 'zero') return exact(a);
  const [x, y, exp] = aligned(a, b);
  if (x + y === 0n) return exact(zero(rounding === 1 ? 1 : 0));
  return exact(signed(exp, x + y));
};

export const sub = (rounding: Rounding): Binary =>
  (a, b) => add(rounding)(a, negated(b));
export const mul: Binary = (a, b) => {
  const sign = a.sign ^ b.sign;
  const kinds = [a.kind, b.kind];
  if (kinds.includes('infinity')) {
    return kinds.includes('zero') ? invalid : exact(infinity(sign));
  }
  return exact(finite(sign, a.exp + b.exp, a.sig * b.sig));
};

const EXTRA = 140; // bits, so that a quotient has 70 or more

export const div: Binary = (a, b) => {
  const sign = a.sign ^ b.sign;
  const alike = a.kind === b.kind;
  if (a.kind === 'infinity') {
    return alike ? invalid : exact(infinity(sign));
  }
  if (a.kind === 'zero') return alike ? invalid : exact(zero(sign));
  if (b.kind === 'infinity') return exact(zero(sign));
  if (b.kind === 'zero') return { num: infinity(sign), flags: ZE };
  const above = a.sig << BigInt(EXTRA);
  const quotient = above / b.sig;
  const mark = quotient * b.sig === above ? 0n : 1n;
  return exact(finite(sign, a.exp - b.exp - EXTRA, quotient | mark));
};

/** The largest integer whose square is at most `n`. */
export function integerRoot(n: bigint): bigint {
  if (n < 2n) return n;
  let x = 1n << BigInt(n.toString(2).length + 1 >> 1);
  for (;;) {
    const y = x + n / x >> 1n;
    if (y >= x) return x;
    x = y;
  }
}

export function sqrt(a: Num): Outcome {
  if (a.kind === 'zero') return exact(a);
  if (a.sign === 1) return invalid;
  if (a.kind === 'infinity') return exact(a);
  const odd = a.exp & 1;
  const wide = a.sig << BigInt(EXTRA + odd);
  const root = integerRoot(wide);
  const mark = root * root === wide ? 0n : 1n;
  return exact(finite(0, (a.exp - odd - EXTRA) / 2, root | mark));
}

/** -1, 0 or 1 for numbers that are not NaN. */
export function compare(a: Num, b: Num): number {
  if (a.kind === 'zero' && b.kind === 'zero') return 0;
  if (a.kind === 'infinity' || b.kind === 'infinity') {
    const rank = (n: Num): number =>
      n.kind === 'infinity' ? 1 - 2 * n.sign : 0;
    return Math.sign(rank(a) - rank(b));
  }
  if (a.kind === 'zero') return 2 * b.sign - 1;
  if (b.kind === 'zero') return 1 - 2 * a.sign;
  const [x, y] = aligned(a, b);
  return x < y ? -1 : x > y ? 1 : 0;
}

/** The nearest integer in a direction, as a number of its own. */
export function integral(
  n: Num, mode: Rounding,
): { num: Num; flags: number; up: boolean } {
  if (n.kind === 'zero' || n.kind === 'infinity' || n.exp >= 0) {
    return { num: n, flags: 0, up: false };
  }
  const { sig, inexact, up } = cut(n, 0, mode);
  return { num: finite(n.sign, 0, sig), flags: inexact ? PE : 0, up };
}
