import {
  FIRST_RESERVED_GDT_ENTRY, FLAT_RING1_CS,
} from '../public/arch-x86.ts';
import { GUEST_SEGMENT_MAX_ADDR } from './layout.ts';

/** The two words of a segment descriptor. SDM vol. 3A §3.4.5. */
export interface Descriptor { lo: number; hi: number }

const PRESENT = 0x8000;
const CODE_OR_DATA = 0x1000;
const TYPE = 0xf00;
const CALL_GATE = 0xc00;
const CODE = 0x800;
const EXPAND_DOWN = 0x400;
const PAGES = 0x80_0000;
const BIG = 0x40_0000;
const dpl = (hi: number): number => hi >>> 13 & 3;
const withDpl = (hi: number, ring: number): number =>
  (hi & ~0x6000 | ring << 13) >>> 0;

/** What may stand in a guest's table in place of `d`; undefined if
 * nothing may. Xen 3: arch/x86/x86_32/mm.c check_descriptor. */
export function checkDescriptor(d: Descriptor): Descriptor | undefined {
  if (!(d.hi & PRESENT)) return d;
  const hi = dpl(d.hi) < 1 ? withDpl(d.hi, 1) : d.hi;
  const inRing = { lo: d.lo >>> 0, hi: hi >>> 0 };
  if (hi & CODE_OR_DATA) return checkSegment(inRing);
  return (hi & TYPE) === CALL_GATE ? checkGate(inRing) : undefined;
}

/** Raises a code selector's RPL to the guest kernel's ring. */
export function fixupSelector(selector: number): number {
  return (selector & 3) < 1 ? selector & ~3 | 1 : selector;
}

/** Whether a gate or callback may name this code selector. */
export function selectorOkay(selector: number): boolean {
  return selector >>> 3 < FIRST_RESERVED_GDT_ENTRY
    || (selector & 4) !== 0 || selector === FLAT_RING1_CS;
}

function checkGate({ lo, hi }: Descriptor): Descriptor | undefined {
  const selector = fixupSelector(lo >>> 16);
  if (!selectorOkay(selector) || hi & 0xe0) return undefined;
  return { lo: (selector << 16 | lo & 0xffff) >>> 0, hi };
}

const baseOf = ({ lo, hi }: Descriptor): number =>
  (hi & 0xff00_0000 | (hi & 0xff) << 16 | lo >>> 16) >>> 0;

/** The number of bytes that the limit counts: 1 to 2^32. */
const spanOf = ({ lo, hi }: Descriptor): number =>
  ((hi & 0xf_0000 | lo & 0xffff) + 1) * (hi & PAGES ? 4096 : 1);

function checkSegment(d: Descriptor): Descriptor | undefined {
  const base = baseOf(d);
  if (base >= GUEST_SEGMENT_MAX_ADDR - 4096) return undefined;
  const down = (d.hi & (CODE | EXPAND_DOWN)) === EXPAND_DOWN;
  const span = spanOf(d);
  if (down) return isLow(d, base, span) ? d : cutDown(d, base);
  const room = GUEST_SEGMENT_MAX_ADDR - base;
  return span <= room ? d : withSpan(d, room);
}

/** `d` with a limit of `span` bytes, which are whole pages. */
function withSpan(d: Descriptor, span: number): Descriptor | undefined {
  if (!(d.hi & PAGES)) return undefined;
  const limit = Math.floor(span / 4096) - 1;
  return {
    lo: (d.lo & ~0xffff | limit & 0xffff) >>> 0,
    hi: (d.hi & ~0xf_0000 | limit & 0xf_0000) >>> 0,
  };
}

/** Whether an expand-down segment reaches nothing too high. */
function isLow(d: Descriptor, base: number, span: number): boolean {
  const top = d.hi & BIG ? 2 ** 32 : 0x1_0000;
  if (span >= top || base + span >= 2 ** 32) return true;
  return base + top <= GUEST_SEGMENT_MAX_ADDR;
}

/** Raises the limit until the segment starts at 4 GiB, or later. */
function cutDown(d: Descriptor, base: number): Descriptor | undefined {
  return withSpan(d, 2 ** 32 - ((base & ~0xfff) >>> 0));
}
