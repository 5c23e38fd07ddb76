import type { Xen } from '../common/xen.ts';

/** Writes one entry; -1 for a frame that is nobody's.
 * Xen: set_gpfn_from_mfn. */
export function setGpfnFromMfn(
  xen: Xen, mfn: number, pfn: number,
): void {
  xen.phys.write32(xen.root.arch.m2p + mfn * 4, pfn >>> 0);
}

/** The guest's number for a machine frame. */
export function gpfnFromMfn(xen: Xen, mfn: number): number {
  return xen.phys.read32(xen.root.arch.m2p + mfn * 4);
}

/** Wipes a frame. */
export function scrubFrame(xen: Xen, mfn: number): void {
  xen.phys.fill(mfn * 4096, 4096, 0);
}
