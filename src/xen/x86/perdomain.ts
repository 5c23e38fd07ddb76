import type { Domain, Vcpu, Xen } from '../common/xen.ts';
import { PINNED } from '../common/frames.ts';
import { dropGdt } from './gdt.ts';
import { putPageAndType } from './mm.ts';
import { dropLdt } from './ldt.ts';

/** How many frames a domain's per-domain area needs. */
export const archFrames = (vcpus: number): number =>
  Math.ceil(vcpus / 16);

/** Gives a new domain its per-domain L1 tables, empty. */
export function initArchDomain(
  _xen: Xen, d: Domain, frames: number[],
): void {
  d.arch.perdomain.push(...frames);
}

/** Drops what virtual CPUs hold. Xen:
 * domain_relinquish_resources. */
export function relinquishArch(xen: Xen, d: Domain): void {
  const { arch } = xen.root;
  arch.loaded = '';
  if (arch.fpuOwner?.domain === d) arch.fpuOwner = undefined;
  for (const v of d.vcpus) dropVcpu(xen, v);
  dropPins(xen, d);
  for (const v of d.vcpus) v.arch.guestTable = -1;
}

function dropVcpu(xen: Xen, v: Vcpu): void {
  if (v.arch.guestTable >= 0) putPageAndType(xen, v.arch.guestTable);
  v.arch.guestTable = -1;
  dropGdt(xen, v);
  dropLdt(xen, v);
  if (v.vcpuInfoMoved) {
    putPageAndType(xen, Math.floor(v.vcpuInfo / 4096));
    // The page may be somebody else's soon.
    v.vcpuInfo = v.domain.sharedInfo * 4096;
    v.vcpuInfoMoved = false;
  }
}

function dropPins(xen: Xen, d: Domain): void {
  const { owner, flags, count } = xen.root.frames;
  for (let mfn = 0; mfn < count; mfn++) {
    if (owner[mfn] !== d.id || !(flags[mfn]! & PINNED)) continue;
    flags[mfn]! &= ~PINNED;
    putPageAndType(xen, mfn);
  }
}
