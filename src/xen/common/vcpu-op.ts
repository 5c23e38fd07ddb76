import { guestFrame, setGuestContext, readContext } from '../arch.ts';
import {
  EBUSY, EEXIST, EFAULT, EINVAL, ENOENT, ENOSYS, ETIME,
} from '../public/errno.ts';
import {
  VCPU_SSHOTTMR_future, VcpuGetPhysid, VcpuMemoryArea, VCPUOP,
  VcpuRegisterVcpuInfo, VcpuRunstateInfo, VcpuSetPeriodicTimer,
  VcpuSetSingleshotTimer,
} from '../public/vcpu.ts';
import { VcpuInfo } from '../public/xen.ts';
import { getPage, putPage } from './frames.ts';
import { readGuest, writeGuest } from './guest-access.ts';
import { updateRunstate, wake } from './sched.ts';
import { updateTime } from './time.ts';
import type { Vcpu, Xen } from './xen.ts';
import { getPageType, PGT } from '../arch.ts';

type Op = (xen: Xen, v: Vcpu, of: Vcpu, at: bigint) => number;

const initialise: Op = (xen, v, of, at) => {
  if (of.initialised) return -EEXIST;
  const context = readContext(xen, v, at, v.domain.width);
  const error = setGuestContext(xen, of, context);
  return error;
};

const up: Op = (xen, _v, of) => {
  if (!of.initialised) return -EINVAL;
  of.online = true;
  wake(of);
  updateRunstate(xen, of);
  return 0;
};

const down: Op = (xen, _v, of) => {
  of.online = false;
  updateRunstate(xen, of);
  return 0;
};

const isUp: Op = (_xen, _v, of) =>
  Number(of.initialised && of.online);

const getRunstate: Op = (xen, v, of, at) => {
  updateRunstate(xen, of);
  writeGuest(xen, v, at, VcpuRunstateInfo, {
    state: of.runstate, state_entry_time: BigInt(of.stateEntered),
    time: of.stateTime.map(BigInt),
  });
  return 0;
};

const registerRunstate: Op = (xen, v, of, at) => {
  const { addr } = readGuest(xen, v, at, VcpuMemoryArea);
  of.runstateArea = v.domain.width === 4
    ? addr & 0xffff_ffffn : addr;
  if (of.runstateArea === 0n || of !== v) return 0;
  return getRunstate(xen, v, of, of.runstateArea);
};

const SHORTEST_PERIOD = 1_000_000n;

const setPeriodic: Op = (xen, v, of, at) => {
  const { period_ns } = readGuest(xen, v, at, VcpuSetPeriodicTimer);
  if (period_ns < SHORTEST_PERIOD) return -EINVAL;
  if (period_ns >> 50n) return -EINVAL;
  of.period = Number(period_ns);
  of.periodicNext = xen.clock.time() + of.period;
  return 0;
};

const stopPeriodic: Op = (_xen, _v, of) => {
  of.period = 0;
  of.periodicNext = Infinity;
  return 0;
};

const setSingleshot: Op = (xen, v, of, at) => {
  if (of !== v) return -EINVAL;
  const { timeout_abs_ns: when, flags } = readGuest(
    xen, v, at, VcpuSetSingleshotTimer);
  const now = BigInt(xen.clock.time());
  if (flags & VCPU_SSHOTTMR_future && when < now) return -ETIME;
  of.timer = Number(when >> 52n ? 1n << 52n : when);
  return 0;
};

const stopSingleshot: Op = (_xen, v, of) => {
  if (of !== v) return -EINVAL;
  of.timer = Infinity;
  return 0;
};

const registerVcpuInfo: Op = (xen, v, of, at) => {
  const { mfn, offset } = readGuest(xen, v, at, VcpuRegisterVcpuInfo);
  const size = VcpuInfo.size(v.domain.width);
  if (offset > 4096 - size || offset % v.domain.width) return -EINVAL;
  if (of.vcpuInfoMoved) return -EINVAL;
  // Of another only while it does not run.
  if (of !== v && of.online) return -EINVAL;
  const frame = guestFrame(xen, v.domain, mfn);
  if (frame < 0 || !getPage(xen, frame, v.domain.id)) return -EINVAL;
  if (getPageType(xen, frame, PGT.writable)) {
    putPage(xen, frame);
    return -EINVAL;
  }
  const machine = frame * 4096 + offset;
  const old = xen.phys.readBytes(of.vcpuInfo, size);
  xen.phys.writeBytes(machine, old);
  of.vcpuInfo = machine;
  of.vcpuInfoMoved = true;
  xen.phys.write8(machine, 1);
  updateTime(xen, of);
  return 0;
};

const registerTime: Op = (xen, v, of, at) => {
  const { addr } = readGuest(xen, v, at, VcpuMemoryArea);
  of.timeArea = v.domain.width === 4 ? addr & 0xffff_ffffn : addr;
  return 0;
};

const getPhysid: Op = (xen, v, _of, at) => {
  writeGuest(xen, v, at, VcpuGetPhysid, { phys_id: 0n });
  return 0;
};

const ops: Record<number, Op> = {
  [VCPUOP.initialise]: initialise,
  [VCPUOP.up]: up,
  [VCPUOP.down]: down,
  [VCPUOP.is_up]: isUp,
  [VCPUOP.get_runstate_info]: getRunstate,
  [VCPUOP.register_runstate_memory_area]: registerRunstate,
  [VCPUOP.set_periodic_timer]: setPeriodic,
  [VCPUOP.stop_periodic_timer]: stopPeriodic,
  [VCPUOP.set_singleshot_timer]: setSingleshot,
  [VCPUOP.stop_singleshot_timer]: stopSingleshot,
  [VCPUOP.register_vcpu_info]: registerVcpuInfo,
  [VCPUOP.get_physid]: getPhysid,
  [VCPUOP.register_vcpu_time_memory_area]: registerTime,
};

/** Xen: common/domain.c do_vcpu_op. */
export function vcpuOp(
  xen: Xen, v: Vcpu, [cmd = 0n, id = 0n, arg = 0n]: bigint[],
): number {
  const of = v.domain.vcpus[Number(id & 0xffff_ffffn)];
  if (!of) return -ENOENT;
  const op = ops[Number(cmd & 0xffff_ffffn)];
  return op ? op(xen, v, of, arg) : -ENOSYS;
}
