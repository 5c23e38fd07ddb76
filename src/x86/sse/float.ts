import {
  add, compare, div, exact, mul, operate, sqrt, sub,
} from '../../machine/float/arithmetic.ts';
import { fromInteger, toInteger } from
  '../../machine/float/convert.ts';
import {
  finite, infinity, INDEFINITE, isNan, leadOf, type Num, pack,
  quieted, unpack, zero,
} from '../../machine/float/format.ts';
import {
  DE, IE, type Outcome, round, type Rounding,
} from '../../machine/float/round.ts';
import type { Cpu } from '../cpu.ts';
import { complaints } from '../fpu/arithmetic.ts';
import {
  firstNan, formatOf, raise, roundingOf, styleOf, take,
} from './status.ts';

/** The lane of `bits` bits at place n. */
export const lane = (all: bigint, bits: number, n: number): bigint =>
  BigInt.asUintN(bits, all >> BigInt(bits * n));

/** A vector of lanes, the first one lowest. */
export const joined = (
  lanes: readonly bigint[], bits: number,
): bigint => lanes.reduce((all, value, n) =>
  all | BigInt.asUintN(bits, value) << BigInt(bits * n), 0n);

/** The exceptions of all lanes. */
const flagsOf = (list: readonly { flags: number }[]): number =>
  list.reduce((flags, o) => flags | o.flags, 0);

/** Rounds results to `bits` bits. Exceptions that come before the
 * computation are looked at for all of them first. */
export function settleAll(
  cpu: Cpu, bits: number, outcomes: readonly Outcome[],
): bigint[] {
  const early = flagsOf(outcomes);
  raise(cpu, early);
  const style = styleOf(cpu, bits);
  const rounded = outcomes.map(({ num }) => round(num, style));
  raise(cpu, early | flagsOf(rounded));
  return rounded.map(({ num }) => pack(formatOf(bits), num));
}

type Core = (mode: Rounding) => (a: Num, b: Num) => Outcome;

const CORES: Record<string, Core> = {
  add, sub, mul: () => mul, div: () => div,
  sqrt: () => (_a, b) => sqrt(b),
};

/** One operation on lanes of two vectors. */
export const arithmetic = (name: string) =>
  (cpu: Cpu, bits: number, a: bigint, b: bigint): Outcome => {
    const [x, y] = [take(cpu, bits, a), take(cpu, bits, b)];
    const core = CORES[name]?.(roundingOf(cpu));
    if (!core) throw new Error(`no operation ${name}`);
    return operate(name === 'sqrt' ? y : x, y, firstNan, core);
  };

/** MIN and MAX: a NaN, or two zeros, give the second operand. */
export const extreme = (want: number) =>
  (cpu: Cpu, bits: number, a: bigint, b: bigint): [bigint, number] => {
    const [x, y] = [take(cpu, bits, a), take(cpu, bits, b)];
    const flags = complaints(x, y, false);
    const first = !isNan(x) && !isNan(y) && compare(x, y) === want;
    return [pick(first ? x : y, first ? a : b, bits), flags];
  };

/** A denormal that counts as zero comes out as one. */
const pick = (n: Num, raw: bigint, bits: number): bigint =>
  n.kind === 'zero' ? pack(formatOf(bits), n) : raw;

/** The predicates of CMPPS: whether they hold for less, equal,
 * greater and unordered; and whether a quiet NaN is an error. */
const PREDICATES: readonly (readonly [string, boolean])[] = [
  ['0100', true], ['1000', false], ['1100', false], ['0001', true],
  ['1011', true], ['0111', false], ['0011', false], ['1110', true],
];

/** Whether predicate `code` holds, and the exceptions. */
export function compares(
  cpu: Cpu, bits: number, code: number, a: bigint, b: bigint,
): [boolean, number] {
  const [x, y] = [take(cpu, bits, a), take(cpu, bits, b)];
  const [holds, quiet] = PREDICATES[code & 7] ?? ['0000', true];
  const relation = isNan(x) || isNan(y) ? 3 : compare(x, y) + 1;
  return [holds.charAt(relation) === '1', complaints(x, y, quiet)];
}

/** COMISS and UCOMISS: the relation as ZF, PF and CF. */
export function ordered(
  cpu: Cpu, bits: number, quiet: boolean, a: bigint, b: bigint,
): number {
  const [x, y] = [take(cpu, bits, a), take(cpu, bits, b)];
  raise(cpu, complaints(x, y, quiet));
  if (isNan(x) || isNan(y)) return 0x45;
  const order = compare(x, y);
  return order > 0 ? 0 : order < 0 ? 0x01 : 0x40;
}

/** A float as a 32-bit integer, and the exceptions. */
export function integerOf(
  cpu: Cpu, bits: number, raw: bigint, truncate: boolean,
): [bigint, number] {
  const mode = truncate ? 3 : roundingOf(cpu);
  const { value, flags } = toInteger(take(cpu, bits, raw), 32, mode);
  return [BigInt.asUintN(32, value), flags];
}

/** A signed 32-bit integer as a number. */
export const fromLane = (raw: bigint): Outcome =>
  exact(fromInteger(BigInt.asIntN(32, raw)));

/** A float of `bits` bits on its way to the other width. */
export function converted(
  cpu: Cpu, bits: number, raw: bigint,
): Outcome {
  const n = take(cpu, bits, raw);
  const flags = n.kind === 'signalling' ? IE
    : n.kind === 'denormal' ? DE : 0;
  return { num: isNan(n) ? quieted(n) : n, flags };
}

/** What the estimates promise: 12 bits. SDM vol. 2B, RCPPS. */
const ESTIMATE = 12;

/** 1 / x or 1 / sqrt x in 12 bits. No exceptions; denormals are
 * zeros, as operands and as results. */
export function estimate(raw: bigint, root: boolean): bigint {
  const format = formatOf(32);
  const read = unpack(format, BigInt.asUintN(32, raw));
  const n = read.kind === 'denormal' ? zero(read.sign) : read;
  if (isNan(n)) return pack(format, quieted(n));
  if (n.kind === 'zero') return pack(format, infinity(n.sign));
  if (root && n.sign === 1) return pack(format, INDEFINITE);
  if (n.kind === 'infinity') return pack(format, zero(n.sign));
  const one = finite(0, 0, 1n);
  const { num } = div(one, root ? sqrt(n).num : n);
  if (leadOf(num) < -126) return pack(format, zero(n.sign));
  const style = {
    format, precision: ESTIMATE, rounding: 0 as const,
    wrapped: 0, wrap: 0, beyond: 0, flush: true,
  };
  return pack(format, round(num, style).num);
}
