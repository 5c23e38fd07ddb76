import type { Priv } from '../machine/builder.ts';
import type { Cpu } from './cpu.ts';
import {
  BIG, covers, type Descriptor, dplOf, type Extent, indexOf, isCode,
  isConforming, isPresent, mustLookUp, refuse, systemType,
} from './descriptor.ts';
import {
  extentOf, isProtected, loadReal, setSegment, stackSegment, touched,
  UNUSABLE,
} from './segment.ts';
import { CPL, CS, DS, ES, ESP, FS, GS, SEG, SS, TR } from './state.ts';
import { FAULT } from './vectors.ts';
import { needAligned } from './debug.ts';
import { transferToTask } from './task.ts';
import { reconsider } from './segment.ts';

/** A stack that may not be SS's yet; `sp` is the whole ESP. */
export interface Stack extends Extent {
  readonly selector: number;
  readonly sp: number;
  readonly priv: Priv;
}

export function stackNow(cpu: Cpu): Stack {
  const { base, limit, rights } = extentOf(cpu, SS);
  const selector = cpu.get(SEG[SS].selector);
  return {
    base, limit, rights, selector, sp: cpu.get(ESP), priv: 'cpl',
  };
}

const maskOf = (stack: Stack): number =>
  stack.rights & BIG ? 0xffff_ffff : 0xffff;

/** The offset `by` bytes from the stack pointer. */
const offsetAt = (stack: Stack, by: number): number =>
  ((stack.sp + by) & maskOf(stack)) >>> 0;

/** ESP after moving it by `by` bytes. */
export function moved(stack: Stack, by: number): number {
  const mask = maskOf(stack);
  return ((stack.sp & ~mask) | offsetAt(stack, by)) >>> 0;
}

/** #SS(code) unless `count` items of `bytes` bytes can be pushed. */
export function needRoom(
  cpu: Cpu, stack: Stack, count: number, bytes: number, code: number,
): void {
  for (let i = 1; i <= count; i++) {
    if (!covers(stack, offsetAt(stack, -i * bytes), bytes)) {
      cpu.trap(FAULT.SS, code);
    }
  }
}

/** Pushes in order, all or nothing; returns the new ESP. */
export function pushAll(
  cpu: Cpu, stack: Stack, bytes: 2 | 4, values: number[],
): number {
  const at = (i: number): number =>
    (stack.base + offsetAt(stack, -(i + 1) * bytes)) >>> 0;
  values.forEach((_, i) => cpu.probe(at(i), bytes, 'w', stack.priv));
  if (stack.priv === 'cpl') needAligned(cpu, at(0), bytes);
  const bits = bytes === 2 ? 16 : 32;
  values.forEach((v, i) => cpu.store(at(i), v, bits, stack.priv));
  return moved(stack, -values.length * bytes);
}

/** The item that starts `above` bytes above the stack pointer. */
export function peek(
  cpu: Cpu, stack: Stack, above: number, bytes: 2 | 4,
): number {
  const offset = offsetAt(stack, above);
  if (!covers(stack, offset, bytes)) cpu.trap(FAULT.SS, 0);
  const va = (stack.base + offset) >>> 0;
  const item = cpu.load(va, bytes === 2 ? 16 : 32, stack.priv);
  if (stack.priv === 'cpl') needAligned(cpu, va, bytes);
  return item;
}

/** A far transfer on its way. `next`: where a call returns to. */
export interface Transfer {
  readonly call: boolean;
  readonly offset: number;
  readonly bytes: 2 | 4; // of each item that a call pushes
  readonly next: number;
}

/** CS from a descriptor that passed its checks; the level with it. */
export function loadCode(
  cpu: Cpu, d: Descriptor, level: number,
): void {
  cpu.set(CPL, level);
  setSegment(cpu, CS, indexOf(d.selector) | level, touched(cpu, d));
  reconsider(cpu);
}

