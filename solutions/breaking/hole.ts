import type { Rig } from '#book/xen/attacks/rig.ts';
import { VALIDATED } from '#book/xen/common/frames.ts';
import { PERDOMAIN } from '#book/xen/x86/layout.ts';
import { PGT } from '#book/xen/x86/page-type.ts';
import { L2_FIRST_XEN_SLOT, l2Index } from '#book/xen/x86/pte.ts';

/** What is wrong with the last L2 tables in use, or ''. */
export function hole(r: Rig): string {
  const { type, typeCount, flags, count } = r.frames;
  for (let mfn = 0; mfn < count; mfn++) {
    const live = type[mfn] === PGT.l2xen && typeCount[mfn]! > 0
      && (flags[mfn]! & VALIDATED) !== 0;
    if (live && !whole(r, mfn)) return `table ${mfn} is not whole`;
  }
  return '';
}

function whole(r: Rig, mfn: number): boolean {
  const own = l2Index(PERDOMAIN);
  for (let i = L2_FIRST_XEN_SLOT; i < 512; i++) {
    if (i === own || i === own + 1) continue;
    const template = r.xen.root.arch.templateL2 * 4096 + i * 8;
    if (r.phys.read64(mfn * 4096 + i * 8)
      !== r.phys.read64(template)) return false;
  }
  return true;
}
