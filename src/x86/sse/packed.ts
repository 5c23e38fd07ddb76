import { joined, lane } from './float.ts';

/** What a packed instruction does to two vectors of `total` bits,
 * given a byte of its own. */
export type Packed = (
  a: bigint, b: bigint, total: number, imm: number) => bigint;

type Lane = (a: bigint, b: bigint) => bigint;

/** Applies f to each pair of lanes; as signed numbers, or not. */
const each = (bits: number, signed: boolean, f: Lane): Packed =>
  (a, b, total) => {
    const as = signed ? BigInt.asIntN : BigInt.asUintN;
    return joined(Array.from({ length: total / bits }, (_, n) =>
      f(as(bits, lane(a, bits, n)), as(bits, lane(b, bits, n)))), bits);
  };

/** Cuts off what is beyond the ends of a range. */
const clamp = (value: bigint, low: bigint, high: bigint): bigint =>
  value < low ? low : value > high ? high : value;

const saturate = (bits: number, signed: boolean) =>
  (value: bigint): bigint => {
    const size = 1n << BigInt(bits);
    return signed ? clamp(value, -size / 2n, size / 2n - 1n)
      : clamp(value, 0n, size - 1n);
  };
const BITS = { b: 8, w: 16, d: 32, q: 64 } as const;
type Size = keyof typeof BITS;

/** An operation for several sizes: `padd` + b, w, d, q. */
const sized = (
  name: string, sizes: string, signed: boolean,
  f: (bits: number) => Lane,
): [string, Packed][] => [...sizes].map((size) => {
  const bits = BITS[size as Size];
  return [name + size, each(bits, signed, f(bits))];
});

const truth = (holds: boolean): bigint => holds ? -1n : 0n;

const plain: [string, Packed][] = [
  ...sized('padd', 'bwdq', false, () => (a, b) => a + b),
  ...sized('psub', 'bwdq', false, () => (a, b) => a - b),
  ...sized('padds', 'bw', true, (n) => (a, b) =>
    saturate(n, true)(a + b)),
  ...sized('psubs', 'bw', true, (n) => (a, b) =>
    saturate(n, true)(a - b)),
  ...sized('paddus', 'bw', false, (n) => (a, b) =>
    saturate(n, false)(a + b)),
  ...sized('psubus', 'bw', false, (n) => (a, b) =>
    saturate(n, false)(a - b)),
  ...sized('pcmpeq', 'bwd', true, () => (a, b) => truth(a === b)),
  ...sized('pcmpgt', 'bwd', true, () => (a, b) => truth(a > b)),
  ...sized('pavg', 'bw', false, () => (a, b) => a + b + 1n >> 1n),
  ...sized('pmull', 'w', true, () => (a, b) => a * b),
  ...sized('pmulh', 'w', true, () => (a, b) => a * b >> 16n),
  ...sized('pmulhu', 'w', false, () => (a, b) => a * b >> 16n),
];

const minimum: Lane = (a, b) => a < b ? a : b;
const maximum: Lane = (a, b) => a > b ? a : b;
const extremes: [string, Packed][] = [
  ['pminub', each(8, false, minimum)],
  ['pmaxub', each(8, false, maximum)],
  ['pminsw', each(16, true, minimum)],
  ['pmaxsw', each(16, true, maximum)],
];

/** 16-bit lanes as signed numbers. */
const word = (all: bigint, n: number): bigint =>
  BigInt.asIntN(16, lane(all, 16, n));

const pmaddwd: Packed = (a, b, total) => joined(
  Array.from({ length: total / 32 }, (_, n) =>
    word(a, 2 * n) * word(b, 2 * n)
    + word(a, 2 * n + 1) * word(b, 2 * n + 1)), 32);

const pmuludq: Packed = each(64, false, (a, b) =>
  (a & 0xffff_ffffn) * (b & 0xffff_ffffn));

const psadbw: Packed = (a, b, total) => {
  const apart = (n: number): bigint => {
    const by = lane(a, 8, n) - lane(b, 8, n);
    return by < 0n ? -by : by;
  };
  return joined(Array.from({ length: total / 64 }, (_, half) =>
    [0, 1, 2, 3, 4, 5, 6, 7].reduce(
      (sum, n) => sum + apart(8 * half + n), 0n)), 64);
};

/** Packs the lanes of both into half the size, saturating. */
const packs = (bits: number, signed: boolean): Packed =>
  (a, b, total) => {
    const narrow = (all: bigint): bigint[] =>
      Array.from({ length: total / bits }, (_, n) => saturate(
        bits / 2, signed)(BigInt.asIntN(bits, lane(all, bits, n))));
    return joined([...narrow(a), ...narrow(b)], bits / 2);
  };

