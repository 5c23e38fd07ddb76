import { VALIDATED } from '#book/xen/common/frames.ts';
import type { Xen } from '#book/xen/common/xen.ts';
import { EBUSY, EINVAL } from '#book/xen/public/errno.ts';
import { become } from '#book/xen/x86/mm.ts';
import type { PageType } from '#book/xen/x86/page-type.ts';

/** Takes a reference to `mfn` as a `type`: 0, -EINVAL if it is used
 * as another, -EBUSY if it is just being checked. */
export function getPageType(
  xen: Xen, mfn: number, type: PageType,
): number {
  void [VALIDATED, EBUSY, EINVAL];
  return become(xen, xen.root.frames, mfn, type);
}
