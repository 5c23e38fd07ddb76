import { SharedInfo, VcpuInfo, VcpuTimeInfo } from '../public/xen.ts';
import type { Domain, Vcpu, Xen } from './xen.ts';

const TSC_SHIFT = 1;
const TSC_TO_SYSTEM_MUL = 0x8000_0000;

/** Writes vcpu_time_info. Xen: arch/x86/time.c. */
export function updateTime(xen: Xen, v: Vcpu): void {
  const { width } = v.domain;
  const at = v.vcpuInfo + VcpuInfo.offset(width, 'time');
  const version = xen.phys.read32(at) + 1 >>> 0 | 1;
  xen.phys.write32(at, version);
  const now = BigInt(xen.clock.time());
  xen.phys.writeBytes(at, VcpuTimeInfo.encode({
    version, tsc_timestamp: now, system_time: now,
    tsc_shift: TSC_SHIFT, tsc_to_system_mul: TSC_TO_SYSTEM_MUL,
    flags: 0,
  }, width));
  xen.phys.write32(at, version + 1 >>> 0);
}

/** Writes the wall clock. Xen: update_domain_wallclock_time. */
export function updateWallClock(xen: Xen, d: Domain): void {
  const at = (name: 'wc_version' | 'wc_sec' | 'wc_nsec') =>
    d.sharedInfo * 4096 + SharedInfo.offset(d.width, name);
  const version = xen.phys.read32(at('wc_version')) + 1 >>> 0 | 1;
  xen.phys.write32(at('wc_version'), version);
  xen.phys.write32(at('wc_sec'), xen.root.wallClock + d.timeOffset);
  xen.phys.write32(at('wc_nsec'), 0);
  xen.phys.write32(at('wc_version'), version + 1 >>> 0);
}
