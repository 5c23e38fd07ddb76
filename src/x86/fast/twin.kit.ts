import { expect } from 'vitest';
import type { Cpu } from '../cpu.ts';
import { readEflags } from '../flags.ts';
import { EIP, GPR } from '../state.ts';

/** What a program could notice of a processor. */
export const seen = (cpu: Cpu): unknown[] => [cpu.retired,
  cpu.get(EIP) >>> 0, readEflags(cpu),
  ...GPR.map((field) => cpu.get(field)), cpu.lastTrap?.vector];

/** Runs two machines until they stop, in steps of so many
 * instructions; after each, what is to be seen must be the same. */
export function inStep(
  slow: Cpu, fast: Cpu, step: number, view = seen,
): void {
  for (let n = step, why = 'limit'; why === 'limit'; n += step) {
    why = slow.run(n);
    expect(fast.run(n)).toBe(why);
    expect(view(fast)).toEqual(view(slow));
  }
}
