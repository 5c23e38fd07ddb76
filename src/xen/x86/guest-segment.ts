import type { Vcpu, Xen } from '../common/xen.ts';
import { FIRST_RESERVED_GDT_ENTRY } from '../public/arch-x86.ts';
import type { Descriptor } from './descriptors.ts';
import { HOLE } from './layout.ts';
import { translate } from './walk.ts';

function machineOf(xen: Xen, v: Vcpu, selector: number): number {
  const index = selector >>> 3;
  if (selector & 4) {
    const va = v.arch.ldtBase + index * 8;
    if (index >= v.arch.ldtEntries || va >= HOLE) return -1;
    return translate(xen, v.arch.guestTable, va, false);
  }
  if (index >= FIRST_RESERVED_GDT_ENTRY) {
    const at = (index - FIRST_RESERVED_GDT_ENTRY) * 8;
    return at < 0x50 ? xen.root.arch.gdtPage * 4096 + at : -1;
  }
  const mfn = v.arch.gdtFrames[index >>> 9];
  return mfn === undefined ? -1 : mfn * 4096 + (index & 0x1ff) * 8;
}

/** The descriptor behind a guest's selector, if there is one. */
export function readDescriptor(
  xen: Xen, v: Vcpu, selector: number,
): Descriptor | undefined {
  const at = machineOf(xen, v, selector);
  if ((selector & ~3) === 0 || at < 0) return undefined;
  return { lo: xen.phys.read32(at), hi: xen.phys.read32(at + 4) };
}

/** The linear address of `bytes` at `offset`, or -1: a present data
 * segment, writable if asked, and inside its limit. */
export function linearOf(
  d: Descriptor | undefined, offset: number, bytes: number,
  write: boolean,
): number {
  if (!d || (d.hi & 0x9000) !== 0x9000) return -1;
  const code = (d.hi & 0x800) !== 0;
  if (write && (code || !(d.hi & 0x200))) return -1;
  if (code && !(d.hi & 0x200)) return -1;
  const pages = (d.hi & 0x80_0000) !== 0;
  const raw = d.hi & 0xf_0000 | d.lo & 0xffff;
  const limit = pages ? raw * 4096 + 0xfff : raw;
  const down = !code && (d.hi & 0x400) !== 0;
  const last = offset + bytes - 1;
  const top = d.hi & 0x40_0000 ? 0xffff_ffff : 0xffff;
  if (down ? offset <= limit || last > top : last > limit) return -1;
  const base = d.hi & 0xff00_0000 | (d.hi & 0xff) << 16 | d.lo >>> 16;
  return (base + offset) >>> 0;
}
