import type { Adr, Builder, Routine, V } from
  '../../machine/builder.ts';
import type { Field } from '../../machine/fields.ts';
import type { Cpu } from '../cpu.ts';
import { deliverPending } from '../fpu/pointers.ts';
import {
  physical, readPhysical, setTop, writePhysical,
} from '../fpu/registers.ts';
import type { Insn } from '../insn.ts';
import {
  access, type Meaning, operand, place, read, write,
} from '../operands.ts';
import { joined, lane } from '../sse/float.ts';
import {
  extractWord, PACKED, type Packed, signBits,
} from '../sse/packed.ts';
import { readXmm, writeXmm, xmmField } from '../sse/registers.ts';
import { CR0, EIP, FPU_FULL, FPU_SW } from '../state.ts';
import { FAULT } from '../vectors.ts';
import {
  CONVERSIONS, toIntegers,
} from './vector-compute.ts';
import { halvesOf, needSse, setVector, together, vector, wordsOf } from
  './vector.ts';
import { implied, maskedStore } from './vector-move.ts';

const pending: Routine<Cpu> = {
  name: 'numericError', run: (cpu) => deliverPending(cpu),
};

/** An instruction that waits for a numeric error. */
const waiting = (body: Meaning): Meaning => (b, i) =>
  b.if(b.routine(pending),
    () => b.jump(b.addr.extendU(b.get(EIP))), () => body(b, i));

/** One on MMX registers leaves the stack full (or empty), with its
 * top at 0. */
const onMmx = (body: Meaning, full = 0xff): Meaning =>
  waiting((b, i) => {
    const { i32 } = b;
    body(b, i);
    b.set(FPU_SW, i32.and(b.get(FPU_SW), i32.const(~0x3800)));
    b.set(FPU_FULL, i32.const(full));
  });

/** The same at once, to stay even if an exception follows. */
function turnToMmx(cpu: Cpu): void {
  setTop(cpu, 0);
  cpu.set(FPU_FULL, 0xff);
  cpu.commit();
}

/** #UD if CR0.EM says that nobody has these registers; #NM. */
const needMmx = (body: Meaning): Meaning => (b, i) => {
  const { i32 } = b;
  const has = (bit: number): V<'i32'> =>
    i32.and(b.get(CR0), i32.const(bit));
  b.if(has(4), () => b.trap(FAULT.UD));
  b.if(has(8), () => b.trap(FAULT.NM));
  body(b, i);
};

const mmxField = (n: number): Field<'i64'> => physical(n).sig;

/** Operand k: 64 bits of a register or of memory. */
function quad<A extends Adr>(
  b: Builder<A>, i: Insn, k: number,
): V<'i64'> {
  const op = operand(i, k);
  if (op.kind === 'reg' && op.cls === 'mmx') {
    return b.get(mmxField(op.index));
  }
  const at = op.kind === 'mem' && op.bits === 64
    ? place(b, i, k, 'r') : undefined;
  return at !== undefined ? b.load('i64', at, access(64, 'r'))
    : b.i64.extendU(read(b, i, k));
}

/** Writes operand 0. The upper bits of a register become ones, a
 * NaN for x87. */
function setQuad<A extends Adr>(
  b: Builder<A>, i: Insn, value: V<'i64'>,
): void {
  const op = operand(i, 0);
  const at = place(b, i, 0, 'w');
  if (at !== undefined) {
    return b.store('i64', at, value, access(64, 'w'));
  }
  b.set(mmxField(op.index), value);
  b.set(physical(op.index).exp, b.i32.const(0xffff));
}

const movq: Meaning = (b, i) => setQuad(b, i, quad(b, i, 1));

const movd: Meaning = (b, i) => {
  if (operand(i, 0).cls === 'mmx') return setQuad(b, i, quad(b, i, 1));
  write(b, i, 0, b.i64.wrap(quad(b, i, 1)));
};

type Combine = <A extends Adr>(
  b: Builder<A>, x: V<'i64'>, y: V<'i64'>) => V<'i64'>;

const combining = (f: Combine): Meaning => (b, i) => {
  const from = quad(b, i, 1);
  setQuad(b, i, f(b, b.get(mmxField(operand(i, 0).index)), from));
};

/** A packed computation: a routine on a register's number. */
const computing = (name: string, f: Packed): Meaning => {
  const r: Routine<Cpu> = {
    name,
    run(cpu, to = 0, imm = 0, ...words) {
      const old = BigInt.asUintN(64, readPhysical(cpu, to));
      const value = f(old, together(words), 64, imm);
      writePhysical(cpu, to, 0xffffn << 64n | value);
      return 0;
    },
  };
  return (b, i) => {
    const imm = b.i32.const(i.operands[2]?.value ?? 0);
    b.routine(r, b.i32.const(operand(i, 0).index), imm,
      ...halvesOf(b, quad(b, i, 1)));
  };
};

