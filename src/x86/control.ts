import type { V } from '../machine/builder.ts';
import type { Cpu } from './cpu.ts';
import { PAE, PG } from './paging.ts';
import { PDPTE } from './state.ts';

/** Must be 0 in a present pointer (SDM vol. 3A table 4-8). */
const POINTER_RESERVED = 0xfff0_0000_0000_01e6n;

/** Reads the four page-directory pointers that `cr3` points to;
 * raises #GP(0) if one is bad, before anything is changed. */
export function loadPointers(cpu: Cpu, cr3: number): void {
  const at = (cr3 & 0xffff_ffe0) >>> 0;
  const raw = [0, 8, 16, 24].map((by) => cpu.phys.read64(at + by));
  const bad = raw.some((pointer) =>
    (pointer & 1n) !== 0n && (pointer & POINTER_RESERVED) !== 0n);
  if (bad) cpu.trap(13, 0);
  PDPTE.forEach((field, n) =>
    cpu.evaluator.set(field, raw[n] as unknown as V<'i64'>));
}

/** Whether these registers choose paging with wide entries. */
export const isWide = (cr0: number, cr4: number): boolean =>
  (cr0 & PG) !== 0 && (cr4 & PAE) !== 0;
