import {
  bitLength, finite, leadOf, type Num,
} from './format.ts';
import { div, integerRoot as rootOf, mul } from './arithmetic.ts';

/** Fractional bits of the fixed-point numbers in here. */
const W = 256;
const ONE = 1n << BigInt(W);

/** x * y for fixed-point numbers. */
const times = (x: bigint, y: bigint): bigint => x * y >> BigInt(W);

/** Sums `term` by `next` until nothing is left of it. */
function series(
  first: bigint, next: (term: bigint, n: bigint) => bigint,
  weight: (term: bigint, n: bigint) => bigint = (term) => term,
): bigint {
  let sum = 0n;
  for (let term = first, n = 1n; term !== 0n && term !== -1n; n++) {
    sum += weight(term, n);
    term = next(term, n);
  }
  return sum;
}

/** Artanh x = x + x^3/3 + x^5/5 ..., for small x. */
function artanh(x: bigint): bigint {
  const square = times(x, x);
  return series(x, (term) => times(term, square),
    (term, n) => term / (2n * n - 1n));
}

/** Arctan x = x - x^3/3 + x^5/5 ..., for small x. */
function arctanSmall(x: bigint): bigint {
  const square = times(x, x);
  return series(x, (term) => -times(term, square),
    (term, n) => term / (2n * n - 1n));
}

/** Machin, 1706: pi/4 = 4 arctan 1/5 - arctan 1/239. */
const PI = 16n * arctanSmall(ONE / 5n) - 4n * arctanSmall(ONE / 239n);

/** ln 2 = 2 artanh 1/3. */
const LN2 = 2n * artanh(ONE / 3n);
const LOG2E = (ONE << BigInt(W)) / LN2;
const ln = (whole: bigint): bigint => {
  const n = bitLength(whole) - 1;
  const m = (whole << BigInt(W)) >> BigInt(n);
  return lnNearOne(m) + BigInt(n) * LN2;
};

function lnNearOne(m: bigint): bigint {
  return 2n * artanh(((m - ONE) << BigInt(W)) / (m + ONE));
}

const LOG2T = ((ln(10n) << BigInt(W)) / LN2);

/** A fixed-point number that isn't exact, as a number. */
const inexact = (x: bigint): Num =>
  x < 0n ? finite(1, -W, -x | 1n) : finite(0, -W, x | 1n);

/** The constants that x87 can load, cut far beyond its precision. */
export const CONSTANTS = {
  pi: inexact(PI), ln2: inexact(LN2), log2e: inexact(LOG2E),
  log2t: inexact(LOG2T),
  log10of2: inexact((ONE << BigInt(W)) / LOG2T),
} as const;

/** A number below 2^W as fixed-point. */
function fixed(n: Num): bigint {
  const by = n.exp + W;
  const size = by < 0 ? n.sig >> BigInt(-by) : n.sig << BigInt(by);
  return n.sign === 1 ? -size : size;
}

/** Below 2^-TINY the first term of a series is enough. */
const TINY = 90;

const product = (a: Num, b: Num): Num => {
  const { num } = mul(a, b);
  return { ...num, sig: num.sig << 1n | 1n, exp: num.exp - 1 };
};

/** 2^x - 1 for -1 <= x <= 1, not 0. */
export function exp2m1(x: Num): Num {
  if (leadOf(x) < -TINY) return product(x, CONSTANTS.ln2);
  const y = times(fixed(x), LN2);
  return inexact(series(y, (term, n) => times(term, y) / (n + 1n)));
}

/** log2 x for a finite x > 0. */
export function log2(x: Num): Num {
  const lead = leadOf(x);
  const m = fixed({ ...x, exp: x.exp - lead });
  if (m === ONE) {
    return finite(lead < 0 ? 1 : 0, 0, BigInt(Math.abs(lead)));
  }
  // Around 1 nothing may be lost: from 3/4 on, count from above.
  const high = m > ONE + ONE / 2n;
  const ln = lnNearOne(high ? m >> 1n : m);
  const whole = BigInt(high ? lead + 1 : lead) << BigInt(W);
  return inexact(whole + times(ln, LOG2E));
}