/** A result for a general register. */
const answering = (
  name: string, answer: (b: bigint, imm: number) => number,
): Meaning => {
  const r: Routine<Cpu> = {
    name,
    run: (_cpu, imm = 0, ...words) => answer(together(words), imm),
  };
  return (b, i) => {
    const imm = b.i32.const(i.operands[2]?.value ?? 0);
    write(b, i, 0, b.routine(r, imm, ...halvesOf(b, quad(b, i, 1))));
  };
};

const maskmovq: Meaning = (b, i) => {
  b.routine(maskedStore, implied(b, i, 8),
    ...halvesOf(b, quad(b, i, 0)), ...halvesOf(b, quad(b, i, 1)));
};

/** The instructions on MMX registers alone. */
const own: Record<string, Meaning> = {
  ...Object.fromEntries([...PACKED].map(([name, f]) =>
    [name, computing(name, f)])),
  movq, movd, movntq: movq, maskmovq,
  pand: combining(({ i64 }, x, y) => i64.and(x, y)),
  por: combining(({ i64 }, x, y) => i64.or(x, y)),
  pxor: combining(({ i64 }, x, y) => i64.xor(x, y)),
  pandn: combining(({ i64 }, x, y) => i64.and(i64.not(x), y)),
  pmovmskb: answering('pmovmskb', (b) => signBits(b, 8, 64)),
  pextrw: answering('pextrw', (b, imm) => extractWord(b, 64, imm)),
};

/** CVTPI2PS and CVTPI2PD: two integers to an XMM register. Those
 * from memory have nothing to do with MMX. */
const fromMmx = (name: string): Meaning => {
  const compute = CONVERSIONS[name];
  if (!compute) throw new Error(`no conversion ${name}`);
  const r: Routine<Cpu> = {
    name,
    run(cpu, to = 0, register = 0, ...words) {
      if (register !== 0) turnToMmx(cpu);
      const old = readXmm(cpu, to);
      writeXmm(cpu, to, compute(cpu, old, together(words), 0));
      return 0;
    },
  };
  const body: Meaning = (b, i) => {
    const { i32 } = b;
    const register = operand(i, 1).kind === 'reg' ? 1 : 0;
    b.routine(r, i32.const(operand(i, 0).index), i32.const(register),
      ...halvesOf(b, quad(b, i, 1)));
  };
  const waits = waiting(body);
  return (b, i) =>
    (operand(i, 1).kind === 'reg' ? waits : body)(b, i);
};

/** CVTPS2PI and its kin: two floats to an MMX register. */
const toMmx = (name: string): Meaning => {
  const bits = name.includes('pd') ? 64 : 32;
  const lanes = toIntegers(bits, 2, name.startsWith('cvtt'));
  const r: Routine<Cpu> = {
    name,
    run(cpu, to = 0, ...words) {
      turnToMmx(cpu);
      const value = joined(lanes(cpu, together(words)), 32);
      writePhysical(cpu, to, 0xffffn << 64n | value);
      return 0;
    },
  };
  return waiting((b, i) => {
    b.routine(r, b.i32.const(operand(i, 0).index),
      ...wordsOf(b, vector(b, i, 1)));
  });
};

const movq2dq: Meaning = (b, i) =>
  setVector(b, i, b.v128.join(quad(b, i, 1), b.i64.const(0)));
const movdq2q: Meaning = (b, i) => {
  const from = b.get(xmmField(operand(i, 1).index));
  setQuad(b, i, b.v128.lane64(from, 0));
};

/** Those that work on registers of both kinds. */
const both: Record<string, Meaning> = {
  movq2dq: onMmx(movq2dq), movdq2q: onMmx(movdq2q),
  ...Object.fromEntries(['cvtpi2ps', 'cvtpi2pd'].map((name) =>
    [name, fromMmx(name)])),
  ...Object.fromEntries(
    ['cvtps2pi', 'cvttps2pi', 'cvtpd2pi', 'cvttpd2pi'].map((name) =>
      [name, toMmx(name)])),
};

const emms: Meaning = needMmx(onMmx(() => {}, 0));

/** The meaning of an instruction with an MMX register, if it is
 * one. */
export function mmxOf(i: Insn): Meaning | undefined {
  if (i.mnemonic === 'emms') return emms;
  const body = both[i.mnemonic];
  if (!body) {
    const alone = own[i.mnemonic];
    return alone && needMmx(onMmx(alone));
  }
  return (b, n) => {
    needSse(b);
    body(b, n);
  };
}
