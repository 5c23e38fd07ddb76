import type { Cpu } from './cpu.ts';
import {
  type Descriptor, dplOf, isConforming, isNull, isPresent, isReadable,
  isWritable, lookUp, mustLookUp, ORDINARY, refuse, systemType,
} from './descriptor.ts';
import { PE, setBounds, setSegment, UNUSABLE } from './segment.ts';
import {
  CPL, CR0, CR2, CR3, CR4, ES, GS, LDTR, TR,
} from './state.ts';
import { FAULT } from './vectors.ts';
import { reconsider } from './segment.ts';
import { isWide, loadPointers } from './control.ts';
import { PAE, PG, PGE, PSE, WP } from './paging.ts';

/** System descriptors' types. SDM vol. 3A table 3-2. */
export const LDT = 2;
const AVAILABLE = new Set([1, 9]); // TSS, 16 and 32 bits
/** In a TSS's type: somebody runs in it. */
export const BUSY = 2;

function systemDescriptor(
  cpu: Cpu, selector: number, types: ReadonlySet<number>,
): Descriptor {
  if (selector & 4) refuse(cpu, FAULT.GP, selector);
  const d = mustLookUp(cpu, selector);
  if (!types.has(systemType(d.rights))) {
    refuse(cpu, FAULT.GP, selector);
  }
  if (!isPresent(d.rights)) refuse(cpu, FAULT.NP, selector);
  return d;
}

/** LLDT. SDM vol. 2A. */
export function loadLdt(cpu: Cpu, selector: number): void {
  if (isNull(selector)) {
    return setSegment(cpu, LDTR, selector, UNUSABLE);
  }
  const d = systemDescriptor(cpu, selector, new Set([LDT]));
  setSegment(cpu, LDTR, selector, d);
}

/** LTR. SDM vol. 2A. */
export function loadTask(cpu: Cpu, selector: number): void {
  const d = systemDescriptor(cpu, selector, AVAILABLE);
  cpu.store((d.at + 5) >>> 0, d.rights & 0xff | BUSY, 8, 'sys');
  setSegment(cpu, TR, selector, { ...d, rights: d.rights | BUSY });
}

const WITH_LIMIT = new Set([1, 2, 3, 9, 11]);
const WITH_RIGHTS = new Set([1, 2, 3, 4, 5, 9, 11, 12]);

/** The descriptor, if the current level may see it. */
function visible(
  cpu: Cpu, selector: number, types: ReadonlySet<number>,
): Descriptor | undefined {
  const d = isNull(selector) ? undefined : lookUp(cpu, selector);
  if (!d) return undefined;
  const ordinary = (d.rights & ORDINARY) !== 0;
  if (!ordinary && !types.has(systemType(d.rights))) return undefined;
  const outer = Math.max(cpu.get(CPL), selector & 3);
  const may = isConforming(d.rights) || outer <= dplOf(d.rights);
  return may ? d : undefined;
}

/** LAR: the second dword's rights, or -1. SDM vol. 2A. */
export function accessRights(cpu: Cpu, selector: number): number {
  const d = visible(cpu, selector, WITH_RIGHTS);
  return d ? d.hi & 0x00f0_ff00 : -1;
}

/** LSL: the limit in bytes; undefined if not visible. */
export function segmentLimit(
  cpu: Cpu, selector: number,
): number | undefined {
  return visible(cpu, selector, WITH_LIMIT)?.limit;
}

const ORDINARY_ONLY: ReadonlySet<number> = new Set();

/** VERR and VERW: whether the segment can be read or written. */
export function verify(
  cpu: Cpu, selector: number, write: boolean,
): boolean {
  const d = visible(cpu, selector, ORDINARY_ONLY);
  if (!d) return false;
  return write ? isWritable(d.rights) : isReadable(d.rights);
}

export const CR0_MP = 0x02;
export const CR0_EM = 0x04;
export const CR0_TS = 0x08;
const CR0_ET = 0x10;
const CR0_NW = 0x2000_0000;
const CR0_CD = 0x4000_0000;
export const CR0_PG = 0x8000_0000;
/** PE MP EM TS ET NE WP AM NW CD PG: the others read as 0. */
const CR0_KNOWN = 0xe005_003f;

function writeCr0(cpu: Cpu, value: number): void {
  const old = cpu.get(CR0);
  const loose = (value & CR0_PG) !== 0 && !(value & PE);
  const odd = (value & CR0_NW) !== 0 && !(value & CR0_CD);
  if (loose || odd) cpu.trap(FAULT.GP, 0);
  const cached = ((old ^ value) & (PG | CR0_NW | CR0_CD)) !== 0;
  if (cached && isWide(value, cpu.get(CR4))) {
    loadPointers(cpu, cpu.get(CR3));
  }
  cpu.set(CR0, value & CR0_KNOWN | CR0_ET);
  if ((old ^ value) & PE) everyBound(cpu);
  reconsider(cpu);
  if (((old ^ value) & (PG | WP | PE)) !== 0) {
    cpu.memory.mmu.tlb.flush();
  }
}

/** Protection came or went: what a bound says is out of date. */
export function everyBound(cpu: Cpu): void {
  for (let s = ES; s <= GS; s++) setBounds(cpu, s);
}

/** VME PVI TSD DE PSE PAE MCE PGE PCE OSFXSR OSXMMEXCPT. SDM
 * vol. 3A §2.5. */
const CR4_KNOWN = 0x7ff;

function writeCr4(cpu: Cpu, value: number): void {
  const unknown = (value & ~CR4_KNOWN) !== 0;
  if (unknown) cpu.trap(FAULT.GP, 0);
  const changed = ((cpu.get(CR4) ^ value) & (PSE | PAE | PGE)) !== 0;
  if (changed && isWide(cpu.get(CR0), value)) {
    loadPointers(cpu, cpu.get(CR3));
  }
  cpu.set(CR4, value);
  if (changed) cpu.memory.mmu.tlb.flush();
}

/** MOV to CRn. SDM vol. 2B, MOV—Move to/from Control Registers. */
export function writeControl(
  cpu: Cpu, n: number, value: number,
): void {
  if (n === 0) writeCr0(cpu, value);
  else if (n === 2) cpu.set(CR2, value);
  else if (n === 4) writeCr4(cpu, value);
  else {
    if (isWide(cpu.get(CR0), cpu.get(CR4))) loadPointers(cpu, value);
    cpu.set(CR3, value);
    cpu.memory.mmu.tlb.flush((cpu.get(CR4) & PGE) !== 0);
  }
}
