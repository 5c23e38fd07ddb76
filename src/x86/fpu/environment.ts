import { EXTENDED, unpack } from '../../machine/float/format.ts';
import type { Cpu } from '../cpu.ts';
import { access } from '../operands.ts';
import { isProtected } from '../segment.ts';
import {
  CR4, FPU_CS, FPU_CW, FPU_DP, FPU_DS, FPU_FULL, FPU_IP, FPU_OP,
  FPU_SW, MXCSR,
} from '../state.ts';
import { FAULT } from '../vectors.ts';
import {
  readPhysical, readSt, topOf, writePhysical,
} from './registers.ts';
import { readXmm, writeXmm } from '../sse/registers.ts';
import { refresh } from './status.ts';

/** FNINIT: all exceptions masked, 64 bits, to nearest; empty. */
export function initialize(cpu: Cpu): void {
  cpu.set(FPU_CW, 0x37f);
  cpu.set(FPU_SW, 0);
  cpu.set(FPU_FULL, 0);
  for (const field of [FPU_IP, FPU_CS, FPU_DP, FPU_DS, FPU_OP]) {
    cpu.set(field, 0);
  }
  refresh(cpu);
}

/** FLDCW, or part of another load. */
export function setControl(cpu: Cpu, value: number): void {
  cpu.set(FPU_CW, value & 0x1f3f | 0x40);
  refresh(cpu);
}

/** The tag word, two bits a register: 0 valid, 1 zero, 2 anything
 * else, 3 empty. The processor does not keep it: it looks. */
function tagWord(cpu: Cpu): number {
  let word = 0;
  for (let n = 0; n < 8; n++) {
    const full = (cpu.get(FPU_FULL) >>> n & 1) !== 0;
    const { kind } = unpack(EXTENDED, readPhysical(cpu, n));
    const tag = !full ? 3 : kind === 'normal' ? 0
      : kind === 'zero' ? 1 : 2;
    word |= tag << (2 * n);
  }
  return word;
}

function setTagWord(cpu: Cpu, word: number): void {
  let full = 0;
  for (let n = 0; n < 8; n++) {
    if ((word >>> (2 * n) & 3) !== 3) full |= 1 << n;
  }
  cpu.set(FPU_FULL, full);
}

/** The environment's words, of 2 or 4 bytes. The pointers depend on
 * the mode. SDM vol. 1, figures 8-9 to 8-12. */
function environment(cpu: Cpu, bytes: number): number[] {
  const [ip, dp] = [cpu.get(FPU_IP), cpu.get(FPU_DP)];
  const [cs, ds] = [cpu.get(FPU_CS), cpu.get(FPU_DS)];
  const op = cpu.get(FPU_OP) & 0x7ff;
  const head = [cpu.get(FPU_CW), cpu.get(FPU_SW), tagWord(cpu)];
  if (isProtected(cpu)) {
    return bytes === 2 ? [...head, ip, cs, dp, ds]
      : [...head.map(upperOnes), ip, op << 16 | cs, dp, upperOnes(ds)];
  }
  const at = cs * 16 + ip, to = ds * 16 + dp;
  if (bytes === 2) {
    return [...head, at, at >>> 4 & 0xf000 | op, to, to >>> 4 & 0xf000];
  }
  return [...head.map(upperOnes), upperOnes(at & 0xffff),
    at >>> 4 & 0xfff_f000 | op, upperOnes(to & 0xffff),
    to >>> 4 & 0xfff_f000];
}

const upperOnes = (word: number): number => word | 0xffff_0000;

/** Takes an environment back. In real mode the pointers are linear
 * addresses, without a segment to go with them. */
function setEnvironment(
  cpu: Cpu, words: readonly number[], bytes: number,
): void {
  const word = (n: number): number => words[n] ?? 0;
  cpu.set(FPU_SW, word(1) & 0xffff);
  setTagWord(cpu, word(2));
  setControl(cpu, word(0));
  const isPlain = isProtected(cpu);
  const high = (n: number): number =>
    bytes === 2 ? (word(n) & 0xf000) << 4 : (word(n) & 0xfff_f000) << 4;
  const low = (n: number): number =>
    bytes === 2 || !isPlain ? word(n) & 0xffff : word(n);
  cpu.set(FPU_IP, isPlain ? low(3) : low(3) | high(4));
  cpu.set(FPU_DP, isPlain ? low(5) : low(5) | high(6));
  cpu.set(FPU_CS, isPlain ? word(4) & 0xffff : 0);
  cpu.set(FPU_DS, isPlain ? word(6) & 0xffff : 0);
  const op = isPlain ? word(4) >>> 16 : word(4);
  if (bytes === 4 || !isPlain) cpu.set(FPU_OP, op & 0x7ff);
}

/** FNSTENV. All exceptions are masked after it. */
export function storeEnvironment(
  cpu: Cpu, at: number, bytes: number,
): void {
  cpu.probe(at, 7 * bytes, 'w', 'cpl');
  environment(cpu, bytes).forEach((word, n) => cpu.store(
    at + n * bytes >>> 0, word, bytes === 2 ? 16 : 32, 'cpl'));
  cpu.set(FPU_CW, cpu.get(FPU_CW) | 0x3f);
  refresh(cpu);
}

export function loadEnvironment(
  cpu: Cpu, at: number, bytes: number,
): void {
  const words = Array.from({ length: 7 }, (_, n) => cpu.load(
    at + n * bytes >>> 0, bytes === 2 ? 16 : 32, 'cpl'));
  setEnvironment(cpu, words, bytes);
}

