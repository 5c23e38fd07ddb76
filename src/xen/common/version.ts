import { EFAULT, EINVAL, ENOSYS } from '../public/errno.ts';
import { HYPERVISOR_VIRT_START_PAE } from '../public/arch-x86.ts';
import {
  XENFEAT, XenFeatureInfo, XenPlatformParameters, XENVER,
} from '../public/version.ts';
import { copyToGuest, readGuest, writeGuest } from './guest-access.ts';
import type { Domain, Handler, Vcpu, Xen } from './xen.ts';

const MAJOR = 4;
const MINOR = 17;

const bit = (...bits: number[]): number =>
  bits.reduce((mask, b) => mask | 1 << b, 0) >>> 0;

function features(d: Domain): number {
  const all = bit(
    XENFEAT.mmu_pt_update_preserve_ad, XENFEAT.pae_pgdir_above_4gb,
    XENFEAT.memory_op_vnode_supported);
  const own = d.translated
    ? bit(XENFEAT.auto_translated_physmap) : 0;
  const first = d.privileged ? bit(XENFEAT.dom0) : 0;
  return (all | own | first) >>> 0;
}

const texts: Record<number, readonly [number, string]> = {
  [XENVER.extraversion]: [16, '.0-ringfence'],
  [XENVER.capabilities]: [1024, 'xen-3.0-x86_32p '],
  [XENVER.changeset]: [64, 'unavailable'],
  [XENVER.commandline]: [1024, ''],
};

function text(
  xen: Xen, v: Vcpu, at: bigint, [size, value]: readonly
  [number, string],
): number {
  const bytes = new Uint8Array(size);
  bytes.set(new TextEncoder().encode(value));
  copyToGuest(xen, v, at, bytes);
  return 0;
}

const COMPILE_INFO_BYTES = 64 + 16 + 32 + 32;

/** Xen: common/kernel.c do_xen_version. */
export const xenVersion: Handler = (xen, v, [cmd = 0n, arg = 0n]) => {
  const wanted = Number(cmd & 0xffff_ffffn);
  const known = texts[wanted];
  if (known) return text(xen, v, arg, known);
  switch (wanted) {
    case XENVER.version: return MAJOR << 16 | MINOR;
    case XENVER.pagesize: return arg === 0n ? 4096 : -EINVAL;
    case XENVER.compile_info:
      copyToGuest(xen, v, arg, new Uint8Array(COMPILE_INFO_BYTES));
      return 0;
    case XENVER.platform_parameters: {
      const virt_start = BigInt(HYPERVISOR_VIRT_START_PAE);
      writeGuest(xen, v, arg, XenPlatformParameters, { virt_start });
      return 0;
    }
    case XENVER.get_features: return getFeatures(xen, v, arg);
    case XENVER.guest_handle:
      copyToGuest(xen, v, arg, v.domain.handle);
      return 0;
    default: return -ENOSYS;
  }
};

function getFeatures(xen: Xen, v: Vcpu, at: bigint): number {
  if (at === 0n) return -EFAULT;
  const asked = readGuest(xen, v, at, XenFeatureInfo);
  if (asked.submap_idx !== 0) return -EINVAL;
  writeGuest(xen, v, at, XenFeatureInfo, {
    ...asked, submap: features(v.domain),
  });
  return 0;
}
