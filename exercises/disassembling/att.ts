import { gprName, segments } from '#book/x86/disassemble.ts';
import type { Insn, Operand } from '#book/x86/insn.ts';

/** A memory operand (not an implied one) in AT&T's syntax. */
export function attMemory(o: Operand, insn: Insn): string {
  return '';
}
