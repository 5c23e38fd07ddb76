import type { Insn } from '#book/x86/insn.ts';

/** Where a jump by `disp` at address `ip` goes, unsigned. */
export function target(insn: Insn, disp: number, ip: number): number {
  return ip + disp;
}