/** Lanes of both by turns, from the lower or the upper halves. */
const unpacks = (bits: number, high: boolean): Packed =>
  (a, b, total) => {
    const count = total / bits / 2;
    const from = high ? count : 0;
    return joined(Array.from({ length: count }, (_, n) => [
      lane(a, bits, from + n), lane(b, bits, from + n)]).flat(), bits);
  };

const mixed: [string, Packed][] = [
  ['packsswb', packs(16, true)], ['packuswb', packs(16, false)],
  ['packssdw', packs(32, true)],
  ...(['bw', 'wd', 'dq'] as const).flatMap((sizes, n) => [
    [`punpckl${sizes}`, unpacks(8 << n, false)],
    [`punpckh${sizes}`, unpacks(8 << n, true)],
  ] as [string, Packed][]),
  ['unpcklps', unpacks(32, false)], ['unpckhps', unpacks(32, true)],
];

/** Shifts all lanes by the number in the second operand. */
const shift = (
  bits: number, f: (a: bigint, by: bigint) => bigint, signed = false,
): Packed => (a, b, total) => {
  const count = BigInt.asUintN(64, b);
  const most = BigInt(signed ? bits - 1 : bits);
  const by = count > most ? most : count;
  return each(bits, signed, (x) => f(x, by))(a, 0n, total, 0);
};

const shifts: [string, Packed][] = [16, 32, 64].flatMap((bits, n) => {
  const size = 'wdq'.charAt(n);
  return [
    [`psll${size}`, shift(bits, (a, by) => a << by)],
    [`psrl${size}`, shift(bits, (a, by) => a >> by)],
    [`psra${size}`, shift(bits, (a, by) => a >> by, true)],
  ] as [string, Packed][];
});

const byBytes = (b: bigint): bigint => {
  const count = b & 0xffn;
  return count > 16n ? 128n : count * 8n;
};

const pslldq: Packed = (a, b) => BigInt.asUintN(128, a << byBytes(b));
const psrldq: Packed = (a, b) => a >> byBytes(b);

/** Lane n of the result is the one of `from` that two bits of the
 * byte name. */
const chosen = (
  from: bigint, bits: number, count: number, imm: number,
): bigint[] => Array.from({ length: count }, (_, n) =>
  lane(from, bits, imm >>> (2 * n) & 3));

const HALF = (1n << 64n) - 1n;

const shuffles: [string, Packed][] = [
  ['pshufw', (_a, b, _total, imm) => joined(chosen(b, 16, 4, imm), 16)],
  ['pshufd', (_a, b, _total, imm) => joined(chosen(b, 32, 4, imm), 32)],
  ['pshuflw', (_a, b, _total, imm) =>
    joined(chosen(b, 16, 4, imm), 16) | b >> 64n << 64n],
  ['pshufhw', (_a, b, _total, imm) =>
    joined(chosen(b >> 64n, 16, 4, imm), 16) << 64n | b & HALF],
  ['shufps', (a, b, _total, imm) => joined(
    [...chosen(a, 32, 2, imm), ...chosen(b, 32, 2, imm >>> 4)], 32)],
  ['shufpd', (a, b, _total, imm) => joined(
    [lane(a, 64, imm & 1), lane(b, 64, imm >>> 1 & 1)], 64)],
];

/** PINSRW: one lane of 16 bits replaced. */
const pinsrw: Packed = (a, b, total, imm) => {
  const at = BigInt(16 * (imm & total / 16 - 1));
  return a & ~(0xffffn << at) | BigInt.asUintN(16, b) << at;
};

/** The packed instructions on integers, and what moves lanes. */
export const PACKED: ReadonlyMap<string, Packed> = new Map([
  ...plain, ...extremes, ...mixed, ...shifts, ...shuffles,
  ['pmaddwd', pmaddwd], ['pmuludq', pmuludq], ['psadbw', psadbw],
  ['pinsrw', pinsrw], ['pslldq', pslldq], ['psrldq', psrldq],
] as [string, Packed][]);

/** The top bits of all lanes. */
export const signBits = (
  all: bigint, bits: number, total: number,
): number => Array.from({ length: total / bits }, (_, n) =>
  Number(lane(all, bits, n) >> BigInt(bits - 1)) << n)
  .reduce((mask, bit) => mask | bit, 0);

/** PEXTRW: one lane of 16 bits. */
export const extractWord = (
  all: bigint, total: number, imm: number,
): number => Number(lane(all, 16, imm & total / 16 - 1));
