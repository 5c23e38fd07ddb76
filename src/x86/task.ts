import type { Cpu } from './cpu.ts';
import {
  type Descriptor, dplOf, type Extent, indexOf, isCode, isConforming,
  isNull, isPresent, mustLookUp, refuse, systemType,
} from './descriptor.ts';
import {
  loadCode, needRoom, pushAll, stackNow, type Transfer, WIDE,
} from './far.ts';
import { NT, readEflags, VM, writeEflags } from './flags.ts';
import {
  dataSegment, extentOf, isProtected, loadReal, reconsider, segment,
  setSegment, stackSegment, touched, UNUSABLE,
} from './segment.ts';
import {
  CPL, CR0, CS, DR, DS, EIP, ES, ESP, FS, GDTR_BASE, GPR, GS, LDTR,
  SEG, SS, TR,
} from './state.ts';
import { BUSY, CR0_PG, CR0_TS, LDT, writeControl } from './system.ts';
import { AFTER, type Event } from './trap.ts';
import { FAULT } from './vectors.ts';

/** Offsets in a TSS, and the width of its fields in bits.
 * SDM vol. 3A §7.2.1 and §7.6. */
interface Format {
  readonly bits: 16 | 32;
  readonly least: number; // smallest limit
  readonly eip: number; // then EFLAGS, then eight registers
  readonly segments: number; // in the order ES CS SS DS FS GS
  readonly count: 4 | 6;
  readonly ldt: number;
}

const TSS16: Format =
  { bits: 16, least: 43, eip: 14, segments: 34, count: 4, ldt: 42 };
const TSS32: Format =
  { bits: 32, least: 103, eip: 32, segments: 72, count: 6, ldt: 96 };

const formatOf = (tss: Extent): Format =>
  tss.rights & WIDE ? TSS32 : TSS16;

/** What a TSS holds of a task that does not run. */
interface Saved {
  readonly cr3: number;
  readonly eip: number;
  readonly flags: number;
  readonly registers: readonly number[];
  readonly selectors: readonly number[];
  readonly ldt: number;
  readonly trap: boolean;
}

function readTask(cpu: Cpu, tss: Extent): Saved {
  const f = formatOf(tss);
  const step = f.bits / 8;
  const at = (offset: number, bits: 16 | 32 = f.bits): number =>
    cpu.load((tss.base + offset) >>> 0, bits, 'sys');
  const wide = f.bits === 32;
  const selector = (_: unknown, n: number): number =>
    n < f.count ? at(f.segments + n * step, 16) : 0;
  return {
    cr3: wide ? at(28) : 0,
    eip: at(f.eip),
    flags: at(f.eip + step),
    registers: GPR.map((_, n) => at(f.eip + (2 + n) * step)),
    selectors: Array.from({ length: 6 }, selector),
    ldt: at(f.ldt, 16),
    trap: wide && (at(100, 16) & 1) !== 0,
  };
}

/** Saves what changes while a task runs: neither CR3 nor the LDT. */
function saveTask(
  cpu: Cpu, tss: Extent, next: number, flags: number,
): void {
  const f = formatOf(tss);
  const step = f.bits / 8;
  const first = (tss.base + f.eip) >>> 0;
  cpu.probe(first, f.segments + f.count * step - f.eip, 'w', 'sys');
  const words = [next, flags, ...GPR.map((r) => cpu.get(r))];
  words.forEach((word, n) =>
    cpu.store((first + n * step) >>> 0, word, f.bits, 'sys'));
  for (let n = 0; n < f.count; n++) {
    const at = (tss.base + f.segments + n * step) >>> 0;
    cpu.store(at, cpu.get(segment(n).selector), 16, 'sys');
  }
}

/** How a task is left: for good, to be returned to, or back. */
export type How = 'jump' | 'call' | 'return';

