import type { Domain, Vcpu, Xen } from './xen.ts';
import { Errno } from './errno.ts';
import { EEXIST, EINVAL, ENOENT, ENOSPC } from '../public/errno.ts';
import {
  NR_VIRQS, SharedInfo, VcpuInfo, VIRQ,
} from '../public/xen.ts';
import { domainById } from './domain.ts';
import * as pub from '../public/event_channel.ts';
import { EVTCHNOP, EVTCHNSTAT } from '../public/event_channel.ts';
import { ENOSYS, EPERM } from '../public/errno.ts';
import { DOMID } from '../public/xen.ts';
import { SchedPoll } from '../public/sched.ts';
import { u32, type Struct } from '../public/layout.ts';
import type { Handler } from './xen.ts';
import { readElement, readGuest, writeGuest } from
  './guest-access.ts';
import { targetDomain } from './domain.ts';
import { eventPending, wake } from './sched.ts';

type Bitmap = 'evtchn_pending' | 'evtchn_mask';

/** How many ports two levels give: 1024 or 4096. */
export const maxPorts = (d: Domain): number => (d.width * 8) ** 2;

/** The byte that holds a port's bit, and the bit in it. */
function bitOf(d: Domain, map: Bitmap, port: number) {
  const base = d.sharedInfo * 4096 + SharedInfo.offset(d.width, map);
  return { pa: base + (port >> 3), mask: 1 << (port & 7) };
}

function testBit(xen: Xen, d: Domain, map: Bitmap, port: number) {
  const { pa, mask } = bitOf(d, map, port);
  return (xen.phys.read8(pa) & mask) !== 0;
}

/** Set or clear; says whether the bit was set before. */
function changeBit(
  xen: Xen, d: Domain, map: Bitmap, port: number, set: boolean) {
  const { pa, mask } = bitOf(d, map, port);
  const old = xen.phys.read8(pa);
  xen.phys.write8(pa, set ? old | mask : old & ~mask);
  return (old & mask) !== 0;
}

/** What a port is bound to. Xen: struct evtchn, ECS_*. */
export type Binding =
  | { state: 'free' | 'reserved' | 'ipi' }
  | { state: 'unbound'; remote: number }
  | { state: 'interdomain'; remote: number; remotePort: number }
  | { state: 'virq'; virq: number };

/** A port and the virtual CPU it notifies. */
export type Channel = Binding & { vcpu: number };

const bucket = 64;

/** Port 0 exists in every domain and is never handed out. */
export function initEvents(d: Domain): void {
  addBucket(d);
  d.events[0] = { state: 'reserved', vcpu: 0 };
}

function addBucket(d: Domain): void {
  for (let i = 0; i < bucket; i++) {
    d.events.push({ state: 'free', vcpu: 0 });
  }
}

/** The lowest free port. Xen: get_free_port. */
function freePort(d: Domain): number {
  if (d.dying !== 'no') throw new Errno(EINVAL);
  let port = d.events.findIndex((c) => c.state === 'free');
  if (port < 0) {
    port = d.events.length;
    if (port >= maxPorts(d)) throw new Errno(ENOSPC);
    addBucket(d);
  }
  if (port > d.maxEvtchnPort) throw new Errno(ENOSPC);
  return port;
}

/** A fresh port with this binding; throws Errno when full. */
function bind(d: Domain, vcpu: number, binding: Binding): number {
  const port = freePort(d);
  d.events[port] = { ...binding, vcpu };
  return port;
}

/** Offer a port of `d` to `remote`. Xen: evtchn_alloc_unbound. */
export function allocUnbound(d: Domain, remote: number): number {
  return bind(d, 0, { state: 'unbound', remote });
}

/** Take up an offer. Xen: evtchn_bind_interdomain. */
export function bindInterdomain(
  xen: Xen, local: Domain, remote: Domain, remotePort: number): number {
  const localPort = freePort(local);
  const far = remote.events[remotePort];
  if (far?.state !== 'unbound' || far.remote !== local.id) {
    throw new Errno(EINVAL);
  }
  local.events[localPort] = { state: 'interdomain', vcpu: 0,
    remote: remote.id, remotePort };
  remote.events[remotePort] = { state: 'interdomain', vcpu: far.vcpu,
    remote: local.id, remotePort: localPort };
  setPending(xen, local, localPort);
  return localPort;
}

const perVcpu: ReadonlySet<number> =
  new Set([VIRQ.TIMER, VIRQ.DEBUG, VIRQ.XENOPROF, VIRQ.XENPMU]);

function vcpuOf(d: Domain, id: number): Vcpu {
  const v = d.vcpus[id];
  if (!v) throw new Errno(ENOENT);
  return v;
}

/** Bind a virtual interrupt. Xen: evtchn_bind_virq. */
export function bindVirq(d: Domain, virq: number, id: number): number {
  const global = !perVcpu.has(virq);
  if (virq >= NR_VIRQS || (global && id !== 0)) throw new Errno(EINVAL);
  const v = vcpuOf(d, id);
  if (v.virqPorts[virq]) throw new Errno(EEXIST);
  const port = bind(d, id, { state: 'virq', virq });
  v.virqPorts[virq] = port;
  return port;
}