function arrive(cpu: Cpu, code: Descriptor, t: Transfer): number {
  const stack = stackNow(cpu);
  if (t.call) needRoom(cpu, stack, 2, t.bytes, 0);
  if (t.offset > code.limit) cpu.trap(FAULT.GP, 0);
  if (t.call) {
    const items = [cpu.get(SEG[CS].selector), t.next];
    cpu.set(ESP, pushAll(cpu, stack, t.bytes, items));
  }
  loadCode(cpu, code, cpu.get(CPL));
  return t.offset;
}

/** Far JMP or CALL: returns the new EIP. SDM vol. 2A, CALL, JMP. */
export function farTransfer(
  cpu: Cpu, selector: number, t: Transfer,
): number {
  if (!isProtected(cpu)) return realTransfer(cpu, selector, t);
  const d = mustLookUp(cpu, selector);
  if (isCode(d.rights)) return direct(cpu, d, t);
  const outer = Math.max(cpu.get(CPL), selector & 3);
  const task = transferToTask(cpu, d, t);
  if (task !== undefined) return task;
  if (!CALL_GATES.has(systemType(d.rights))) {
    refuse(cpu, FAULT.GP, selector);
  }
  if (dplOf(d.rights) < outer) refuse(cpu, FAULT.GP, selector);
  if (!isPresent(d.rights)) refuse(cpu, FAULT.NP, selector);
  return throughGate(cpu, d, t);
}

function direct(cpu: Cpu, d: Descriptor, t: Transfer): number {
  const level = cpu.get(CPL);
  const dpl = dplOf(d.rights);
  const may = isConforming(d.rights)
    ? dpl <= level
    : dpl === level && (d.selector & 3) <= level;
  if (!may) refuse(cpu, FAULT.GP, d.selector);
  if (!isPresent(d.rights)) refuse(cpu, FAULT.NP, d.selector);
  return arrive(cpu, d, t);
}

function realTransfer(
  cpu: Cpu, selector: number, t: Transfer,
): number {
  const stack = stackNow(cpu);
  if (t.call) needRoom(cpu, stack, 2, t.bytes, 0);
  if (t.offset > cpu.get(SEG[CS].limit)) cpu.trap(FAULT.GP, 0);
  if (t.call) {
    const items = [cpu.get(SEG[CS].selector), t.next];
    cpu.set(ESP, pushAll(cpu, stack, t.bytes, items));
  }
  loadReal(cpu, CS, selector);
  return t.offset;
}

const CALL_GATES = new Set([4, 12]);
/** In the type of gates and task state segments: 32 bits. */
export const WIDE = 8;

/** Where a gate leads, and the size of what it pushes. */
export function gateTarget(
  gate: Descriptor,
): { offset: number; bytes: 2 | 4 } {
  const low = gate.lo & 0xffff;
  if (!(gate.rights & WIDE)) return { offset: low, bytes: 2 };
  return { offset: ((gate.hi & 0xffff_0000) | low) >>> 0, bytes: 4 };
}

function throughGate(cpu: Cpu, gate: Descriptor, t: Transfer): number {
  const code = mustLookUp(cpu, gate.lo >>> 16);
  const level = cpu.get(CPL);
  const dpl = dplOf(code.rights);
  if (!isCode(code.rights) || dpl > level) {
    refuse(cpu, FAULT.GP, code.selector);
  }
  const inward = dpl < level && !isConforming(code.rights);
  if (inward && !t.call) refuse(cpu, FAULT.GP, code.selector);
  if (!isPresent(code.rights)) refuse(cpu, FAULT.NP, code.selector);
  const through = { ...t, ...gateTarget(gate) };
  return inward
    ? callInward(cpu, code, through, gate.hi & 0x1f)
    : arrive(cpu, code, through);
}

/** The stack that the TSS keeps for a level. SDM vol. 3A §5.8.5. */
export function innerStack(cpu: Cpu, level: number): Stack {
  const { base, limit, rights } = extentOf(cpu, TR);
  const wide = (rights & WIDE) !== 0;
  const at = wide ? 4 + 8 * level : 2 + 4 * level;
  const bytes = wide ? 4 : 2;
  if (at + bytes + 1 > limit) {
    refuse(cpu, FAULT.TS, cpu.get(SEG[TR].selector));
  }
  const va = base + at;
  const sp = cpu.load(va >>> 0, wide ? 32 : 16, 'sys');
  const selector = cpu.load((va + bytes) >>> 0, 16, 'sys');
  const d = stackSegment(cpu, selector, level, FAULT.TS);
  return { ...touched(cpu, d), selector, sp, priv: 'sys' };
}

