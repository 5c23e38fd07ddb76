import type { V } from '../../machine/builder.ts';
import type { Cpu } from '../cpu.ts';
import { FPR, FPU_FULL, FPU_SW } from '../state.ts';

type Register = (typeof FPR)[number];

/** The number of the register that is on top. */
export const topOf = (cpu: Cpu): number =>
  cpu.get(FPU_SW) >>> 11 & 7;

export function setTop(cpu: Cpu, top: number): void {
  const rest = cpu.get(FPU_SW) & ~0x3800;
  cpu.set(FPU_SW, rest | (top & 7) << 11);
}

/** A register by its place in the chip. */
export function physical(n: number): Register {
  const found = FPR[n & 7];
  if (!found) throw new Error(`no register ${n}`);
  return found;
}

export function readPhysical(cpu: Cpu, n: number): bigint {
  const { sig, exp } = physical(n);
  const low = BigInt.asUintN(64, cpu.state.i64[sig.id] ?? 0n);
  return BigInt(cpu.get(exp)) << 64n | low;
}

export function writePhysical(
  cpu: Cpu, n: number, bits: bigint,
): void {
  const { sig, exp } = physical(n);
  const low = BigInt.asIntN(64, bits);
  cpu.evaluator.set(sig, low as unknown as V<'i64'>);
  cpu.set(exp, Number(bits >> 64n & 0xffffn));
}

/** Whether ST(i) holds nothing. */
export const isEmpty = (cpu: Cpu, i: number): boolean =>
  (cpu.get(FPU_FULL) >>> (topOf(cpu) + i & 7) & 1) === 0;

/** The 80 bits of ST(i). */
export const readSt = (cpu: Cpu, i: number): bigint =>
  readPhysical(cpu, topOf(cpu) + i);

export function writeSt(cpu: Cpu, i: number, bits: bigint): void {
  writePhysical(cpu, topOf(cpu) + i, bits);
  const bit = 1 << (topOf(cpu) + i & 7);
  cpu.set(FPU_FULL, cpu.get(FPU_FULL) | bit);
}

export function free(cpu: Cpu, i: number): void {
  const bit = 1 << (topOf(cpu) + i & 7);
  cpu.set(FPU_FULL, cpu.get(FPU_FULL) & ~bit);
}

export function pop(cpu: Cpu): void {
  free(cpu, 0);
  setTop(cpu, topOf(cpu) + 1);
}
