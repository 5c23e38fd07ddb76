import { expect, test } from 'vitest';
import { addGuest, callAs, callWith, openLab, vcpuOf, type Lab }
  from '../../guests/lab.ts';
import { helloSource } from '../../guests/pv-hello.ts';
import type { Built } from '../../dom0/builder/build.ts';
import * as pub from '../public/event_channel.ts';
import { DOMID, HYPERVISOR, SharedInfo, VIRQ } from '../public/xen.ts';
import { SCHEDOP, SchedPoll } from '../public/sched.ts';
import { copyToGuest } from './guest-access.ts';
import { fireTimers } from './sched.ts';
import { virtualOf } from '../../dom0/builder/plan.ts';

const { EVTCHNOP: op } = pub;

function twoGuests() {
  const lab = openLab();
  const a = addGuest(lab, helloSource);
  const b = addGuest(lab, helloSource);
  for (const g of [a, b]) setMask(lab, g, 0);
  return { lab, a, b };
}

const evtchn = <T>(lab: Lab, g: Built, nr: number,
  layout: Parameters<typeof callWith<T>>[4], values: Partial<T>) =>
  callWith(lab, g, HYPERVISOR.event_channel_op, nr, layout, values);

const port = (lab: Lab, g: Built, nr: number, n: number) =>
  evtchn(lab, g, nr, pub.EvtchnPort, { port: n }).rc;

function setMask(lab: Lab, { domid }: Built, mask: number) {
  lab.xen.phys.write8(vcpuOf(lab.xen, domid).vcpuInfo + 1, mask);
}

function state(lab: Lab, { domid }: Built) {
  const { vcpuInfo, domain, blocked } = vcpuOf(lab.xen, domid);
  const shared = domain.sharedInfo * 4096;
  const words = (field: 'evtchn_pending' | 'evtchn_mask') =>
    Array.from({ length: 32 }, (_, i) => lab.xen.phys.read32(
      shared + SharedInfo.offset(4, field) + i * 4));
  return { upcall: lab.xen.phys.read8(vcpuInfo), blocked,
    selector: lab.xen.phys.read32(vcpuInfo + 4),
    pending: words('evtchn_pending') };
}

/** A channel between two guests: the port at each end. */
function connect(lab: Lab, a: Built, b: Built) {
  const offer = evtchn(lab, a, op.alloc_unbound,
    pub.EvtchnAllocUnbound,
    { dom: DOMID.SELF, remote_dom: b.domid });
  const bound = evtchn(lab, b, op.bind_interdomain,
    pub.EvtchnBindInterdomain,
    { remote_dom: a.domid, remote_port: offer.port });
  return { offer, bound, pa: offer.port, pb: bound.local_port };
}

test('an event sets its bits, from the port to the upcall', () => {
  const { lab, a, b } = twoGuests();
  const { pa, pb } = connect(lab, a, b);
  expect(state(lab, b)).toMatchObject({ upcall: 1, selector: 1 });
  expect(state(lab, b).pending[0]).toBe(1 << pb);
  expect(state(lab, a)).toMatchObject({ upcall: 0, selector: 0 });
  expect(port(lab, b, op.send, pb)).toBe(0);
  expect(state(lab, a)).toMatchObject({ upcall: 1, selector: 1 });
  expect(state(lab, a).pending[0]).toBe(1 << pa);
});

test('a masked port is pending in silence, until unmasked', () => {
  const { lab, a, b } = twoGuests();
  const { pa, pb } = connect(lab, a, b);
  const { sharedInfo } = vcpuOf(lab.xen, a.domid).domain;
  lab.xen.phys.write32(sharedInfo * 4096
    + SharedInfo.offset(4, 'evtchn_mask'), 1 << pa);
  port(lab, b, op.send, pb);
  expect(state(lab, a)).toMatchObject({ upcall: 0, selector: 0 });
  expect(state(lab, a).pending[0]).toBe(1 << pa);
  expect(port(lab, a, op.unmask, pa)).toBe(0);
  expect(state(lab, a)).toMatchObject({ upcall: 1, selector: 1 });
});

test('ports above 31 use the next selector bit', () => {
  const { lab, a, b } = twoGuests();
  let last = connect(lab, a, b);
  while (last.pa < 40) last = connect(lab, a, b);
  port(lab, b, op.send, last.pb);
  expect(state(lab, a).selector).toBe(2);
  expect(state(lab, a).pending[1]).toBe(1 << 8);
});

