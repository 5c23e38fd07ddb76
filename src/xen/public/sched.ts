import { ptr, s32, struct, u16, u32, u64 } from './layout.ts';

/** Sub-operations of `sched_op`. Xen: public/sched.h. */
export const SCHEDOP = {
  yield: 0, block: 1, shutdown: 2, poll: 3, remote_shutdown: 4,
  shutdown_code: 5, watchdog: 6, pin_override: 7,
} as const;

/** Reasons of a shutdown. */
export const SHUTDOWN = {
  poweroff: 0, reboot: 1, suspend: 2, crash: 3, watchdog: 4,
  soft_reset: 5, MAX: 5,
} as const;

export const SchedShutdown = struct({ reason: u32 });
export const SchedPoll = struct({
  ports: ptr, nr_ports: u32, timeout: u64,
});
export const SchedRemoteShutdown = struct({
  domain_id: u16, reason: u32,
});
export const SchedWatchdog = struct({ id: u32, timeout: u32 });
export const SchedPinOverride = struct({ pcpu: s32 });
