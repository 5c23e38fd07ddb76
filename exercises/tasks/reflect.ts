import type { Cpu } from '#book/x86/cpu.ts';

/** Lets the guest's own handler of `vector` have the interrupt. */
export function reflect(
  cpu: Cpu, frame: number, vector: number, length: number,
): void {
}
