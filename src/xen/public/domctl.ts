import {
  array, bytes, ptr64, struct, u16, u32, u64a, u8, s32, type Struct,
} from './layout.ts';

/** Xen: public/domctl.h, version 4.17. */
export const XEN_DOMCTL_INTERFACE_VERSION = 0x15;

export const DOMCTL = {
  createdomain: 1, destroydomain: 2, pausedomain: 3,
  unpausedomain: 4, getdomaininfo: 5, shadow_op: 10, max_mem: 11,
  setvcpucontext: 12, getvcpucontext: 13, getvcpuinfo: 14,
  max_vcpus: 15, scheduler_op: 16, setdomainhandle: 17,
  setdebugging: 18, hypercall_init: 22, settimeoffset: 24,
  resumedomain: 27, sendtrigger: 28, set_address_size: 35,
  get_address_size: 36, getpageframeinfo3: 61,
} as const;

export const DomctlHeader = struct({
  cmd: u32, interface_version: u32, domain: u16,
  _pad: array(u16, 3),
});

/** Where the union starts, and how long the whole record is. */
export const DOMCTL_U = 16;
export const DOMCTL_BYTES = 144;

/** Bits of `createdomain.flags`. */
export const CDF = {
  hvm: 1, hap: 2, s3_integrity: 4, oos_off: 8, xs_domain: 16,
  iommu: 32, nested_virt: 64, vpmu: 128,
} as const;

export const ArchDomainconfig = struct({
  emulation_flags: u32, misc_flags: u32,
});

export const DomctlCreatedomain = struct({
  ssidref: u32, handle: bytes(16), flags: u32, iommu_opts: u32,
  max_vcpus: u32, max_evtchn_port: u32, max_grant_frames: s32,
  max_maptrack_frames: s32, grant_opts: u32, vmtrace_size: u32,
  cpupool_id: u32, arch: ArchDomainconfig,
});

/** Bits of `getdomaininfo.flags`. */
export const DOMINF = {
  dying: 1, hvm_guest: 2, shutdown: 4, paused: 8, blocked: 16,
  running: 32, debugged: 64, xs_domain: 128, hap: 256,
  shutdownmask: 255, shutdownshift: 16,
} as const;

export const DomctlGetdomaininfo = struct({
  domain: u16, pad1: u16, flags: u32, tot_pages: u64a,
  max_pages: u64a, outstanding_pages: u64a, shr_pages: u64a,
  paged_pages: u64a, shared_info_frame: u64a, cpu_time: u64a,
  nr_online_vcpus: u32, max_vcpu_id: u32, ssidref: u32,
  handle: bytes(16), cpupool: u32, gpaddr_bits: u8,
  pad2: array(u8, 7), arch_config: ArchDomainconfig,
});

export const DomctlMaxMem = struct({ max_memkb: u64a });
export const DomctlMaxVcpus = struct({ max: u32 });
export const DomctlVcpucontext = struct({ vcpu: u32, ctxt: ptr64 });

export const DomctlGetvcpuinfo = struct({
  vcpu: u32, online: u8, blocked: u8, running: u8, cpu_time: u64a,
  cpu: u32,
});

export const DomctlSetdomainhandle = struct({ handle: bytes(16) });
export const DomctlSetdebugging = struct({ enable: u8 });
export const DomctlHypercallInit = struct({ gmfn: u64a });
export const DomctlSettimeoffset = struct({ seconds: u64a });
export const DomctlAddressSize = struct({ size: u32 });
export const DomctlSendtrigger = struct({ trigger: u32, vcpu: u32 });
export const DomctlGetpageframeinfo3 = struct({
  num: u64a, array: ptr64,
});

/** The bytes of a domctl: `u` is the union's part, already encoded. */
export function encodeDomctl(
  cmd: number, domain: number, u: Uint8Array = new Uint8Array(0),
): Uint8Array {
  const whole = new Uint8Array(DOMCTL_BYTES);
  const interface_version = XEN_DOMCTL_INTERFACE_VERSION;
  whole.set(DomctlHeader.encode({ cmd, interface_version, domain }, 8));
  whole.set(u, DOMCTL_U);
  return whole;
}

/** The union's part of a domctl that came back. */
export function decodeDomctl<V>(
  whole: Uint8Array, u: Struct<V>,
): V {
  return u.decode(whole, 8, DOMCTL_U);
}