/** log2 (1 + x) for x > -1, not 0. */
export function log2p1(x: Num): Num {
  if (leadOf(x) < -TINY) return product(x, CONSTANTS.log2e);
  const one = fixed(x) + ONE;
  return log2(finite(0, -W, one));
}

/** The processor's own pi: 66 bits (SDM vol. 1 §8.3.8). */
const PI66 = 0x3_243f_6a88_85a3_08d3n;
const PI66_EXP = -64;

/** sin and cos of a finite x below 2^63, and tan, in quarters of
 * the circle of that pi. */
function reduced(x: Num): { rest: bigint; quadrant: number } {
  const quarter = PI66 << BigInt(W + PI66_EXP - 1);
  const all = fixed(x);
  const half = quarter >> 1n;
  const floor = (n: bigint, d: bigint): bigint =>
    n >= 0n ? n / d : -((d - 1n - n) / d);
  const turns = floor(all + half, quarter);
  return {
    rest: all - turns * quarter,
    quadrant: Number(BigInt.asUintN(2, turns)),
  };
}

const sinSmall = (x: bigint): bigint => {
  const square = times(x, x);
  return series(x, (term, n) =>
    -times(term, square) / (2n * n * (2n * n + 1n)));
};

const cosSmall = (x: bigint): bigint => {
  const square = times(x, x);
  return series(ONE, (term, n) =>
    -times(term, square) / (2n * n * (2n * n - 1n)));
};

/** A hair less than x, in size. */
const below = (x: Num): Num =>
  ({ ...x, sig: (x.sig << 70n) - 1n, exp: x.exp - 70 });
const above = (x: Num): Num =>
  ({ ...x, sig: (x.sig << 70n) + 1n, exp: x.exp - 70 });

export function sin(x: Num): Num {
  if (leadOf(x) < -TINY) return below(x);
  const { rest, quadrant } = reduced(x);
  const value = (quadrant & 1) === 0 ? sinSmall(rest) : cosSmall(rest);
  return inexact(quadrant >= 2 ? -value : value);
}

export function cos(x: Num): Num {
  if (leadOf(x) < -TINY) return below(finite(0, 0, 1n));
  const { rest, quadrant } = reduced(x);
  const value = (quadrant & 1) === 0 ? cosSmall(rest) : sinSmall(rest);
  return inexact(quadrant === 1 || quadrant === 2 ? -value : value);
}

export function tan(x: Num): Num {
  return leadOf(x) < -TINY ? above(x) : div(sin(x), cos(x)).num;
}

/** arctan of a ratio 0 < r <= 1, halved twice to make it small:
 * arctan r = 2 arctan (r / (1 + sqrt(1 + r^2))). */
function arctanRatio(r: bigint): bigint {
  const square = (ONE << BigInt(W)) + r * r;
  const half = (r << BigInt(W)) / (ONE + rootOf(square));
  const again = (ONE << BigInt(W)) + half * half;
  const quarter = (half << BigInt(W)) / (ONE + rootOf(again));
  return 4n * arctanSmall(quarter);
}

/** The angle of (x, y), both finite and neither 0. */
export function atan2(y: Num, x: Num): Num {
  const gap = leadOf(y) - leadOf(x);
  if (gap < -TINY && x.sign === 0) return below(div(y, x).num);
  const [a, b] = gap < 0 ? [y, x] : [x, y];
  const small = Math.abs(gap) > W - 70
    ? 1n : fixed({ ...div(a, b).num, sign: 0 });
  const steep = small > ONE;
  const r = steep ? (ONE << BigInt(W)) / small : small;
  const angle = arctanRatio(r);
  // From the x axis: either the angle or what it lacks to pi/2.
  const flat = gap < 0 !== steep;
  const acute = flat ? angle : PI / 2n - angle;
  const size = x.sign === 1 ? PI - acute : acute;
  return inexact(y.sign === 1 ? -size : size);
}
