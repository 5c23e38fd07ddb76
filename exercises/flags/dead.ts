import type { Insn } from '#book/x86/insn.ts';
import { explain } from '#book/x86/explain.ts';

export interface Count { set: number; dead: number }

/** Counts settings of zr, sr and co, and those that were
 * overwritten before any instruction had read them. */
export function deadFlags(trace: readonly Insn[]): Count {
  return { set: 0, dead: 0 };
}
