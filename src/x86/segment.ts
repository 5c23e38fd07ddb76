import type { Routine } from '../machine/builder.ts';
import type { Cpu } from './cpu.ts';
import {
  ACCESSED, BIG, covers, type Descriptor, dplOf, type Extent,
  GRANULAR, isConforming, isExpandDown, isNull, isPresent, isReadable,
  isWritable, mustLookUp, refuse,
} from './descriptor.ts';
import { careNeeded, lookCarefully } from './debug.ts';
import {
  CAREFUL, CPL, CR0, EFLAGS, ES, GS, SEG, type Segment, SHADOW,
  SS,
} from './state.ts';
import { FAULT } from './vectors.ts';

/** The fields of a segment register, LDTR or TR by number. */
export function segment(s: number): Segment {
  const found = SEG[s];
  if (!found) throw new Error(`no segment register ${s}`);
  return found;
}

/** How many offsets may start an access of up to 16 bytes. */
function bound(e: Extent): number {
  if (!isPresent(e.rights) || isExpandDown(e.rights)) return 0;
  return Math.max(0, e.limit - 14);
}

export const PE = 1;
export const VM = 0x2_0000;

/** Whether selectors name descriptors: neither real-address nor
 * virtual-8086 mode. */
export function isProtected(cpu: Cpu): boolean {
  return (cpu.get(CR0) & PE) !== 0 && (cpu.get(EFLAGS) & VM) === 0;
}

/** What a segment register holds, apart from the selector. */
export function extentOf(cpu: Cpu, s: number): Extent {
  const { base, limit, rights } = segment(s);
  return {
    base: cpu.get(base), limit: cpu.get(limit), rights: cpu.get(rights),
  };
}

/** Fills a segment register, and what follows from its contents. */
export function setSegment(
  cpu: Cpu, s: number, selector: number, to: Extent,
): void {
  const f = segment(s);
  cpu.set(f.selector, selector);
  cpu.set(f.base, to.base);
  cpu.set(f.limit, to.limit);
  cpu.set(f.rights, to.rights);
  setBounds(cpu, s);
}

/** Computes the two bounds of a segment register anew. */
export function setBounds(cpu: Cpu, s: number): void {
  const e = extentOf(cpu, s);
  const fast = cpu.get(CAREFUL) ? 0 : bound(e);
  const free = !isProtected(cpu);
  const { reads, writes } = segment(s);
  cpu.set(reads, free || isReadable(e.rights) ? fast : 0);
  cpu.set(writes, free || isWritable(e.rights) ? fast : 0);
}

/** Decides about an access exactly. SDM vol. 3A §5.3 and §5.5. */
export function checkAccess(
  cpu: Cpu, s: number, offset: number, bytes: number, write: boolean,
): void {
  const e = extentOf(cpu, s);
  const may = write ? isWritable(e.rights) : isReadable(e.rights);
  if (isProtected(cpu) && !(may && isPresent(e.rights))) {
    cpu.trap(FAULT.GP, 0);
  }
  if (!covers(e, offset, bytes)) {
    cpu.trap(s === SS ? FAULT.SS : FAULT.GP, 0);
  }
  if (cpu.get(CAREFUL) !== 0) {
    lookCarefully(cpu, (e.base + offset) >>> 0, bytes, write);
  }
}

/** checkAccess, for meanings. */
export const lookCloser: Routine<Cpu> = {
  name: 'lookCloser',
  run(cpu, s = 0, offset = 0, bytes = 0, write = 0) {
    checkAccess(cpu, s, offset, bytes, write !== 0);
    return 0;
  },
};

/** The descriptor of data that `level` may use, or `vector`. */
export function dataSegment(
  cpu: Cpu, selector: number, level: number, vector: number,
): Descriptor {
  const d = mustLookUp(cpu, selector, vector);
  const outer = Math.max(selector & 3, level);
  const may = isConforming(d.rights) || outer <= dplOf(d.rights);
  if (!isReadable(d.rights) || !may) refuse(cpu, vector, selector);
  if (!isPresent(d.rights)) refuse(cpu, FAULT.NP, selector);
  return d;
}

/** The descriptor of a stack for `level`, or exception `vector`. */
export function stackSegment(
  cpu: Cpu, selector: number, level: number, vector: number,
): Descriptor {
  const d = mustLookUp(cpu, selector, vector);
  const fits = (selector & 3) === level && dplOf(d.rights) === level;
  if (!fits || !isWritable(d.rights)) refuse(cpu, vector, selector);
  if (!isPresent(d.rights)) refuse(cpu, FAULT.SS, selector);
  return d;
}

/** What a null selector leaves behind: nothing can be accessed. */
export const UNUSABLE: Extent = { base: 0, limit: 0, rights: 0 };

/** A selector into ES, SS, DS, FS or GS. SDM vol. 2B, MOV. */
export function loadSegment(
  cpu: Cpu, s: number, selector: number,
): void {
  if (!isProtected(cpu)) return loadReal(cpu, s, selector);
  if (s !== SS && isNull(selector)) {
    return setSegment(cpu, s, selector, UNUSABLE);
  }
  const rule = s === SS ? stackSegment : dataSegment;
  const d = rule(cpu, selector, cpu.get(CPL), FAULT.GP);
  setSegment(cpu, s, selector, touched(cpu, d));
}

/** Sets a descriptor's accessed bit, in its table and in the copy. */
export function touched(cpu: Cpu, d: Descriptor): Extent {
  if ((d.rights & ACCESSED) !== 0) return d;
  const type = (d.hi >>> 8) & 0xff;
  cpu.store((d.at + 5) >>> 0, type | ACCESSED, 8, 'sys');
  return { ...d, rights: d.rights | ACCESSED };
}

const SIZES = BIG | GRANULAR;

/** A selector in real-address mode: a multiple of 16 bytes. */
export function loadReal(
  cpu: Cpu, s: number, selector: number,
): void {
  const { limit, rights } = extentOf(cpu, s);
  if ((cpu.get(EFLAGS) & VM) !== 0) {
    const base = selector << 4;
    const e = { base, limit: 0xffff, rights: 0xf3 };
    return setSegment(cpu, s, selector, e);
  }
  setSegment(cpu, s, selector, {
    base: selector << 4,
    limit: isPresent(rights) ? limit : 0xffff,
    rights: rights & SIZES | 0x93,
  });
}

/** What the field SHADOW says: nothing, or who set it. */
export const HELD = { INTERRUPTS: 1, STACK: 2 } as const;

/** Holds back what comes between instructions, for one of them. */
export function holdOff(cpu: Cpu, why: number): void {
  cpu.set(SHADOW, why);
  cpu.events |= 1;
}

/** Follows a change of what makes accesses need a closer look. */
export function reconsider(cpu: Cpu): void {
  const care = careNeeded(cpu);
  if (care === cpu.get(CAREFUL)) return;
  cpu.set(CAREFUL, care);
  for (let s = ES; s <= GS; s++) setBounds(cpu, s);
}
