import type { Ty } from './fields.ts';
import type { F64, Int, V, V128 } from './builder.ts';

/** What the evaluator's values really are. */
export interface Plain {
  i32: number;
  i64: bigint;
  f64: number;
  v128: bigint;
}

/** An interface with V<T> replaced by what stands behind it. */
type Bare<X> = X extends V<infer T> ? Plain[T & Ty] : X;
type BareAll<P> = { [I in keyof P]: Bare<P[I]> };
export type Naked<O> = {
  [M in keyof O]: O[M] extends (...args: infer P) => infer R
    ? (...args: BareAll<P> extends infer Q extends unknown[]
      ? Q : never) => Bare<R>
    : never;
};

export const plain32: Naked<Int<'i32'>> = {
  const: (value) => value | 0,
  add: (a, b) => (a + b) | 0,
  sub: (a, b) => (a - b) | 0,
  mul: (a, b) => Math.imul(a, b),
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
  not: (a) => ~a,
  shl: (a, by) => a << by,
  shru: (a, by) => (a >>> by) | 0,
  shrs: (a, by) => a >> by,
  eqz: (a) => (a === 0 ? 1 : 0),
  ltu: (a, b) => (a >>> 0 < b >>> 0 ? 1 : 0),
  rotl: (a, by) => (a << by) | (a >>> (32 - by)),
  rotr: (a, by) => (a >>> by) | (a << (32 - by)),
  divs: (a, b) => (a / b) | 0,
  divu: (a, b) => ((a >>> 0) / (b >>> 0)) | 0,
  rems: (a, b) => (a % b) | 0,
  remu: (a, b) => ((a >>> 0) % (b >>> 0)) | 0,
  clz: (a) => Math.clz32(a),
  ctz: (a) => (a === 0 ? 32 : 31 - Math.clz32(a & -a)),
  popcnt: (a) => ones(a),
  extend8s: (a) => (a << 24) >> 24,
  extend16s: (a) => (a << 16) >> 16,
  eq: (a, b) => (a === b ? 1 : 0),
  ne: (a, b) => (a !== b ? 1 : 0),
  lts: (a, b) => (a < b ? 1 : 0),
  les: (a, b) => (a <= b ? 1 : 0),
  leu: (a, b) => (a >>> 0 <= b >>> 0 ? 1 : 0),
  gts: (a, b) => (a > b ? 1 : 0),
  gtu: (a, b) => (a >>> 0 > b >>> 0 ? 1 : 0),
  ges: (a, b) => (a >= b ? 1 : 0),
  geu: (a, b) => (a >>> 0 >= b >>> 0 ? 1 : 0),
  extendS: (a) => a,
  extendU: (a) => a,
  wrap: (a) => a,
};

function ones(a: number): number {
  let count = 0;
  for (let rest = a; rest !== 0; rest &= rest - 1) count++;
  return count;
}

const s64 = (a: bigint): bigint => BigInt.asIntN(64, a);
const u64 = (a: bigint): bigint => BigInt.asUintN(64, a);
const bit = (truth: boolean): number => (truth ? 1 : 0);

export const plain64: Naked<Int<'i64'>> = {
  const: (value) => BigInt(value),
  add: (a, b) => s64(a + b),
  sub: (a, b) => s64(a - b),
  mul: (a, b) => s64(a * b),
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
  not: (a) => ~a,
  shl: (a, by) => s64(a << (by & 63n)),
  shru: (a, by) => s64(u64(a) >> (by & 63n)),
  shrs: (a, by) => a >> (by & 63n),
  rotl: (a, by) => turn(a, by & 63n),
  rotr: (a, by) => turn(a, -by & 63n),
  divs: (a, b) => s64(a / b),
  divu: (a, b) => s64(u64(a) / u64(b)),
  rems: (a, b) => a % b,
  remu: (a, b) => s64(u64(a) % u64(b)),
  clz: (a) => BigInt(64 - bitLength(u64(a))),
  ctz: (a) => (a === 0n ? 64n : BigInt(bitLength(u64(a & -a)) - 1)),
  popcnt: (a) => BigInt(ones(Number(u64(a) >> 32n))
    + ones(Number(u64(a) & 0xffff_ffffn))),
  extend8s: (a) => BigInt.asIntN(8, a),
  extend16s: (a) => BigInt.asIntN(16, a),
  eqz: (a) => bit(a === 0n),
  eq: (a, b) => bit(a === b),
  ne: (a, b) => bit(a !== b),
  lts: (a, b) => bit(a < b),
  ltu: (a, b) => bit(u64(a) < u64(b)),
  les: (a, b) => bit(a <= b),
  leu: (a, b) => bit(u64(a) <= u64(b)),
  gts: (a, b) => bit(a > b),
  gtu: (a, b) => bit(u64(a) > u64(b)),
  ges: (a, b) => bit(a >= b),
  geu: (a, b) => bit(u64(a) >= u64(b)),
  extendS: (a) => BigInt(a),
  extendU: (a) => BigInt(a >>> 0),
  wrap: (a) => Number(BigInt.asIntN(32, a)),
};

function turn(a: bigint, by: bigint): bigint {
  return s64(u64(a) << by | u64(a) >> (64n - by));
}

function bitLength(a: bigint): number {
  return a === 0n ? 0 : a.toString(2).length;
}

const cast = new DataView(new ArrayBuffer(8));

export const plainF64: Naked<F64> = {
  const: (value) => value,
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  sqrt: (a) => Math.sqrt(a),
  neg: (a) => -a,
  abs: (a) => Math.abs(a),
  eq: (a, b) => bit(a === b),
  lt: (a, b) => bit(a < b),
  le: (a, b) => bit(a <= b),
  fromI32: (a) => a,
  fromBits: (a) => {
    cast.setBigInt64(0, a);
    return cast.getFloat64(0);
  },
  bits: (a) => {
    cast.setFloat64(0, a);
    return cast.getBigInt64(0);
  },
};

/** Applies `f` to each lane of `bits` bits. */
function lanes(
  a: bigint, b: bigint, bits: number,
  f: (a: bigint, b: bigint) => bigint,
): bigint {
  let all = 0n;
  for (let at = 0n; at < 128n; at += BigInt(bits)) {
    const lane = f(a >> at, b >> at);
    all |= BigInt.asUintN(bits, lane) << at;
  }
  return all;
}

export const plainV128: Naked<V128> = {
  join: (low, high) => u64(high) << 64n | u64(low),
  lane64: (a, lane) => s64(a >> (lane === 0 ? 0n : 64n)),
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
  add32: (a, b) => lanes(a, b, 32, (x, y) => x + y),
  add64: (a, b) => lanes(a, b, 64, (x, y) => x + y),
};
