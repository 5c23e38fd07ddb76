import type { Cpu } from './cpu.ts';
import { GDTR_BASE, GDTR_LIMIT, LDTR, SEG } from './state.ts';
import { FAULT } from './vectors.ts';

/** Bits of a descriptor's rights: its second dword's bits 8 to 23,
 * moved down by eight. SDM vol. 3A §3.4.5. */
export const ACCESSED = 0x0001;
export const WRITABLE = 0x0002; // of data; of code: readable
export const EXPAND_DOWN = 0x0004; // of data; of code: conforming
export const EXECUTABLE = 0x0008;
export const ORDINARY = 0x0010; // code or data, not the system's
export const PRESENT = 0x0080;
export const BIG = 0x4000; // D of code, B of a stack
export const GRANULAR = 0x8000; // the limit counts pages

const CODE = ORDINARY | EXECUTABLE;

export const dplOf = (rights: number): number => (rights >>> 5) & 3;

export const isPresent = (rights: number): boolean =>
  (rights & PRESENT) !== 0;

export const isCode = (rights: number): boolean =>
  (rights & CODE) === CODE;

export const isConforming = (rights: number): boolean =>
  isCode(rights) && (rights & EXPAND_DOWN) !== 0;

export const isWritable = (rights: number): boolean =>
  (rights & (CODE | WRITABLE)) === (ORDINARY | WRITABLE);

export const isReadable = (rights: number): boolean =>
  (rights & ORDINARY) !== 0
  && (rights & (EXECUTABLE | WRITABLE)) !== EXECUTABLE;

export const isExpandDown = (rights: number): boolean =>
  (rights & (CODE | EXPAND_DOWN)) === (ORDINARY | EXPAND_DOWN);

/** The type of a system descriptor; 0 for code and data. */
export const systemType = (rights: number): number =>
  rights & ORDINARY ? 0 : rights & 0xf;

/** What a segment register keeps. `limit` is the last valid offset,
 * in bytes, whatever G says. */
export interface Extent {
  readonly base: number;
  readonly limit: number;
  readonly rights: number;
}

/** Gathers the fields of a segment descriptor. */
export function unpack(lo: number, hi: number): Extent {
  const base = (lo >>> 16) | ((hi & 0xff) << 16) | (hi & 0xff00_0000);
  const count = (lo & 0xffff) | (hi & 0x000f_0000);
  const rights = (hi >>> 8) & 0xf0ff;
  const limit = rights & GRANULAR ? (count << 12) | 0xfff : count;
  return { base: base >>> 0, limit: limit >>> 0, rights };
}

/** Whether all of `bytes` bytes at `offset` lie in the segment:
 * limits alone. SDM vol. 3A §5.3. */
export function covers(
  e: Extent, offset: number, bytes: number,
): boolean {
  const last = offset + bytes - 1;
  if (!isExpandDown(e.rights)) return last <= e.limit;
  const top = e.rights & BIG ? 0xffff_ffff : 0xffff;
  return offset > e.limit && last <= top;
}

/** A descriptor with the place where it was found. */
export interface Descriptor extends Extent {
  readonly selector: number;
  readonly at: number; // linear address of its eight bytes
  readonly lo: number;
  readonly hi: number;
}

/** Index and table of a selector, without RPL: what error codes
 * hold. SDM vol. 3A §6.13. */
export const indexOf = (selector: number): number =>
  selector & 0xfffc;

export const isNull = (selector: number): boolean =>
  indexOf(selector) === 0;

/** The eight bytes at a linear address, as a descriptor. */
export function fetchDescriptor(
  cpu: Cpu, address: number, selector: number,
): Descriptor {
  const at = address >>> 0;
  const lo = cpu.load(at, 32, 'sys');
  const hi = cpu.load((at + 4) >>> 0, 32, 'sys');
  const { base, limit, rights } = unpack(lo, hi);
  return { base, limit, rights, selector, at, lo, hi };
}

/** The descriptor that a selector names, or undefined where its
 * table ends before it. May trap on the table's page. */
export function lookUp(
  cpu: Cpu, selector: number,
): Descriptor | undefined {
  const local = (selector & 4) !== 0;
  const limit = cpu.get(local ? SEG[LDTR].limit : GDTR_LIMIT);
  const base = cpu.get(local ? SEG[LDTR].base : GDTR_BASE);
  const offset = selector & 0xfff8;
  if (offset + 7 > limit) return undefined;
  return fetchDescriptor(cpu, base + offset, selector);
}

/** Refuses a selector: exception `vector`, whose error code says
 * which descriptor was the trouble. */
export function refuse(
  cpu: Cpu, vector: number, selector: number,
): never {
  return cpu.trap(vector, indexOf(selector));
}

/** lookUp for a selector that must name something. */
export function mustLookUp(
  cpu: Cpu, selector: number, vector: number = FAULT.GP,
): Descriptor {
  const found = isNull(selector) ? undefined : lookUp(cpu, selector);
  return found ?? refuse(cpu, vector, selector);
}
