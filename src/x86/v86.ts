import type { Cpu } from './cpu.ts';
import {
  moved, needRoom, peek, pushAll, type Stack, stackNow, WIDE,
} from './far.ts';
import {
  ARITHMETIC, DF, IF, IOPL, NT, readEflags, RF, TF, VIF, VIP, VM,
  writeEflags,
} from './flags.ts';
import {
  extentOf, isProtected, loadReal, PE, reconsider,
} from './segment.ts';
import {
  CPL, CR0, CR4, CS, DS, EFLAGS, ES, ESP, FS, GS, SEG, SS, TR,
} from './state.ts';
import { FAULT } from './vectors.ts';

/** EFLAGS without the reserved bits. */
const ALL = 0x3f_7fd5;

/** IRET from level 0 into virtual-8086 mode: nine items. */
export function returnVirtual(
  cpu: Cpu, stack: Stack, offset: number, cs: number, flags: number,
): number {
  const [sp = 0, ...selectors] = [12, 16, 20, 24, 28, 32].map(
    (above) => peek(cpu, stack, above, 4));
  if (offset > 0xffff) cpu.trap(FAULT.GP, 0);
  writeEflags(cpu, flags, ALL);
  cpu.set(CPL, 3);
  cpu.set(ESP, sp);
  [SS, ES, DS, FS, GS].forEach((s, n) =>
    loadReal(cpu, s, (selectors[n] ?? 0) & 0xffff));
  loadReal(cpu, CS, cs);
  reconsider(cpu);
  return offset;
}

const VME = 1;
const PVI = 2;

/** Whether virtual-8086 code lacks the I/O privilege. */
export function confined(cpu: Cpu): boolean {
  const flags = cpu.get(EFLAGS);
  return (flags & VM) !== 0 && (flags & IOPL) !== IOPL;
}

/** Whether CLI and STI mean VIF instead of IF. */
export function hasVirtualIf(cpu: Cpu): boolean {
  const flags = cpu.get(EFLAGS);
  if (cpu.get(CPL) !== 3 || (flags & IOPL) === IOPL) return false;
  const bit = flags & VM ? VME : isProtected(cpu) ? PVI : 0;
  return (cpu.get(CR4) & bit) !== 0;
}

/** CLI and STI on the virtual flag. */
export function setVirtualIf(cpu: Cpu, on: boolean): void {
  const flags = cpu.get(EFLAGS);
  if (on && (flags & VIP) !== 0) cpu.trap(FAULT.GP, 0);
  cpu.set(EFLAGS, on ? flags | VIF : flags & ~VIF);
}

/** #GP(0) unless a confined program's 16-bit forms are virtual. */
function needsVme(cpu: Cpu, bytes: number): void {
  const virtual = (cpu.get(CR4) & VME) !== 0 && bytes === 2;
  if (!virtual) cpu.trap(FAULT.GP, 0);
}

/** FLAGS as a confined program sees them: VIF for IF, IOPL 3. */
function seenFlags(cpu: Cpu): number {
  const flags = readEflags(cpu);
  return flags & ~IF | IOPL | (flags & VIF ? IF : 0);
}

/** What PUSHF pushes. SDM vol. 2B, PUSHF. */
export function pushedFlags(cpu: Cpu, bytes: number): number {
  if (!confined(cpu)) return readEflags(cpu) & ~(VM | RF);
  needsVme(cpu, bytes);
  return seenFlags(cpu);
}

/** FLAGS for a confined program: IF goes to VIF. */
export function takeVirtualFlags(
  cpu: Cpu, value: number, bytes: number,
): void {
  needsVme(cpu, bytes);
  const blocked = (value & IF) !== 0 && (readEflags(cpu) & VIP) !== 0;
  if (blocked || (value & TF) !== 0) cpu.trap(FAULT.GP, 0);
  writeEflags(cpu, value, ARITHMETIC | TF | DF | NT);
  writeEflags(cpu, value & IF ? VIF : 0, VIF);
}

/** IRET of a confined program. SDM vol. 2A, IRET. */
export function returnConfined(cpu: Cpu, bytes: 2 | 4): number {
  needsVme(cpu, bytes);
  const stack = stackNow(cpu);
  const offset = peek(cpu, stack, 0, 2);
  const selector = peek(cpu, stack, 2, 2);
  takeVirtualFlags(cpu, peek(cpu, stack, 4, 2), bytes);
  loadReal(cpu, CS, selector);
  cpu.set(ESP, moved(stack, 6));
  return offset;
}

/** Whether the TSS's map sends a software interrupt to the IDT. */
function isRedirected(cpu: Cpu, vector: number): boolean {
  const { base, limit } = extentOf(cpu, TR);
  const map = cpu.load((base + 102) >>> 0, 16, 'sys');
  const at = map - 32 + (vector >>> 3);
  if (at > limit) cpu.trap(FAULT.GP, 0);
  const bits = cpu.load((base + at) >>> 0, 8, 'sys');
  return (bits >>> (vector & 7) & 1) !== 0;
}

/** INT n in virtual-8086 mode; undefined if the IDT shall have it.
 * SDM vol. 3B §20.3.3. */
export function virtualInterrupt(
  cpu: Cpu, vector: number, next: number,
): number | undefined {
  if ((cpu.get(EFLAGS) & VM) === 0) return undefined;
  const vme = (cpu.get(CR4) & VME) !== 0;
  if (vme && !isRedirected(cpu, vector)) {
    return throughVectors(cpu, vector, next);
  }
  if (confined(cpu)) cpu.trap(FAULT.GP, 0);
  return undefined;
}

/** As an 8086 would: through the table at linear address 0. */
function throughVectors(
  cpu: Cpu, vector: number, next: number,
): number {
  const inside = confined(cpu);
  const flags = inside ? seenFlags(cpu) : readEflags(cpu);
  const stack = stackNow(cpu);
  needRoom(cpu, stack, 3, 2, 0);
  const offset = cpu.load(vector * 4, 16, 'sys');
  const selector = cpu.load(vector * 4 + 2, 16, 'sys');
  const frame = [flags, cpu.get(SEG[CS].selector), next];
  cpu.set(ESP, pushAll(cpu, stack, 2, frame));
  writeEflags(cpu, 0, TF | RF | (inside ? VIF : IF));
  loadReal(cpu, CS, selector);
  return offset;
}

/** #GP(0) unless the program may touch `bytes` ports.
 * SDM vol. 1 §19.5. */
export function checkPorts(
  cpu: Cpu, port: number, bytes: number,
): void {
  if ((cpu.get(CR0) & PE) === 0) return;
  const flags = cpu.get(EFLAGS);
  const level = (flags & IOPL) >>> 12;
  if ((flags & VM) === 0 && cpu.get(CPL) <= level) return;
  const { base, limit, rights } = extentOf(cpu, TR);
  if (!(rights & WIDE) || limit < 103) cpu.trap(FAULT.GP, 0);
  const map = cpu.load((base + 102) >>> 0, 16, 'sys');
  const at = map + (port >>> 3);
  if (at + 1 > limit) cpu.trap(FAULT.GP, 0);
  const bits = cpu.load((base + at) >>> 0, 16, 'sys');
  const mask = (1 << bytes) - 1 << (port & 7);
  if ((bits & mask) !== 0) cpu.trap(FAULT.GP, 0);
}