/** Bind a port for interrupts to oneself. Xen: evtchn_bind_ipi. */
export function bindIpi(d: Domain, id: number): number {
  vcpuOf(d, id);
  return bind(d, id, { state: 'ipi' });
}

/** Close a port. Xen: evtchn_close. */
export function closePort(xen: Xen, d: Domain, port: number): void {
  const channel = d.events[port];
  if (!channel || channel.state === 'free'
    || channel.state === 'reserved') throw new Errno(EINVAL);
  if (channel.state === 'virq') {
    for (const v of d.vcpus) {
      if (v?.virqPorts[channel.virq] === port) {
        v.virqPorts[channel.virq] = 0;
      }
    }
  }
  if (channel.state === 'interdomain') detach(xen, d, channel);
  d.events[port] = { state: 'free', vcpu: 0 };
  changeBit(xen, d, 'evtchn_pending', port, false);
}

/** What a partner's leaving makes of the far end. */
function detach(xen: Xen, d: Domain,
  { remote, remotePort }: { remote: number; remotePort: number }) {
  const far = xen.root.domains.get(remote);
  const end = far?.events[remotePort];
  if (!far || !end) return;
  far.events[remotePort] =
    { state: 'unbound', vcpu: end.vcpu, remote: d.id };
}

/** Notify the other end. Xen: evtchn_send. */
export function sendEvent(xen: Xen, d: Domain, port: number): void {
  const channel = d.events[port];
  switch (channel?.state) {
    case 'interdomain': {
      const far = domainById(xen, channel.remote);
      return setPending(xen, far, channel.remotePort);
    }
    case 'ipi': return setPending(xen, d, port);
    case 'unbound': return;
    default: throw new Errno(EINVAL);
  }
}

/** Make a port pending. Xen: evtchn_2l_set_pending. */
export function setPending(xen: Xen, d: Domain, port: number): void {
  if (changeBit(xen, d, 'evtchn_pending', port, true)) return;
  const v = d.vcpus[d.events[port]?.vcpu ?? 0];
  if (!v) return;
  if (!testBit(xen, d, 'evtchn_mask', port)) raise(xen, v, port);
  checkPollers(xen, d, port);
}

/** Selector bit, then the upcall byte, then wake up. */
function raise(xen: Xen, v: Vcpu, port: number): void {
  const { width } = v.domain;
  const word = Math.floor(port / (width * 8));
  const pa = v.vcpuInfo + (word >> 3)
    + VcpuInfo.offset(width, 'evtchn_pending_sel');
  const bit = 1 << (word & 7);
  const old = xen.phys.read8(pa);
  xen.phys.write8(pa, old | bit);
  if ((old & bit) === 0) markPending(xen, v);
}

const upcallPending = VcpuInfo.offset(4, 'evtchn_upcall_pending');

function markPending(xen: Xen, v: Vcpu): void {
  if (xen.phys.read8(v.vcpuInfo + upcallPending) !== 0) return;
  xen.phys.write8(v.vcpuInfo + upcallPending, 1);
  wake(v);
}

/** Unmask a port. Xen: evtchn_2l_unmask. */
export function unmaskPort(xen: Xen, d: Domain, port: number): void {
  const channel = d.events[port];
  if (!channel) throw new Errno(EINVAL);
  const v = d.vcpus[channel.vcpu];
  if (changeBit(xen, d, 'evtchn_mask', port, false)
    && testBit(xen, d, 'evtchn_pending', port) && v) {
    raise(xen, v, port);
  }
}

const mostPolled = 128;

/** Sleep until a port is pending. Xen: do_poll. */
export function poll(xen: Xen, v: Vcpu, at: bigint): number {
  const op = readGuest(xen, v, at, SchedPoll);
  if (op.nr_ports > mostPolled) return -EINVAL;
  if (eventPending(xen, v)) return 0;
  const ports = Array.from({ length: op.nr_ports },
    (_, i) => readElement(xen, v, op.ports, i, u32));
  for (const port of ports) {
    if (!v.domain.events[port]) return -EINVAL;
    if (testBit(xen, v.domain, 'evtchn_pending', port)) return 0;
  }
  v.blocked = true;
  v.polling = true;
  v.pollPort = ports.length === 1 ? ports[0]! : 0;
  if (op.timeout !== 0n) v.pollUntil = Number(op.timeout);
  return 0;
}

/** Wake who polls for this port. Xen: evtchn_check_pollers. */
function checkPollers(xen: Xen, d: Domain, port: number): void {
  for (const v of d.vcpus) {
    if (v.polling && (v.pollPort === 0 || v.pollPort === port)) {
      wake(v);
    }
  }
}

/** Raise a virtual interrupt. Xen: send_guest_vcpu_virq. */
export function sendVirq(xen: Xen, v: Vcpu, virq: number): void {
  const port = v.virqPorts[virq];
  if (port) setPending(xen, v.domain, port);
}