/** Busy or not, in the GDT. */
function markBusy(cpu: Cpu, at: number, busy: boolean): void {
  const place = (at + 5) >>> 0;
  const type = cpu.load(place, 8, 'sys');
  cpu.store(place, busy ? type | BUSY : type & ~BUSY, 8, 'sys');
}

/** Switches to the task of an available TSS (for 'return', a busy
 * one); `next`: where the old one goes on. Returns the new EIP.
 * SDM vol. 3A §7.3. */
export function switchTask(
  cpu: Cpu, tss: Descriptor, how: How, next: number, code?: number,
): number {
  if (tss.limit < formatOf(tss).least) {
    refuse(cpu, FAULT.TS, tss.selector);
  }
  const saved = readTask(cpu, tss);
  leaveTask(cpu, tss, how, next);
  enterTask(cpu, tss, how, saved);
  cpu.commit();
  loadSegments(cpu, saved);
  reconsider(cpu);
  if (code !== undefined) pushCode(cpu, tss, code);
  if (saved.eip > cpu.get(SEG[CS].limit)) cpu.trap(FAULT.GP, 0);
  if (saved.trap) cpu.after |= AFTER.TASK;
  return saved.eip;
}

function leaveTask(
  cpu: Cpu, tss: Descriptor, how: How, next: number,
): void {
  const old = cpu.get(SEG[TR].selector);
  const flags = readEflags(cpu) & (how === 'return' ? ~NT : ~0);
  saveTask(cpu, extentOf(cpu, TR), next, flags);
  if (how === 'call') cpu.store(tss.base, old, 16, 'sys');
  else markBusy(cpu, cpu.get(GDTR_BASE) + indexOf(old), false);
  if (how !== 'return') markBusy(cpu, tss.at, true);
}

/** EFLAGS without the reserved bits. */
const ALL = 0x3f_7fd5;
/** DR7's local enables, which end with a task. */
const LOCAL = 0x155;

function enterTask(
  cpu: Cpu, tss: Descriptor, how: How, saved: Saved,
): void {
  const busy = { ...tss, rights: tss.rights | BUSY };
  setSegment(cpu, TR, tss.selector, busy);
  cpu.set(CR0, cpu.get(CR0) | CR0_TS);
  if ((cpu.get(CR0) & CR0_PG) !== 0 && tss.rights & WIDE) {
    writeControl(cpu, 3, saved.cr3);
  }
  cpu.set(EIP, saved.eip);
  GPR.forEach((r, n) => cpu.set(r, saved.registers[n] ?? 0));
  writeEflags(cpu, saved.flags | (how === 'call' ? NT : 0), ALL);
  cpu.set(DR[7], cpu.get(DR[7]) & ~LOCAL);
  const virtual = (saved.flags & VM) !== 0;
  cpu.set(CPL, virtual ? 3 : (saved.selectors[CS] ?? 0) & 3);
  for (let s = ES; s <= GS; s++) {
    setSegment(cpu, s, saved.selectors[s] ?? 0, UNUSABLE);
  }
  setSegment(cpu, LDTR, saved.ldt, UNUSABLE);
}

function loadSegments(cpu: Cpu, saved: Saved): void {
  loadTaskLdt(cpu, saved.ldt);
  cpu.commit();
  const [es = 0, cs = 0, ss = 0, ds = 0, fs = 0, gs = 0] =
    saved.selectors;
  if (!isProtected(cpu)) {
    saved.selectors.forEach((value, s) => loadReal(cpu, s, value));
    return;
  }
  const code = taskCode(cpu, cs);
  const stack = stackSegment(cpu, ss, cs & 3, FAULT.TS);
  loadCode(cpu, code, cs & 3);
  setSegment(cpu, SS, ss, touched(cpu, stack));
  cpu.commit();
  const data = [[DS, ds], [ES, es], [FS, fs], [GS, gs]] as const;
  for (const [s, value] of data) {
    if (isNull(value)) continue;
    const d = dataSegment(cpu, value, cs & 3, FAULT.TS);
    setSegment(cpu, s, value, touched(cpu, d));
    cpu.commit();
  }
}

