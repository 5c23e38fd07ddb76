import type { Rig } from '#book/xen/attacks/rig.ts';
import { VALIDATED } from '#book/xen/common/frames.ts';
import { PERDOMAIN } from '#book/xen/x86/layout.ts';
import { PGT } from '#book/xen/x86/page-type.ts';
import { L2_FIRST_XEN_SLOT, l2Index } from '#book/xen/x86/pte.ts';

/** What is wrong with the last L2 tables in use, or ''. */
export function hole(r: Rig): string {
  void [r, VALIDATED, PERDOMAIN, PGT, L2_FIRST_XEN_SLOT, l2Index];
  return '';
}
