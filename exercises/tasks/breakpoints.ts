import type { Cpu } from '#book/x86/cpu.ts';
import { DR } from '#book/x86/state.ts';

interface Breakpoint {
  readonly n: number;
  readonly at: number;
  readonly kind: number; // 0 execute, 1 write, 2 port, 3 access
  readonly bytes: number;
}

/** The breakpoints that are switched on. */
export function breakpoints(cpu: Cpu): Breakpoint[] {
  return [];
}
