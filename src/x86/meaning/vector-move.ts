import type { Adr, Builder, Routine, V } from
  '../../machine/builder.ts';
import type { Cpu } from '../cpu.ts';
import {
  MXCSR_KNOWN, restoreAll, saveAll,
} from '../fpu/environment.ts';
import { needFpu } from '../fpu/pointers.ts';
import type { Insn } from '../insn.ts';
import {
  linear, type Meaning, offset, operand, place, read, write,
} from '../operands.ts';
import { segment } from '../segment.ts';
import { lane } from '../sse/float.ts';
import { xmmField } from '../sse/registers.ts';
import { MXCSR } from '../state.ts';
import { FAULT } from '../vectors.ts';
import {
  needAligned, setVector, together, vector, wordsOf,
} from './vector.ts';
import { area } from './x87.ts';

const moving = (aligned: boolean): Meaning => (b, i) =>
  setVector(b, i, vector(b, i, 1, aligned), aligned);

const upperHalf = <A extends Adr>({ i64 }: Builder<A>): V<'i64'> =>
  i64.shl(i64.const(-1), i64.const(32));

/** MOVSS and MOVSD: from memory the rest becomes zero, from a
 * register it stays. */
const scalar = (bits: 32 | 64): Meaning => (b, i) => {
  const { v128, i64 } = b;
  const [to, from] = [operand(i, 0), operand(i, 1)];
  const value = vector(b, i, 1);
  if (to.kind === 'mem' || from.kind === 'mem') {
    return setVector(b, i, value);
  }
  const old = b.get(xmmField(to.index));
  const low = v128.lane64(value, 0);
  const high = v128.lane64(old, 1);
  if (bits === 64) return setVector(b, i, v128.join(low, high));
  const upper = i64.and(v128.lane64(old, 0), upperHalf(b));
  const lower = i64.extendU(i64.wrap(low));
  setVector(b, i, v128.join(i64.or(upper, lower), high));
};

/** MOVLPS and its kin: one half of a register. From a register
 * (MOVHLPS, MOVLHPS) it comes out of the other half. */
const half = (n: 0 | 1): Meaning => (b, i) => {
  const { v128 } = b;
  const to = operand(i, 0);
  if (to.kind === 'mem') {
    const from = b.get(xmmField(operand(i, 1).index));
    const part = v128.lane64(from, n);
    return setVector(b, i, v128.join(part, part));
  }
  const old = b.get(xmmField(to.index));
  const crossed = n === 0 && operand(i, 1).kind === 'reg';
  const part = v128.lane64(vector(b, i, 1), crossed ? 1 : 0);
  const other = v128.lane64(old, n === 0 ? 1 : 0);
  setVector(b, i,
    n === 0 ? v128.join(part, other) : v128.join(other, part));
};

type Combine = <A extends Adr>(
  b: Builder<A>, to: V<'v128'>, from: V<'v128'>) => V<'v128'>;

/** A result of both operands, by operations of the builder. */
const combining = (f: Combine): Meaning => (b, i) => {
  const from = vector(b, i, 1);
  const to = b.get(xmmField(operand(i, 0).index));
  setVector(b, i, f(b, to, from));
};

const and = combining(({ v128 }, a, b) => v128.and(a, b));
const or = combining(({ v128 }, a, b) => v128.or(a, b));
const xor = combining(({ v128 }, a, b) => v128.xor(a, b));
const andn = combining(({ v128, i64 }, a, b) => {
  const ones = v128.join(i64.const(-1), i64.const(-1));
  return v128.and(v128.xor(a, ones), b);
});

const lows = combining(({ v128 }, a, b) =>
  v128.join(v128.lane64(a, 0), v128.lane64(b, 0)));
const highs = combining(({ v128 }, a, b) =>
  v128.join(v128.lane64(a, 1), v128.lane64(b, 1)));

/** MOVD: 32 bits of a general register or of memory. */
const movd: Meaning = (b, i) => {
  const { i64, v128 } = b;
  const [to, from] = [operand(i, 0), operand(i, 1)];
  if (to.kind === 'reg' && to.cls === 'xmm') {
    const low = i64.extendU(read(b, i, 1));
    return b.set(xmmField(to.index), v128.join(low, i64.const(0)));
  }
  const low = v128.lane64(b.get(xmmField(from.index)), 0);
  write(b, i, 0, i64.wrap(low));
};