/** FNSAVE: the environment and the registers, then FNINIT. */
export function save(cpu: Cpu, at: number, bytes: number): void {
  cpu.probe(at, 7 * bytes + 80, 'w', 'cpl');
  storeEnvironment(cpu, at, bytes);
  for (let i = 0; i < 8; i++) {
    storeTen(cpu, at + 7 * bytes + 10 * i >>> 0, readSt(cpu, i));
  }
  initialize(cpu);
}

export function restore(cpu: Cpu, at: number, bytes: number): void {
  const from = at + 7 * bytes;
  const all = Array.from({ length: 8 }, (_, i) =>
    loadTen(cpu, from + 10 * i >>> 0));
  loadEnvironment(cpu, at, bytes);
  all.forEach((bits, i) =>
    writePhysical(cpu, topOf(cpu) + i, bits));
}

/** Ten bytes to memory: all of them, or none. */
export function storeTen(cpu: Cpu, at: number, bits: bigint): void {
  cpu.probe(at, 10, 'w', 'cpl');
  cpu.memory.store64(at, bits, access(64, 'w'));
  cpu.store(at + 8 >>> 0, Number(bits >> 64n), 16, 'cpl');
}

function loadTen(cpu: Cpu, at: number): bigint {
  const low = cpu.memory.load64(at, access(64, 'r'));
  return BigInt(cpu.load(at + 8 >>> 0, 16, 'cpl')) << 64n | low;
}

/** MXCSR's bits, denormals-are-zeros among them. */
export const MXCSR_KNOWN = 0xffff;
const IMAGE = 512;

/** Where the XMM registers begin, and where they end. */
const XMM_AT = 160, XMM_END = 288;

/** Fields of 32 bits of the image, from byte 8 on. */
const POINTERS = [FPU_IP, FPU_CS, FPU_DP, FPU_DS] as const;

/** All numeric registers as FXSAVE has them. SDM vol. 1, table
 * 10-2. */
export function imageOf(cpu: Cpu): Uint8Array {
  const bytes = new Uint8Array(IMAGE);
  const view = new DataView(bytes.buffer);
  [FPU_CW, FPU_SW, FPU_FULL, FPU_OP].forEach((field, n) =>
    view.setUint16(2 * n, cpu.get(field), true));
  POINTERS.forEach((field, n) =>
    view.setUint32(8 + 4 * n, cpu.get(field), true));
  view.setUint32(24, cpu.get(MXCSR), true);
  view.setUint32(28, MXCSR_KNOWN, true);
  const wide = (at: number, bits: bigint): void => {
    view.setBigUint64(at, BigInt.asUintN(64, bits), true);
    view.setBigUint64(at + 8, bits >> 64n, true);
  };
  for (let n = 0; n < 8; n++) {
    wide(32 + 16 * n, readSt(cpu, n));
    wide(XMM_AT + 16 * n, readXmm(cpu, n));
  }
  return bytes;
}

/** The other way. Without `xmm` those registers stay. */
export function takeImage(
  cpu: Cpu, bytes: Uint8Array, xmm = true,
): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  cpu.set(FPU_SW, view.getUint16(2, true));
  cpu.set(FPU_FULL, view.getUint8(4));
  cpu.set(FPU_OP, view.getUint16(6, true) & 0x7ff);
  POINTERS.forEach((field, n) => cpu.set(field, n % 2 === 0
    ? view.getUint32(8 + 4 * n, true)
    : view.getUint16(8 + 4 * n, true)));
  setControl(cpu, view.getUint16(0, true));
  const half = (at: number): bigint => view.getBigUint64(at, true);
  const wide = (at: number): bigint => half(at + 8) << 64n | half(at);
  for (let n = 0; n < 8; n++) {
    writePhysical(cpu, topOf(cpu) + n, wide(32 + 16 * n));
    if (xmm) writeXmm(cpu, n, wide(XMM_AT + 16 * n));
  }
  if (xmm) cpu.set(MXCSR, view.getUint32(24, true) & MXCSR_KNOWN);
}

/** Whether the system has said that it saves the XMM registers. */
const hasXmm = (cpu: Cpu): boolean => (cpu.get(CR4) & 0x200) !== 0;

/** FXSAVE: to memory, of which it leaves the end alone. */
export function saveAll(cpu: Cpu, at: number): void {
  cpu.probe(at, IMAGE, 'w', 'cpl');
  const view = new DataView(imageOf(cpu).buffer);
  const end = hasXmm(cpu) ? XMM_END : XMM_AT;
  for (let n = 0; n < end; n += 4) {
    cpu.store(at + n >>> 0, view.getUint32(n, true), 32, 'cpl');
  }
}

/** FXRSTOR. #GP(0) for bits of MXCSR that do not exist. */
export function restoreAll(cpu: Cpu, at: number): void {
  const bytes = new Uint8Array(IMAGE);
  const view = new DataView(bytes.buffer);
  for (let n = 0; n < IMAGE; n += 4) {
    view.setUint32(n, cpu.load(at + n >>> 0, 32, 'cpl'), true);
  }
  const odd = view.getUint32(24, true) > MXCSR_KNOWN;
  if (hasXmm(cpu) && odd) cpu.trap(FAULT.GP, 0);
  takeImage(cpu, bytes, hasXmm(cpu));
}
