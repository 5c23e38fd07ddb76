import type { Domain, Xen } from '../common/xen.ts';
import {
  MACH2PHYS_VIRT_END_PAE, MACH2PHYS_VIRT_START_PAE,
} from '../public/arch-x86.ts';

/** The machine frame that `d` calls `gmfn`, or -1. */
export function guestFrame(
  xen: Xen, d: Domain, gmfn: bigint,
): number {
  if (d.translated) return d.p2m.get(Number(gmfn))?.mfn ?? -1;
  return gmfn < BigInt(xen.root.frames.count) ? Number(gmfn) : -1;
}

const M2P_BYTES = MACH2PHYS_VIRT_END_PAE - MACH2PHYS_VIRT_START_PAE;

export const machphysMapping = () => ({
  v_start: BigInt(MACH2PHYS_VIRT_START_PAE),
  v_end: BigInt(MACH2PHYS_VIRT_END_PAE),
  max_mfn: BigInt(M2P_BYTES / 4 - 1),
});

/** First frames of the M2P's 2 MiB pieces. */
export function machphysFrames(xen: Xen): number[] {
  const { arch, frames } = xen.root;
  const pieces = Math.ceil(frames.count * 4 / 0x20_0000);
  return Array.from(
    { length: pieces }, (_, i) => arch.m2p / 4096 + i * 512);
}
