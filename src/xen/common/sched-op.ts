import { EINVAL, ENOSYS, EPERM, ESRCH } from
  '../public/errno.ts';
import {
  SCHEDOP, SchedRemoteShutdown, SchedShutdown, SHUTDOWN,
} from '../public/sched.ts';
import { domainById } from './domain.ts';
import { readGuest } from './guest-access.ts';
import { block, yieldSlice } from './sched.ts';
import { shutdownDomain } from './shutdown.ts';
import type { Handler, Vcpu, Xen } from './xen.ts';
import { poll } from './event.ts';

function shutdown(xen: Xen, v: Vcpu, at: bigint): number {
  const { reason } = readGuest(xen, v, at, SchedShutdown);
  if (reason > SHUTDOWN.MAX) return -EINVAL;
  shutdownDomain(xen, v.domain, reason);
  return 0;
}

/** Says why, for the day it does: no effect on running. */
function shutdownCode(xen: Xen, v: Vcpu, at: bigint): number {
  const { reason } = readGuest(xen, v, at, SchedShutdown);
  return reason > SHUTDOWN.MAX ? -EINVAL : 0;
}

function remoteShutdown(xen: Xen, v: Vcpu, at: bigint): number {
  const { domain_id, reason } = readGuest(
    xen, v, at, SchedRemoteShutdown);
  const d = xen.root.domains.get(domain_id);
  if (!d) return -ESRCH;
  if (!v.domain.privileged) return -EPERM;
  if (reason > SHUTDOWN.MAX) return -EINVAL;
  shutdownDomain(xen, domainById(xen, domain_id), reason);
  return 0;
}

/** Xen: common/sched/core.c do_sched_op. */
export const schedOp: Handler = (xen, v, [cmd = 0n, arg = 0n]) => {
  switch (Number(cmd & 0xffff_ffffn)) {
    case SCHEDOP.yield: yieldSlice(xen); return 0;
    case SCHEDOP.block: block(xen, v); return 0;
    case SCHEDOP.shutdown: return shutdown(xen, v, arg);
    case SCHEDOP.shutdown_code: return shutdownCode(xen, v, arg);
    case SCHEDOP.remote_shutdown: return remoteShutdown(xen, v, arg);
    case SCHEDOP.poll: return poll(xen, v, arg);
    default: return -ENOSYS;
  }
};

const LATEST = 1n << 50n;
const SOON = 100_000_000;

/** Xen: common/sched/core.c do_set_timer_op. */
export const setTimerOp: Handler = (xen, v, [low = 0n, high = 0n]) => {
  const at = v.domain.width === 8
    ? low : high << 32n | low & 0xffff_ffffn;
  if (at === 0n) v.timer = Infinity;
  else if (at >> 63n) v.timer = xen.clock.time();
  else if (at - BigInt(xen.clock.time()) > LATEST) {
    v.timer = xen.clock.time() + SOON;
  } else v.timer = Number(at);
  return 0;
};
