import type { V } from '../../machine/builder.ts';
import type { Cpu } from '../cpu.ts';
import { XMM } from '../state.ts';

export const readXmm = (cpu: Cpu, n: number): bigint =>
  cpu.evaluator.get(xmmField(n)) as unknown as bigint;

export function writeXmm(cpu: Cpu, n: number, bits: bigint): void {
  cpu.evaluator.set(xmmField(n), bits as unknown as V<'v128'>);
}

export function xmmField(n: number): (typeof XMM)[number] {
  const found = XMM[n];
  if (!found) throw new Error(`no register xmm${n}`);
  return found;
}
