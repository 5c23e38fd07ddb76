import { RUNSTATE } from '../public/vcpu.ts';
import { VcpuInfo } from '../public/xen.ts';
import type { Domain, Vcpu, Xen } from './xen.ts';
import { VcpuRunstateInfo } from '../public/vcpu.ts';
import { Errno } from './errno.ts';
import { copyToGuest } from './guest-access.ts';
import { updateTime } from './time.ts';
import { sendVirq } from './event.ts';
import { VIRQ } from '../public/xen.ts';

/** Whether `v` wants the processor and may have it. */
export function runnable(v: Vcpu): boolean {
  const d = v.domain;
  return v.initialised && v.online && !v.blocked
    && v.pauseCount === 0 && d.pauseCount === 0
    && d.controllerPauses === 0
    && d.shutdown < 0 && d.dying === 'no';
}

/** Wakes a virtual CPU that sleeps. Xen: vcpu_unblock. */
export function wake(v: Vcpu): void {
  v.blocked = false;
  v.polling = false;
  v.pollPort = 0;
  v.pollUntil = Infinity;
}

const PENDING = VcpuInfo.offset(4, 'evtchn_upcall_pending');
const MASK = VcpuInfo.offset(4, 'evtchn_upcall_mask');

/** Whether an event waits for `v` and is not masked. */
export function eventPending(xen: Xen, v: Vcpu): boolean {
  return xen.phys.read8(v.vcpuInfo + PENDING) !== 0
    && xen.phys.read8(v.vcpuInfo + MASK) === 0;
}

/** Sleeps until the next event. Xen: vcpu_block_enable_events. */
export function block(xen: Xen, v: Vcpu): void {
  xen.phys.write8(v.vcpuInfo + MASK, 0);
  v.blocked = !eventPending(xen, v);
}

/** Ends the slice of whoever runs. */
export function yieldSlice(xen: Xen): void {
  xen.root.sliceEnd = xen.clock.time();
}

/** The one to run now, or undefined: the one that runs already if
 * its slice lasts, else the next in the queue. */
export function pick(xen: Xen): Vcpu | undefined {
  const { root } = xen;
  const { current, runQueue } = root;
  const now = xen.clock.time();
  if (current && runnable(current) && now < root.sliceEnd) {
    return current;
  }
  const next = runQueue.findIndex(runnable);
  if (next < 0) return undefined;
  const [v] = runQueue.splice(next, 1);
  runQueue.push(v!);
  root.sliceEnd = now + root.charges.slice;
  return v;
}

/** What `v` is doing, as a RUNSTATE number. */
function runstateOf(xen: Xen, v: Vcpu): number {
  if (v === xen.root.current) return RUNSTATE.running;
  if (runnable(v)) return RUNSTATE.runnable;
  return v.initialised && v.online && v.blocked
    ? RUNSTATE.blocked : RUNSTATE.offline;
}

/** Accounts the time since the last change. */
export function updateRunstate(xen: Xen, v: Vcpu): void {
  const state = runstateOf(xen, v);
  const now = xen.clock.time();
  const old = v.runstate as 0 | 1 | 2 | 3;
  v.stateTime[old] += now - v.stateEntered;
  v.stateEntered = now;
  v.runstate = state;
}

/** Makes `v` the current one; undefined is the idle loop. */
export function switchTo(xen: Xen, v: Vcpu | undefined): void {
  const from = xen.root.current;
  if (from === v) return;
  xen.root.current = v;
  xen.clock.charge(xen.root.charges.contextSwitch);
  if (from) updateRunstate(xen, from);
  if (v) updateRunstate(xen, v);
  if (v) updateTime(xen, v);
  if (v) publish(xen, v);
}

const allVcpus = (xen: Xen): Vcpu[] =>
  [...xen.root.domains.values()].flatMap((d: Domain) => d.vcpus);

/** When the next timer expires, or Infinity. */
export function nextTimer(xen: Xen): number {
  return Math.min(Infinity, ...allVcpus(xen).map(
    (v) => Math.min(v.timer, v.periodicNext, v.pollUntil)));
}

/** Fires what has expired. */
export function fireTimers(xen: Xen): void {
  const now = xen.clock.time();
  for (const v of allVcpus(xen)) {
    if (v.pollUntil <= now) wake(v);
    if (v.timer > now && v.periodicNext > now) continue;
    if (v.timer <= now) v.timer = Infinity;
    while (v.periodicNext <= now) v.periodicNext += v.period;
    timerExpired(xen, v);
  }
}

function timerExpired(xen: Xen, v: Vcpu): void {
  wake(v);
  sendVirq(xen, v, VIRQ.TIMER);
}

function publish(xen: Xen, v: Vcpu): void {
  const { width } = v.domain;
  const put = (at: bigint, bytes: Uint8Array) => {
    try {
      if (at !== 0n) copyToGuest(xen, v, at, bytes);
    } catch (thrown) {
      if (!(thrown instanceof Errno)) throw thrown;
    }
  };
  put(v.runstateArea, VcpuRunstateInfo.encode({
    state: v.runstate, state_entry_time: BigInt(v.stateEntered),
    time: v.stateTime.map(BigInt),
  }, width));
  const time = v.vcpuInfo + VcpuInfo.offset(width, 'time');
  put(v.timeArea, xen.phys.readBytes(time, 32));
}