/** One that concerns the machine goes to domain 0. */
export function sendGlobalVirq(xen: Xen, virq: number): void {
  const v = xen.root.domains.get(0)?.vcpus[0];
  if (v) sendVirq(xen, v, virq);
}

/** What a port is, as the ABI tells it. Xen: evtchn_status. */
export function portStatus(d: Domain, port: number) {
  const c = d.events[port];
  if (!c) throw new Errno(EINVAL);
  const told = { status: 0, vcpu: c.vcpu, a: 0, b: 0 };
  switch (c.state) {
    case 'unbound':
      return { ...told, status: EVTCHNSTAT.unbound, a: c.remote };
    case 'interdomain':
      return { ...told, status: EVTCHNSTAT.interdomain,
        a: c.remote, b: c.remotePort };
    case 'virq':
      return { ...told, status: EVTCHNSTAT.virq, a: c.virq };
    case 'ipi': return { ...told, status: EVTCHNSTAT.ipi };
    default: return told;
  }
}

/** Which virtual CPU to notify. Xen: evtchn_bind_vcpu. */
export function bindVcpu(d: Domain, port: number, id: number): void {
  vcpuOf(d, id);
  const c = d.events[port];
  const movable = c?.state === 'unbound' || c?.state === 'interdomain'
    || (c?.state === 'virq' && !perVcpu.has(c.virq));
  if (!c || !movable) throw new Errno(EINVAL);
  c.vcpu = id;
}

/** Close all of a domain's ports. Xen: evtchn_reset. */
export function closeAll(xen: Xen, d: Domain): void {
  d.events.forEach((c, port) => {
    if (c.state !== 'free' && c.state !== 'reserved') {
      closePort(xen, d, port);
    }
  });
}

type Operation = (xen: Xen, v: Vcpu, arg: bigint) => void;

/** Copy the record in, run, copy it back if asked. */
function operation<T>(layout: Struct<T>,
  run: (xen: Xen, v: Vcpu, record: T) => void,
  back?: 'back'): Operation {
  return (xen, v, arg) => {
    const record = readGuest(xen, v, arg, layout);
    run(xen, v, record);
    if (back) writeGuest(xen, v, arg, layout, record);
  };
}

const selfOr = (v: Vcpu, id: number): number =>
  id === DOMID.SELF ? v.domain.id : id;

const operations = new Map<number, Operation>([
  [EVTCHNOP.alloc_unbound, operation(pub.EvtchnAllocUnbound,
    (xen, v, r) => {
      const d = targetDomain(xen, v, r.dom);
      r.port = allocUnbound(d, selfOr(v, r.remote_dom));
    }, 'back')],
  [EVTCHNOP.bind_interdomain, operation(pub.EvtchnBindInterdomain,
    (xen, v, r) => {
      const far = domainById(xen, selfOr(v, r.remote_dom));
      r.local_port =
        bindInterdomain(xen, v.domain, far, r.remote_port);
    }, 'back')],
  [EVTCHNOP.bind_virq, operation(pub.EvtchnBindVirq, (xen, v, r) => {
    r.port = bindVirq(v.domain, r.virq, r.vcpu);
  }, 'back')],
  [EVTCHNOP.bind_ipi, operation(pub.EvtchnBindIpi, (xen, v, r) => {
    r.port = bindIpi(v.domain, r.vcpu);
  }, 'back')],
  [EVTCHNOP.status, operation(pub.EvtchnStatus, (xen, v, r) => {
    const d = targetDomain(xen, v, r.dom);
    Object.assign(r, portStatus(d, r.port));
  }, 'back')],
]);

const silent: [number, Operation][] = [
  [EVTCHNOP.close, operation(pub.EvtchnPort,
    (xen, v, r) => closePort(xen, v.domain, r.port))],
  [EVTCHNOP.send, operation(pub.EvtchnPort,
    (xen, v, r) => sendEvent(xen, v.domain, r.port))],
  [EVTCHNOP.unmask, operation(pub.EvtchnPort,
    (xen, v, r) => unmaskPort(xen, v.domain, r.port))],
  [EVTCHNOP.bind_vcpu, operation(pub.EvtchnBindVcpu,
    (xen, v, r) => bindVcpu(v.domain, r.port, r.vcpu))],
  [EVTCHNOP.reset, operation(pub.EvtchnReset,
    (xen, v, r) => closeAll(xen, targetDomain(xen, v, r.dom)))],
  [EVTCHNOP.bind_pirq, operation(pub.EvtchnBindPirq, () => {
    throw new Errno(EPERM);
  })],
];
for (const [op, run] of silent) operations.set(op, run);

/** Hypercall 32. Xen: do_event_channel_op. */
export const eventChannelOp: Handler = (xen, v, [op, arg]) => {
  const run = operations.get(Number(op));
  if (!run || arg === undefined) return -ENOSYS;
  run(xen, v, arg);
  return 0;
};