/** SS and ESP from a stack that was prepared. */
export function takeStack(cpu: Cpu, stack: Stack, sp: number): void {
  setSegment(cpu, SS, stack.selector, stack);
  cpu.set(ESP, sp);
}

function callInward(
  cpu: Cpu, code: Descriptor, t: Transfer, count: number,
): number {
  const level = dplOf(code.rights);
  const old = stackNow(cpu);
  const stack = innerStack(cpu, level);
  needRoom(cpu, stack, 4 + count, t.bytes, indexOf(stack.selector));
  if (t.offset > code.limit) cpu.trap(FAULT.GP, 0);
  const parameters = Array.from({ length: count }, (_, i) =>
    peek(cpu, old, (count - 1 - i) * t.bytes, t.bytes));
  const sp = pushAll(cpu, stack, t.bytes, [
    old.selector, old.sp, ...parameters,
    cpu.get(SEG[CS].selector), t.next,
  ]);
  loadCode(cpu, code, level);
  takeStack(cpu, stack, sp);
  return t.offset;
}

/** The code that a return pops CS for. SDM vol. 2B, RET, IRET. */
export function returnCode(cpu: Cpu, selector: number): Descriptor {
  const d = mustLookUp(cpu, selector);
  const level = selector & 3;
  const dpl = dplOf(d.rights);
  const fits = isConforming(d.rights) ? dpl <= level : dpl === level;
  if (!isCode(d.rights) || level < cpu.get(CPL) || !fits) {
    refuse(cpu, FAULT.GP, selector);
  }
  if (!isPresent(d.rights)) refuse(cpu, FAULT.NP, selector);
  return d;
}

/** Returns to an outer level, whose ESP and SS were pushed `above`
 * bytes up; releases parameters there as well. */
export function returnOutward(
  cpu: Cpu, code: Descriptor, offset: number, bytes: 2 | 4,
  above: number, release = 0,
): number {
  const inner = stackNow(cpu);
  const sp = peek(cpu, inner, above, bytes);
  const selector = peek(cpu, inner, above + bytes, bytes) & 0xffff;
  const level = code.selector & 3;
  const d = stackSegment(cpu, selector, level, FAULT.GP);
  if (offset > code.limit) cpu.trap(FAULT.GP, 0);
  const whole = d.rights & BIG ? sp : (inner.sp & ~0xffff) | sp;
  const outer: Stack =
    { ...touched(cpu, d), selector, sp: whole >>> 0, priv: 'cpl' };
  loadCode(cpu, code, level);
  takeStack(cpu, outer, moved(outer, release));
  dropInner(cpu, level);
  return offset;
}

function dropInner(cpu: Cpu, level: number): void {
  for (const s of [ES, DS, FS, GS]) {
    const { rights } = extentOf(cpu, s);
    if (dplOf(rights) < level && !isConforming(rights)) {
      setSegment(cpu, s, 0, UNUSABLE);
    }
  }
}

/** Far RET: returns the new EIP; `release` bytes of parameters. */
export function farReturn(
  cpu: Cpu, bytes: 2 | 4, release: number,
): number {
  const stack = stackNow(cpu);
  const offset = peek(cpu, stack, 0, bytes);
  const selector = peek(cpu, stack, bytes, bytes) & 0xffff;
  const size = 2 * bytes + release;
  if (!isProtected(cpu)) {
    if (offset > cpu.get(SEG[CS].limit)) cpu.trap(FAULT.GP, 0);
    loadReal(cpu, CS, selector);
  } else {
    const d = returnCode(cpu, selector);
    if ((selector & 3) > cpu.get(CPL)) {
      return returnOutward(cpu, d, offset, bytes, size, release);
    }
    if (offset > d.limit) cpu.trap(FAULT.GP, 0);
    loadCode(cpu, d, cpu.get(CPL));
  }
  cpu.set(ESP, moved(stack, size));
  return offset;
}
