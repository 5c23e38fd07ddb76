import type { Adr, Builder, Routine, V } from
  '../../machine/builder.ts';
import { type Outcome, PE } from '../../machine/float/round.ts';
import type { Cpu } from '../cpu.ts';
import { ARITHMETIC, writeEflags } from '../flags.ts';
import type { Insn } from '../insn.ts';
import { type Meaning, operand, read, write } from '../operands.ts';
import {
  arithmetic, compares, converted, estimate, extreme, fromLane,
  integerOf, joined, lane, ordered, settleAll,
} from '../sse/float.ts';
import { extractWord, PACKED, signBits } from '../sse/packed.ts';
import { readXmm, writeXmm } from '../sse/registers.ts';
import { raise } from '../sse/status.ts';
import { together, vector, wordsOf } from './vector.ts';

/** The new value of a register that held `a`. */
type Compute = (
  cpu: Cpu, a: bigint, b: bigint, imm: number) => bigint;

/** An instruction whose result goes to an XMM register: a routine on
 * that register, an immediate byte and the other operand. */
const computing = (name: string, compute: Compute): Meaning => {
  const r: Routine<Cpu> = {
    name,
    run(cpu, to = 0, imm = 0, ...words) {
      const b = together(words);
      writeXmm(cpu, to, compute(cpu, readXmm(cpu, to), b, imm));
      return 0;
    },
  };
  return (b, i) => {
    const imm = b.i32.const(i.operands[2]?.value ?? 0);
    b.routine(r, b.i32.const(operand(i, 0).index), imm,
      ...wordsOf(b, source(b, i)));
  };
};

/** Operand 1: a vector, a general register or an immediate. */
function source<A extends Adr>(b: Builder<A>, i: Insn): V<'v128'> {
  const op = operand(i, 1);
  const narrow = op.kind === 'imm' || op.bits === 16
    || op.kind === 'reg' && op.cls === 'gpr';
  if (!narrow) return vector(b, i, 1);
  const { i64, v128 } = b;
  return v128.join(i64.extendU(read(b, i, 1)), i64.const(0));
}

const WIDTHS = { ps: 32, pd: 64, ss: 32, sd: 64 } as const;
type Suffix = keyof typeof WIDTHS;

/** The lower lanes of a vector, replaced. */
const replaced = (
  old: bigint, lanes: readonly bigint[], bits: number,
): bigint => {
  const size = BigInt(lanes.length * bits);
  return old >> size << size | joined(lanes, bits);
};

/** The lanes of two vectors that an instruction works on. */
const pairs = (
  suffix: Suffix, a: bigint, b: bigint,
): [bigint, bigint][] => {
  const bits = WIDTHS[suffix];
  const count = suffix.startsWith('p') ? 128 / bits : 1;
  return Array.from({ length: count }, (_, n) =>
    [lane(a, bits, n), lane(b, bits, n)]);
};

const floating = (name: string, suffix: Suffix): Compute =>
  (cpu, a, b) => {
    const bits = WIDTHS[suffix];
    const f = arithmetic(name);
    const outcomes = pairs(suffix, a, b).map(
      ([x, y]) => f(cpu, bits, x, y));
    return replaced(a, settleAll(cpu, bits, outcomes), bits);
  };

/** Lanes that come with their exceptions. Those that are found
 * before anything is computed go first. */
function noted(
  cpu: Cpu, results: readonly (readonly [bigint, number])[],
): bigint[] {
  const all = results.reduce((sum, [, flags]) => sum | flags, 0);
  raise(cpu, all & ~PE);
  raise(cpu, all);
  return results.map(([value]) => value);
}

const selecting = (want: number, suffix: Suffix): Compute =>
  (cpu, a, b) => {
    const bits = WIDTHS[suffix];
    const f = extreme(want);
    const lanes = pairs(suffix, a, b).map(
      ([x, y]) => f(cpu, bits, x, y));
    return replaced(a, noted(cpu, lanes), bits);
  };

const comparing = (suffix: Suffix): Compute => (cpu, a, b, imm) => {
  const bits = WIDTHS[suffix];
  const lanes = pairs(suffix, a, b).map(([x, y]) => {
    const [holds, flags] = compares(cpu, bits, imm, x, y);
    return [holds ? -1n : 0n, flags] as const;
  });
  return replaced(a, noted(cpu, lanes), bits);
};

const estimating = (root: boolean, suffix: Suffix): Compute =>
  (_cpu, a, b) => replaced(a,
    pairs(suffix, a, b).map(([, y]) => estimate(y, root)), 32);

type Lanes = (cpu: Cpu, b: bigint) => bigint[];

/** 32-bit integers to floats of `bits` bits. */
const fromIntegers = (bits: number, count: number): Lanes =>
  (cpu, b) => settleAll(cpu, bits,
    Array.from({ length: count }, (_, n) => fromLane(lane(b, 32, n))));

/** Floats of `bits` bits to 32-bit integers. */
export const toIntegers = (
  bits: number, count: number, truncate: boolean,
): Lanes => (cpu, b) => noted(cpu,
  Array.from({ length: count }, (_, n) =>
    integerOf(cpu, bits, lane(b, bits, n), truncate)));

