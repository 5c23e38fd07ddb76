import { array, s32, struct, u32, u64 } from './layout.ts';

/** Sub-operations of `vcpu_op`. Xen: public/vcpu.h. */
export const VCPUOP = {
  initialise: 0, up: 1, down: 2, is_up: 3, get_runstate_info: 4,
  register_runstate_memory_area: 5, set_periodic_timer: 6,
  stop_periodic_timer: 7, set_singleshot_timer: 8,
  stop_singleshot_timer: 9, register_vcpu_info: 10, send_nmi: 11,
  get_physid: 12, register_vcpu_time_memory_area: 13,
} as const;

/** What a virtual CPU can be doing. */
export const RUNSTATE = {
  running: 0, runnable: 1, blocked: 2, offline: 3,
} as const;

export const VcpuRunstateInfo = struct({
  state: s32, state_entry_time: u64, time: array(u64, 4),
});
export const VcpuSetPeriodicTimer = struct({ period_ns: u64 });
export const VcpuSetSingleshotTimer = struct({
  timeout_abs_ns: u64, flags: u32,
});
export const VCPU_SSHOTTMR_future = 1;
export const VcpuRegisterVcpuInfo = struct({
  mfn: u64, offset: u32, rsvd: u32,
});
export const VcpuGetPhysid = struct({ phys_id: u64 });
/** A union of pointer and 64-bit address: eight bytes. */
export const VcpuMemoryArea = struct({ addr: u64 });
