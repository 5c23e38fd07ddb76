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
  if ((cpu.get(CR0) & PE) === 0) return;
  const flags = cpu.get(EFLAGS);
  const virtual = (flags & VM) !== 0;
  if (!virtual && cpu.get(CPL) <= (flags & IOPL) >>> 12) return;
  const tss = extentOf(cpu, TR);
  if ((tss.rights & WIDE) === 0 || tss.limit < 103) {
    cpu.trap(FAULT.GP, 0);
  }
  const map = cpu.load((tss.base + 102) >>> 0, 16, 'sys');
  const at = map + (port >>> 3);
  if (at + 1 > tss.limit) cpu.trap(FAULT.GP, 0);
  const bits = cpu.load((tss.base + at) >>> 0, 16, 'sys');
  const wanted = ((1 << bytes) - 1) << (port & 7);
  if ((bits & wanted) !== 0) cpu.trap(FAULT.GP, 0);
}
