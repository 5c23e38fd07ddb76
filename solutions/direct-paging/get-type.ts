import { VALIDATED } from '#book/xen/common/frames.ts';
import type { Xen } from '#book/xen/common/xen.ts';
import { EBUSY, EINVAL } from '#book/xen/public/errno.ts';
import { become } from '#book/xen/x86/mm.ts';
import type { PageType } from '#book/xen/x86/page-type.ts';

export function getPageType(
  xen: Xen, mfn: number, type: PageType,
): number {
  const f = xen.root.frames;
  if (f.typeCount[mfn] === 0) return become(xen, f, mfn, type);
  if (f.type[mfn] !== type) return -EINVAL;
  if (!(f.flags[mfn]! & VALIDATED)) return -EBUSY;
  f.typeCount[mfn]!++;
  return 0;
}
