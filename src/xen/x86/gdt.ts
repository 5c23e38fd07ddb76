import type { Handler, Vcpu, Xen } from '../common/xen.ts';
import { getPage, putPage } from '../common/frames.ts';
import { readElement } from '../common/guest-access.ts';
import { FIRST_RESERVED_GDT_ENTRY } from '../public/arch-x86.ts';
import { EINVAL } from '../public/errno.ts';
import { ulong } from '../public/layout.ts';
import { checkDescriptor } from './descriptors.ts';
import {
  getPageAndType, getPageType, putPageAndType,
} from './mm.ts';
import { PGT } from './page-type.ts';

/** Checks and mends the 512 descriptors of a page.
 * Xen: alloc_segdesc_page. */
export function validateDescriptors(xen: Xen, mfn: number): number {
  for (let at = mfn * 4096; at < (mfn + 1) * 4096; at += 8) {
    const d = { lo: xen.phys.read32(at), hi: xen.phys.read32(at + 4) };
    const safe = checkDescriptor(d);
    if (!safe) return -EINVAL;
    if (safe === d) continue;
    xen.phys.write32(at, safe.lo);
    xen.phys.write32(at + 4, safe.hi);
  }
  return 0;
}

/** Gives back the frames of a GDT. Xen: pv_destroy_gdt. */
export function dropGdt(xen: Xen, v: Vcpu): void {
  for (const mfn of v.arch.gdtFrames.splice(0)) {
    putPageAndType(xen, mfn);
  }
  v.arch.gdtEntries = 0;
  xen.root.arch.reload = true;
}

/** Takes the frames of a new one. Xen: pv_set_gdt. */
export function takeGdt(
  xen: Xen, v: Vcpu, frames: readonly number[], entries: number,
): number {
  if (entries > FIRST_RESERVED_GDT_ENTRY) return -EINVAL;
  const taken: number[] = [];
  for (const mfn of frames) {
    const error = getPageAndType(xen, mfn, v.domain.id, PGT.segDesc);
    if (error) {
      for (const m of taken) putPageAndType(xen, m);
      return error;
    }
    taken.push(mfn);
  }
  dropGdt(xen, v);
  v.arch.gdtFrames.push(...taken);
  v.arch.gdtEntries = entries;
  return 0;
}

/** Xen: do_set_gdt. */
export const setGdt: Handler = (xen, v, [list = 0n, n = 0n]) => {
  const entries = Number(n & 0xffff_ffffn);
  if (entries > FIRST_RESERVED_GDT_ENTRY) return -EINVAL;
  if (v.domain.translated) return -EINVAL;
  const frames: number[] = [];
  for (let i = 0; i < Math.ceil(entries / 512); i++) {
    frames.push(Number(readElement(xen, v, list, i, ulong)));
  }
  return takeGdt(xen, v, frames, entries);
};

/** Xen: do_update_descriptor; two words of each in 32 bits. */
export const updateDescriptor: Handler = (
  xen, v, [addrLo = 0n, addrHi = 0n, lo = 0n, hi = 0n],
) => {
  const at = addrHi << 32n | addrLo & 0xffff_ffffn;
  const safe = checkDescriptor({
    lo: Number(lo & 0xffff_ffffn), hi: Number(hi & 0xffff_ffffn),
  });
  if (at & 7n || !safe) return -EINVAL;
  const mfn = Number(at >> 12n);
  if (!getPage(xen, mfn, v.domain.id)) return -EINVAL;
  const { type, typeCount } = xen.root.frames;
  const segDesc = typeCount[mfn]! > 0 && type[mfn] === PGT.segDesc;
  const error = getPageType(
    xen, mfn, segDesc ? PGT.segDesc : PGT.writable);
  if (error) {
    putPage(xen, mfn);
    return error;
  }
  xen.phys.write32(Number(at), safe.lo);
  xen.phys.write32(Number(at) + 4, safe.hi);
  putPageAndType(xen, mfn);
  return 0;
};