function loadTaskLdt(cpu: Cpu, selector: number): void {
  if (isNull(selector)) return;
  if (selector & 4) refuse(cpu, FAULT.TS, selector);
  const d = mustLookUp(cpu, selector, FAULT.TS);
  if (systemType(d.rights) !== LDT || !isPresent(d.rights)) {
    refuse(cpu, FAULT.TS, selector);
  }
  setSegment(cpu, LDTR, selector, d);
}

function taskCode(cpu: Cpu, selector: number): Descriptor {
  const d = mustLookUp(cpu, selector, FAULT.TS);
  const [dpl, rpl] = [dplOf(d.rights), selector & 3];
  const fits = isConforming(d.rights) ? dpl <= rpl : dpl === rpl;
  if (!isCode(d.rights) || !fits) refuse(cpu, FAULT.TS, selector);
  if (!isPresent(d.rights)) refuse(cpu, FAULT.NP, selector);
  return d;
}

function pushCode(cpu: Cpu, tss: Extent, code: number): void {
  const bytes = tss.rights & WIDE ? 4 : 2;
  const stack = stackNow(cpu);
  needRoom(cpu, stack, 1, bytes, 0);
  cpu.set(ESP, pushAll(cpu, stack, bytes, [code]));
}

const TASK_GATE = 5;
const AVAILABLE = new Set([1, 9]);

/** The available TSS that a gate names. */
function gateTask(cpu: Cpu, gate: Descriptor): Descriptor {
  const selector = gate.lo >>> 16;
  if (selector & 4) refuse(cpu, FAULT.GP, selector);
  const tss = mustLookUp(cpu, selector);
  if (!AVAILABLE.has(systemType(tss.rights))) {
    refuse(cpu, FAULT.GP, selector);
  }
  if (!isPresent(tss.rights)) refuse(cpu, FAULT.NP, selector);
  return tss;
}

/** A far JMP or CALL to a task gate or a TSS; undefined if `d` is
 * neither. */
export function transferToTask(
  cpu: Cpu, d: Descriptor, t: Transfer,
): number | undefined {
  const type = systemType(d.rights);
  if (type !== TASK_GATE && !AVAILABLE.has(type)) return undefined;
  const outer = Math.max(cpu.get(CPL), d.selector & 3);
  if (dplOf(d.rights) < outer || d.selector & 4 && type !== TASK_GATE) {
    refuse(cpu, FAULT.GP, d.selector);
  }
  if (!isPresent(d.rights)) refuse(cpu, FAULT.NP, d.selector);
  const tss = type === TASK_GATE ? gateTask(cpu, d) : d;
  return switchTask(cpu, tss, t.call ? 'call' : 'jump', t.next);
}

/** An event that goes through a task gate. */
export function taskHandler(
  cpu: Cpu, gate: Descriptor, event: Event,
): number | undefined {
  if (systemType(gate.rights) !== TASK_GATE) return undefined;
  const tss = gateTask(cpu, gate);
  return switchTask(cpu, tss, 'call', event.next, event.code);
}

/** IRET with NT set: back to the task that TSS's link names. */
export function returnToTask(cpu: Cpu, next: number): number {
  const selector = cpu.load(cpu.get(SEG[TR].base), 16, 'sys');
  if (selector & 4) refuse(cpu, FAULT.TS, selector);
  const tss = mustLookUp(cpu, selector, FAULT.TS);
  const type = systemType(tss.rights);
  if (!AVAILABLE.has(type & ~BUSY) || !(type & BUSY)) {
    refuse(cpu, FAULT.TS, selector);
  }
  if (!isPresent(tss.rights)) refuse(cpu, FAULT.NP, selector);
  return switchTask(cpu, tss, 'return', next);
}
