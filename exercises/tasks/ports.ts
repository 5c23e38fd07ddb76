import type { Cpu } from '#book/x86/cpu.ts';
import { WIDE } from '#book/x86/far.ts';
import { IOPL, VM } from '#book/x86/flags.ts';
import { extentOf, PE } from '#book/x86/segment.ts';
import { CPL, CR0, EFLAGS, TR } from '#book/x86/state.ts';
import { FAULT } from '#book/x86/vectors.ts';

/** #GP(0) unless the program may touch `bytes` ports. */
export function checkPorts(
  cpu: Cpu, port: number, bytes: number,
): void {
}