/** MOVQ: 64 bits; a register's upper half becomes zero. */
const movq: Meaning = (b, i) => {
  const { i64, v128 } = b;
  const low = v128.lane64(vector(b, i, 1), 0);
  setVector(b, i, v128.join(low, i64.const(0)));
};

/** MASKMOVDQU: the bytes whose mask is negative, to DS:EDI or where
 * a prefix says. Arguments: address, value, mask. */
export const maskedStore: Routine<Cpu> = {
  name: 'maskedStore',
  run(cpu, at = 0, ...words) {
    const bytes = words.length * 2;
    const value = together(words.slice(0, words.length / 2));
    const mask = together(words.slice(words.length / 2));
    const chosen = Array.from({ length: bytes }, (_, n) => n)
      .filter((n) => lane(mask, 8, n) >= 0x80n);
    if (chosen.length > 0) cpu.probe(at, bytes, 'w', 'cpl');
    for (const n of chosen) {
      cpu.store(at + n >>> 0, Number(lane(value, 8, n)), 8, 'cpl');
    }
    return 0;
  },
};

const DS = 3, EDI = 7;

/** Where MASKMOVDQU stores. */
export function implied<A extends Adr>(
  b: Builder<A>, i: Insn, bytes: number,
): V<'i32'> {
  const op = {
    ...operand(i, 0), seg: i.segment ?? DS, base: EDI, idx: -1, disp: 0,
  };
  const at = linear(b, op.seg, offset(b, i, op), bytes, 'w');
  return b.addr.wrap(at);
}

const maskmovdqu: Meaning = (b, i) => {
  b.routine(maskedStore, implied(b, i, 16),
    ...wordsOf(b, vector(b, i, 0)), ...wordsOf(b, vector(b, i, 1)));
};

const ldmxcsr: Meaning = (b, i) => {
  const { i32 } = b;
  const value = read(b, i, 0);
  const odd = i32.and(value, i32.const(~MXCSR_KNOWN));
  b.if(odd, () => b.trap(FAULT.GP, i32.const(0)));
  b.set(MXCSR, value);
};

const IMAGE = 512;

/** FXSAVE and FXRSTOR, which want a multiple of 16. */
const image = (
  name: string, kind: 'r' | 'w', run: (cpu: Cpu, at: number) => void,
): Meaning => {
  const r: Routine<Cpu> = {
    name,
    run(cpu, at = 0) {
      needFpu(cpu, false);
      if ((at & 15) !== 0) cpu.trap(FAULT.GP, 0);
      run(cpu, at);
      return 0;
    },
  };
  return (b, i) => { b.routine(r, area(b, i, IMAGE, kind)); };
};

export const saving: Record<string, Meaning> = {
  fxsave: image('fxsave', 'w', saveAll),
  fxrstor: image('fxrstor', 'r', restoreAll),
};

/** What is ordered, prefetched or flushed is so already. CLFLUSH may
 * fault as a load. */
export const fences: Record<string, Meaning> = {
  sfence: () => {}, lfence: () => {}, mfence: () => {},
  prefetchnta: () => {}, prefetcht0: () => {}, prefetcht1: () => {},
  prefetcht2: () => {},
  clflush: (b, i) => { read(b, i, 0); },
  movnti: (b, i) => write(b, i, 0, read(b, i, 1)),
};

/** The moves of SSE and SSE2, and the logic. */
export const vectorMoves: Record<string, Meaning> = {
  movaps: moving(true), movapd: moving(true), movdqa: moving(true),
  movups: moving(false), movupd: moving(false), movdqu: moving(false),
  movntps: moving(true), movntpd: moving(true), movntdq: moving(true),
  movss: scalar(32), movsd: scalar(64),
  movlps: half(0), movlpd: half(0), movhlps: half(0),
  movhps: half(1), movhpd: half(1), movlhps: half(1),
  unpcklpd: lows, punpcklqdq: lows, unpckhpd: highs, punpckhqdq: highs,
  andps: and, andpd: and, pand: and, orps: or, orpd: or, por: or,
  xorps: xor, xorpd: xor, pxor: xor,
  andnps: andn, andnpd: andn, pandn: andn,
  movd, movq, maskmovdqu, ldmxcsr,
  stmxcsr: (b, i) => write(b, i, 0, b.get(MXCSR)),
};
