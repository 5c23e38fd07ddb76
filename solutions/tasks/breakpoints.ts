import type { Cpu } from '#book/x86/cpu.ts';
import { DR } from '#book/x86/state.ts';

interface Breakpoint {
  readonly n: number;
  readonly at: number;
  readonly kind: number; // 0 execute, 1 write, 2 port, 3 access
  readonly bytes: number;
}

const LENGTHS = [1, 2, 8, 4] as const;

/** The breakpoints that are switched on. */
export function breakpoints(cpu: Cpu): Breakpoint[] {
  const control = cpu.get(DR[7]);
  const list: Breakpoint[] = [];
  for (const n of [0, 1, 2, 3] as const) {
    if ((control >>> (2 * n) & 3) === 0) continue;
    const field = control >>> (16 + 4 * n) & 15;
    const bytes = LENGTHS[field >>> 2] ?? 1;
    const at = (cpu.get(DR[n]) & -bytes) >>> 0;
    list.push({ n, at, kind: field & 3, bytes });
  }
  return list;
}