/** Floats of `bits` bits to the other width. */
const toOther = (bits: number, count: number): Lanes => (cpu, b) => {
  const list = Array.from({ length: count }, (_, n): Outcome =>
    converted(cpu, bits, lane(b, bits, n)));
  return settleAll(cpu, 96 - bits, list);
};

/** The lanes are all there is; or what is above them stays. */
const alone = (lanes: Lanes, bits: number): Compute =>
  (cpu, _a, b) => joined(lanes(cpu, b), bits);
const lower = (lanes: Lanes, bits: number): Compute =>
  (cpu, a, b) => replaced(a, lanes(cpu, b), bits);

/** Conversions with a result in an XMM register. */
export const CONVERSIONS: Record<string, Compute> = {
  cvtdq2ps: alone(fromIntegers(32, 4), 32),
  cvtdq2pd: alone(fromIntegers(64, 2), 64),
  cvtps2dq: alone(toIntegers(32, 4, false), 32),
  cvttps2dq: alone(toIntegers(32, 4, true), 32),
  cvtpd2dq: alone(toIntegers(64, 2, false), 32),
  cvttpd2dq: alone(toIntegers(64, 2, true), 32),
  cvtps2pd: alone(toOther(32, 2), 64),
  cvtpd2ps: alone(toOther(64, 2), 32),
  cvtss2sd: lower(toOther(32, 1), 64),
  cvtsd2ss: lower(toOther(64, 1), 32),
  cvtsi2ss: lower(fromIntegers(32, 1), 32),
  cvtsi2sd: lower(fromIntegers(64, 1), 64),
  cvtpi2ps: lower(fromIntegers(32, 2), 32),
  cvtpi2pd: alone(fromIntegers(64, 2), 64),
};

/** An instruction with a result for a general register. */
const answering = (
  name: string, answer: (cpu: Cpu, b: bigint, imm: number) => number,
): Meaning => {
  const r: Routine<Cpu> = {
    name,
    run: (cpu, imm = 0, ...words) => answer(cpu, together(words), imm),
  };
  return (b, i) => {
    const imm = b.i32.const(i.operands[2]?.value ?? 0);
    write(b, i, 0, b.routine(r, imm, ...wordsOf(b, vector(b, i, 1))));
  };
};

const toRegister = (name: string, bits: number): Meaning =>
  answering(name, (cpu, b) => {
    const lanes = toIntegers(bits, 1, name.startsWith('cvtt'));
    return Number(lanes(cpu, b)[0] ?? 0n);
  });

/** COMISS and its kin. */
const flagging = (bits: number, quiet: boolean): Meaning => {
  const r: Routine<Cpu> = {
    name: quiet ? 'ucomi' : 'comi',
    run(cpu, a = 0, ...words) {
      const first = lane(readXmm(cpu, a), bits, 0);
      const second = lane(together(words), bits, 0);
      const flags = ordered(cpu, bits, quiet, first, second);
      writeEflags(cpu, flags, ARITHMETIC);
      return 0;
    },
  };
  return (b, i) => {
    b.routine(r, b.i32.const(operand(i, 0).index),
      ...wordsOf(b, vector(b, i, 1)));
  };
};

const meanings = (
  table: Iterable<readonly [string, Compute]>,
): Record<string, Meaning> => Object.fromEntries(
  [...table].map(([name, compute]) =>
    [name, computing(name, compute)]));

const bySuffix = (
  names: readonly string[],
  make: (name: string, suffix: Suffix) => Compute,
): [string, Compute][] => names.flatMap((name) =>
  (Object.keys(WIDTHS) as Suffix[]).map((suffix) =>
    [name + suffix, make(name, suffix)] as [string, Compute]));

/** What SSE and SSE2 compute. */
export const vectorComputations: Record<string, Meaning> = {
  ...meanings(bySuffix(['add', 'sub', 'mul', 'div', 'sqrt'], floating)),
  ...meanings(bySuffix(['min', 'max'], (name, suffix) =>
    selecting(name === 'min' ? -1 : 1, suffix))),
  ...meanings(bySuffix(['cmp'], (_name, suffix) => comparing(suffix))),
  ...meanings((['ps', 'ss'] as const).flatMap((suffix) => [
    [`rcp${suffix}`, estimating(false, suffix)],
    [`rsqrt${suffix}`, estimating(true, suffix)],
  ] as [string, Compute][])),
  ...meanings(Object.entries(CONVERSIONS)),
  ...meanings([...PACKED].map(([name, f]) =>
    [name, (_cpu, a, b, imm) => f(a, b, 128, imm)] as const)),
  cvtss2si: toRegister('cvtss2si', 32),
  cvttss2si: toRegister('cvttss2si', 32),
  cvtsd2si: toRegister('cvtsd2si', 64),
  cvttsd2si: toRegister('cvttsd2si', 64),
  comiss: flagging(32, false), ucomiss: flagging(32, true),
  comisd: flagging(64, false), ucomisd: flagging(64, true),
  movmskps: answering('movmskps', (_cpu, b) => signBits(b, 32, 128)),
  movmskpd: answering('movmskpd', (_cpu, b) => signBits(b, 64, 128)),
  pmovmskb: answering('pmovmskb', (_cpu, b) => signBits(b, 8, 128)),
  pextrw: answering('pextrw', (_cpu, b, imm) =>
    extractWord(b, 128, imm)),
};
