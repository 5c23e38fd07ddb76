import type { Values } from './values.ts';

/** Shapes of significands: ends, middles, and anything. */
function significand(v: Values, bits: number): bigint {
  const wide = BigInt(v.word()) << 32n | BigInt(v.word());
  const all = wide & (1n << BigInt(bits)) - 1n;
  const cut = BigInt(v.below(bits));
  switch (v.below(6)) {
    case 0: return 0n;
    case 1: return (1n << BigInt(bits)) - 1n;
    case 2: return 1n << cut;
    case 3: return all >> cut << cut;
    default: return all;
  }
}

/** Exponents: the ends, the middle, and anything. */
function exponent(v: Values, bits: number): number {
  const top = 2 ** bits - 1;
  switch (v.below(8)) {
    case 0: return 0;
    case 1: return top;
    case 2: return 1 + v.below(3);
    case 3: return top - 1 - v.below(3);
    case 4: return v.below(top);
    default: return (top >> 1) - 35 + v.below(70);
  }
}

/** Bits of a float of 32 or 64 bits. */
export function floatBits(v: Values, bits: 32 | 64): bigint {
  const fraction = bits === 32 ? 23 : 52;
  const field = exponent(v, bits === 32 ? 8 : 11);
  const head = BigInt(v.below(2) * 2 ** (bits - 1 - fraction) + field);
  return head << BigInt(fraction) | significand(v, fraction);
}

/** Bits of an 80-bit register: mostly numbers, now and then what no
 * current processor makes. */
export function extendedBits(v: Values): bigint {
  const field = exponent(v, 15);
  const odd = v.rarely(24);
  const whole = field !== 0 !== odd ? 1n << 63n : 0n;
  const head = BigInt(v.below(2) * 0x8000 + field);
  return head << 64n | whole | significand(v, 63);
}

/** Two registers whose sum or quotient is interesting: the second
 * one is near the first, now and then. */
export function near(v: Values, bits: bigint): bigint {
  if (!v.rarely(3)) return extendedBits(v);
  const field = Number(bits >> 64n) & 0x7fff;
  const other = Math.min(0x7ffe, Math.max(1, field + v.below(5) - 2));
  const head = BigInt(v.below(2) * 0x8000 + other);
  const sig = v.rarely(2) ? bits & (1n << 64n) - 1n
    : significand(v, 63);
  return head << 64n | sig | 1n << 63n;
}