test('a 32-bit guest has 1023 ports to give', () => {
  const { lab, a, b } = twoGuests();
  const results = Array.from({ length: 1024 }, () => evtchn(
    lab, a, op.alloc_unbound, pub.EvtchnAllocUnbound,
    { dom: DOMID.SELF, remote_dom: b.domid }));
  expect(results.findLast((r) => r.rc === 0)!.port).toBe(1023);
  expect(results.at(-1)!.rc).toBe(-28);
});

test('who may not', () => {
  const { lab, a, b } = twoGuests();
  const thief = addGuest(lab, helloSource);
  const { offer } = connect(lab, a, b);
  const bind = (g: Built, remote_dom: number, remote_port: number) =>
    evtchn(lab, g, op.bind_interdomain, pub.EvtchnBindInterdomain,
      { remote_dom, remote_port }).rc;
  const again = evtchn(lab, a, op.alloc_unbound,
    pub.EvtchnAllocUnbound, { dom: DOMID.SELF, remote_dom: b.domid });
  expect(bind(thief, a.domid, again.port)).toBe(-22);
  expect(bind(b, a.domid, offer.port)).toBe(-22);
  expect(bind(b, a.domid, 5000)).toBe(-22);
  expect(bind(b, 77, 1)).toBe(-3);
  expect(bind(b, a.domid, again.port)).toBe(0);
  const alloc = (dom: number) => evtchn(lab, a, op.alloc_unbound,
    pub.EvtchnAllocUnbound, { dom, remote_dom: b.domid }).rc;
  expect([alloc(b.domid), alloc(99), alloc(a.domid)])
    .toEqual([-1, -3, 0]);
  for (const n of [0, 63, 64, 4096, 0xffff_ffff]) {
    expect(port(lab, a, op.close, n)).toBe(-22);
    expect(port(lab, a, op.send, n)).toBe(-22);
  }
});

test('closing one end turns the other into an offer', () => {
  const { lab, a, b } = twoGuests();
  const { pa, pb } = connect(lab, a, b);
  port(lab, b, op.send, pb);
  expect(port(lab, a, op.close, pa)).toBe(0);
  expect(state(lab, a).pending[0]).toBe(0);
  const status = evtchn(lab, b, op.status, pub.EvtchnStatus,
    { dom: DOMID.SELF, port: pb });
  expect(status).toMatchObject(
    { rc: 0, status: pub.EVTCHNSTAT.unbound, a: a.domid });
  expect(port(lab, b, op.send, pb)).toBe(0);
  const back = evtchn(lab, a, op.bind_interdomain,
    pub.EvtchnBindInterdomain,
    { remote_dom: b.domid, remote_port: pb });
  expect(back.rc).toBe(0);
});

test('virtual interrupts are bound once, and raised', () => {
  const { lab, a } = twoGuests();
  const bind = (virq: number, vcpu = 0) => evtchn(lab, a,
    op.bind_virq, pub.EvtchnBindVirq, { virq, vcpu });
  const timer = bind(VIRQ.TIMER);
  expect(timer.rc).toBe(0);
  expect(bind(VIRQ.TIMER).rc).toBe(-17);
  expect(bind(VIRQ.TIMER, 1).rc).toBe(-2);
  expect(bind(VIRQ.CONSOLE, 1).rc).toBe(-22);
  expect(bind(24).rc).toBe(-22);
  const v = vcpuOf(lab.xen, a.domid);
  v.timer = 0;
  fireTimers(lab.xen);
  expect(state(lab, a).pending[0]).toBe(1 << timer.port);
});

test('a poller is woken by its port alone', () => {
  const { lab, a, b } = twoGuests();
  const [one, two] = [connect(lab, a, b), connect(lab, a, b)];
  setMask(lab, a, 1);
  const v = vcpuOf(lab.xen, a.domid);
  lab.xen.phys.write32(v.domain.sharedInfo * 4096
    + SharedInfo.offset(4, 'evtchn_mask'), 0xffff_ffff);
  const list = virtualOf(a.plan, a.plan.stack) + 64n;
  copyToGuest(lab.xen, v, list, Uint8Array.of(two.pa, 0, 0, 0));
  const sleep = (nr_ports: number) => callAs(
    lab, a, HYPERVISOR.sched_op, SCHEDOP.poll,
    SchedPoll.encode({ ports: list, nr_ports }, 4)).rc;
  expect(sleep(129)).toBe(-22);
  expect(sleep(1)).toBe(0);
  expect(v.blocked).toBe(true);
  port(lab, b, op.send, one.pb);
  expect(v.blocked).toBe(true);
  port(lab, b, op.send, two.pb);
  expect(v.blocked).toBe(false);
});
