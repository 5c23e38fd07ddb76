import type { Cpu } from './cpu.ts';
import { AC } from './flags.ts';
import { reconsider } from './segment.ts';
import { CAREFUL, CPL, CR0, CR4, DR, EFLAGS } from './state.ts';
import { FAULT } from './vectors.ts';

const CR4_DE = 8;
const CR0_AM = 0x4_0000;
const GD = 0x2000; // in DR7
const BD = 0x2000; // in DR6

/** One of the four breakpoints of DR7. SDM vol. 3B §17.2. */
interface Breakpoint {
  readonly n: number;
  readonly at: number;
  readonly kind: number; // 0 execute, 1 write, 2 port, 3 access
  readonly bytes: number;
}

/** The breakpoints that are switched on. */
export function breakpoints(cpu: Cpu): Breakpoint[] {
  const control = cpu.get(DR[7]);
  const all = [0, 1, 2, 3].filter(
    (n) => (control >>> (2 * n) & 3) !== 0);
  return all.map((n) => {
    const field = control >>> (16 + 4 * n) & 15;
    const bytes = [1, 2, 8, 4][field >>> 2] ?? 1;
    const at = cpu.get(DR[n as 0 | 1 | 2 | 3]) & -bytes;
    return { n, at: at >>> 0, kind: field & 3, bytes };
  });
}

/** The hits among them, as bits of DR6, of an access. */
export function hitsOf(
  cpu: Cpu, at: number, bytes: number, kinds: readonly number[],
): number {
  return breakpoints(cpu)
    .filter((p) => kinds.includes(p.kind))
    .filter((p) => at < p.at + p.bytes && p.at < at + bytes)
    .reduce((hits, p) => hits | 1 << p.n, 0);
}

/** Why accesses need a closer look: 1 breakpoints on data, 2
 * alignment checking. Kept in CAREFUL. */
export function careNeeded(cpu: Cpu): number {
  const watch = breakpoints(cpu).some((p) => (p.kind & 1) !== 0);
  const aligned = (cpu.get(CR0) & CR0_AM) !== 0
    && (cpu.get(EFLAGS) & AC) !== 0 && cpu.get(CPL) === 3;
  return (watch ? 1 : 0) | (aligned ? 2 : 0);
}

/** What a careful access may meet: a breakpoint, which waits for the
 * end of the instruction, or #AC, which comes after a page fault. */
export function lookCarefully(
  cpu: Cpu, at: number, bytes: number, write: boolean,
): void {
  cpu.after |= hitsOf(cpu, at, bytes, write ? [1, 3] : [3]) << 16;
  if ((cpu.get(CAREFUL) & 2) === 0) return;
  const unit = UNITS.get(bytes) ?? bytes;
  if ((at & (unit - 1)) === 0) return;
  cpu.probe(at, bytes, write ? 'w' : 'r', 'cpl');
  cpu.trap(FAULT.AC, 0);
}

/** #AC where alignment is checked and missing. */
export function needAligned(
  cpu: Cpu, at: number, bytes: number,
): void {
  const checked = (cpu.get(CAREFUL) & 2) !== 0;
  if (checked && (at & (bytes - 1)) !== 0) cpu.trap(FAULT.AC, 0);
}

/** Notes hits of breakpoints on ports. */
export function watchPorts(
  cpu: Cpu, port: number, bytes: number,
): void {
  if ((cpu.get(CR4) & CR4_DE) === 0) return;
  cpu.after |= hitsOf(cpu, port, bytes, [2]) << 16;
}

/** DR4 and DR5 are old names of DR6 and DR7, until CR4.DE. */
function debugRegister(cpu: Cpu, n: number): 0 | 1 | 2 | 3 | 6 | 7 {
  if ((n & 6) === 4 && (cpu.get(CR4) & CR4_DE) !== 0) {
    cpu.trap(FAULT.UD);
  }
  const control = cpu.get(DR[7]);
  if ((control & GD) !== 0) {
    cpu.state.set(DR[6], cpu.get(DR[6]) | BD);
    cpu.state.set(DR[7], control & ~GD);
    cpu.trap(FAULT.DB);
  }
  return (n < 4 ? n : n | 2) as 0 | 1 | 2 | 3 | 6 | 7;
}

/** MOV from DRn. */
export function readDebug(cpu: Cpu, n: number): number {
  return cpu.get(DR[debugRegister(cpu, n)]);
}

/** MOV to DRn. Reserved bits have fixed values. */
export function writeDebug(cpu: Cpu, n: number, value: number): void {
  const k = debugRegister(cpu, n);
  const fixed = k === 6 ? value & 0xe00f | 0xffff_0ff0
    : k === 7 ? value & 0xffff_23ff | 0x400 : value;
  cpu.set(DR[k], fixed);
  reconsider(cpu);
  cpu.events |= 1;
}

/** By what an operand is aligned whose size is no power of 2, or
 * that is several things in a row. SDM vol. 3A, table 6-7. */
const UNITS = new Map([[6, 4], [10, 8], [14, 2], [28, 4], [94, 2],
  [108, 4]]);
