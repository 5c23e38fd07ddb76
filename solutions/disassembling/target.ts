import type { Insn } from '#book/x86/insn.ts';

/** Where a jump by `disp` at address `ip` goes, unsigned. */
export function target(insn: Insn, disp: number, ip: number): number {
  const sum = ip + insn.length + disp;
  if (insn.opSize !== 16) return sum >>> 0;
  const kept = insn.mode === 16 ? ip - (ip & 0xffff) : 0;
  return kept + (sum & 0xffff);
}
