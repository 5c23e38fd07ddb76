import { expect, test } from 'vitest';
import { addGuest, callWith, openLab, runGuest, vcpuOf } from
  '#book/guests/lab.ts';
import { helloSource } from '#book/guests/pv-hello.ts';
import { upcallSource } from '#book/guests/pv-upcall.ts';
import * as pub from '#book/xen/public/event_channel.ts';
import { DOMID, HYPERVISOR, SharedInfo } from
  '#book/xen/public/xen.ts';
import { Errno } from '#book/xen/common/errno.ts';
import { sendEvent } from './send.ts';

const nr = HYPERVISOR.event_channel_op;

function caught(run: () => void): unknown {
  try {
    run();
  } catch (thrown) {
    return thrown;
  }
  return undefined;
}

test('offers, partners and nonsense', () => {
  const lab = openLab();
  const [a, b] = [addGuest(lab, helloSource),
    addGuest(lab, helloSource)];
  const { port } = callWith(lab, a, nr, 6, pub.EvtchnAllocUnbound,
    { dom: DOMID.SELF, remote_dom: b.domid });
  const d = vcpuOf(lab.xen, a.domid).domain;
  const far = vcpuOf(lab.xen, b.domid).domain;
  const pending = () => lab.xen.phys.read32(far.sharedInfo * 4096
    + SharedInfo.offset(4, 'evtchn_pending'));
  sendEvent(lab.xen, d, port);
  expect(pending()).toBe(0);
  const { local_port } = callWith(lab, b, nr, 0,
    pub.EvtchnBindInterdomain,
    { remote_dom: a.domid, remote_port: port });
  lab.xen.phys.write32(far.sharedInfo * 4096
    + SharedInfo.offset(4, 'evtchn_pending'), 0);
  sendEvent(lab.xen, d, port);
  expect(pending()).toBe(1 << local_port);
  for (const bad of [0, 50, 5000]) {
    expect(caught(() => sendEvent(lab.xen, d, bad)))
      .toBeInstanceOf(Errno);
  }
});

test('the interrupted guest runs on it', () => {
  const lab = openLab();
  const { domid } = addGuest(lab, upcallSource);
  runGuest(lab, domid);
  expect(lab.log.at(-1)).toMatch(/interrupted in both rings/);
});
