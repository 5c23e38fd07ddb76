import {
  array, bytes, s8, struct, u16, u32, u64, u8, ulong, type Width,
} from './layout.ts';

/** Hypercall numbers. Xen: public/xen.h, `__HYPERVISOR_*`. */
export const HYPERVISOR = {
  set_trap_table: 0, mmu_update: 1, set_gdt: 2, stack_switch: 3,
  set_callbacks: 4, fpu_taskswitch: 5, sched_op_compat: 6,
  platform_op: 7, set_debugreg: 8, get_debugreg: 9,
  update_descriptor: 10, memory_op: 12, multicall: 13,
  update_va_mapping: 14, set_timer_op: 15,
  event_channel_op_compat: 16, xen_version: 17, console_io: 18,
  physdev_op_compat: 19, grant_table_op: 20, vm_assist: 21,
  update_va_mapping_otherdomain: 22, iret: 23, vcpu_op: 24,
  set_segment_base: 25, mmuext_op: 26, xsm_op: 27, nmi_op: 28,
  sched_op: 29, callback_op: 30, xenoprof_op: 31,
  event_channel_op: 32, physdev_op: 33, hvm_op: 34, sysctl: 35,
  domctl: 36, kexec_op: 37, tmem_op: 38, argo_op: 39,
  xenpmu_op: 40, dm_op: 41, hypfs_op: 42,
} as const;

const callNames = new Map<number, string>(
  Object.entries(HYPERVISOR).map(([name, nr]) => [nr, name]),
);

/** The name of hypercall `nr`, or its number in hexadecimal. */
export function hypercallName(nr: number): string {
  return callNames.get(nr) ?? `0x${nr.toString(16)}`;
}

/** Domain identifiers with a meaning. Xen: public/xen.h. */
export const DOMID = {
  FIRST_RESERVED: 0x7ff0,
  SELF: 0x7ff0,
  IO: 0x7ff1,
  XEN: 0x7ff2,
  COW: 0x7ff3,
  INVALID: 0x7ff4,
  IDLE: 0x7fff,
} as const;

/** Virtual interrupt lines. Xen: public/xen.h, `VIRQ_*`. */
export const VIRQ = {
  TIMER: 0, DEBUG: 1, CONSOLE: 2, DOM_EXC: 3, TBUF: 4, DEBUGGER: 6,
  XENOPROF: 7, CON_RING: 8, PCPU_STATE: 9, MEM_EVENT: 10, ARGO: 11,
  ENOMEM: 12, XENPMU: 13, ARCH_0: 16,
} as const;
export const NR_VIRQS = 24;

/** The low bits of `mmu_update.ptr`. */
export const MMU = {
  NORMAL_PT_UPDATE: 0, MACHPHYS_UPDATE: 1,
  PT_UPDATE_PRESERVE_AD: 2, PT_UPDATE_NO_TRANSLATE: 3,
} as const;

/** Commands of `mmuext_op`. */
export const MMUEXT = {
  PIN_L1_TABLE: 0, PIN_L2_TABLE: 1, PIN_L3_TABLE: 2,
  PIN_L4_TABLE: 3, UNPIN_TABLE: 4, NEW_BASEPTR: 5,
  TLB_FLUSH_LOCAL: 6, INVLPG_LOCAL: 7, TLB_FLUSH_MULTI: 8,
  INVLPG_MULTI: 9, TLB_FLUSH_ALL: 10, INVLPG_ALL: 11,
  FLUSH_CACHE: 12, SET_LDT: 13, NEW_USER_BASEPTR: 15,
  CLEAR_PAGE: 16, COPY_PAGE: 17, FLUSH_CACHE_GLOBAL: 18,
  MARK_SUPER: 19, UNMARK_SUPER: 20,
} as const;

/** Flags of `update_va_mapping`. */
export const UVMF = {
  NONE: 0, TLB_FLUSH: 1, INVLPG: 2, FLUSHTYPE_MASK: 3,
  MULTI: 0, LOCAL: 0, ALL: 4,
} as const;

export const CONSOLEIO = { write: 0, read: 1 } as const;

/** Commands and types of `vm_assist`. */
export const VMASST = {
  CMD_enable: 0, CMD_disable: 1,
  TYPE_4gb_segments: 0, TYPE_4gb_segments_notify: 1,
  TYPE_writable_pagetables: 2, TYPE_pae_extended_cr3: 3,
  TYPE_architectural_iopl: 4, TYPE_runstate_update_flag: 5,
  TYPE_m2p_strict: 32,
} as const;

export const MmuUpdate = struct({ ptr: u64, val: u64 });

/** `arg1`: mfn or linear address. `arg2`: count, mask or mfn. */
export const MmuextOp = struct({ cmd: u32, arg1: ulong, arg2: ulong });

export const MulticallEntry = struct({
  op: ulong, result: ulong, args: array(ulong, 6),
});

/** ns = ((tsc - tsc_timestamp) shifted) * mul / 2^32 + system_time */
export const VcpuTimeInfo = struct({
  version: u32, pad0: u32, tsc_timestamp: u64, system_time: u64,
  tsc_to_system_mul: u32, tsc_shift: s8, flags: u8,
  pad1: array(u8, 2),
});

export const ArchVcpuInfo = struct({
  cr2: ulong, pad: array(ulong, (w: Width) => (w === 4 ? 5 : 1)),
});

export const VcpuInfo = struct({
  evtchn_upcall_pending: u8, evtchn_upcall_mask: u8,
  evtchn_pending_sel: ulong, arch: ArchVcpuInfo, time: VcpuTimeInfo,
});

export const XEN_LEGACY_MAX_VCPUS = 32;

export const ArchSharedInfo = struct({
  max_pfn: ulong, pfn_to_mfn_frame_list_list: ulong,
  nmi_reason: ulong, p2m_cr3: ulong, p2m_vaddr: ulong,
  p2m_generation: ulong,
  wc_sec_hi: array(u32, (w: Width) => (w === 4 ? 1 : 0)),
});

export const SharedInfo = struct({
  vcpu_info: array(VcpuInfo, XEN_LEGACY_MAX_VCPUS),
  evtchn_pending: array(ulong, (w: Width) => w * 8),
  evtchn_mask: array(ulong, (w: Width) => w * 8),
  wc_version: u32, wc_sec: u32, wc_nsec: u32,
  wc_sec_hi: array(u32, (w: Width) => (w === 8 ? 1 : 0)),
  arch: ArchSharedInfo,
});

export const MAX_GUEST_CMDLINE = 1024;

export const StartInfo = struct({
  magic: bytes(32), nr_pages: ulong, shared_info: ulong, flags: u32,
  store_mfn: ulong, store_evtchn: u32,
  console: struct({ mfn: ulong, evtchn: u32 }),
  pt_base: ulong, nr_pt_frames: ulong, mfn_list: ulong,
  mod_start: ulong, mod_len: ulong,
  cmd_line: bytes(MAX_GUEST_CMDLINE),
  first_p2m_pfn: ulong, nr_p2m_frames: ulong,
});

/** Bits of `start_info.flags`. */
export const SIF = {
  PRIVILEGED: 1, INITDOMAIN: 2, MULTIBOOT_MOD: 4, MOD_START_PFN: 8,
  VIRT_P2M_4TOOLS: 16,
} as const;
