import type { Built } from '../../dom0/builder/build.ts';
import {
  EEXIST, EINVAL, ENOENT, ENOSPC, ENOSYS,
} from '../public/errno.ts';
import * as pub from '../public/event_channel.ts';
import type { Struct } from '../public/layout.ts';
import { SCHEDOP, SchedPoll } from '../public/sched.ts';
import {
  DOMID, HYPERVISOR, NR_VIRQS, SharedInfo, VIRQ,
} from '../public/xen.ts';
import type { Attack, Rig } from './rig.ts';

const { EVTCHNOP: op } = pub;

const evtchn = <T>(r: Rig, who: Built, nr: number, layout: Struct<T>,
  values: Partial<T>) =>
  r.ask(who, HYPERVISOR.event_channel_op, nr, layout, values);

const port = (r: Rig, nr: number, n: number) =>
  evtchn(r, r.me, nr, pub.EvtchnPort, { port: n }).rc;

/** `from` offers a port to `to`. */
const offer = (r: Rig, from: Built, to: Built) => evtchn(
  r, from, op.alloc_unbound, pub.EvtchnAllocUnbound,
  { dom: DOMID.SELF, remote_dom: to.domid });

const take = (r: Rig, from: Built, remote_port: number) => evtchn(
  r, r.me, op.bind_interdomain, pub.EvtchnBindInterdomain,
  { remote_dom: from.domid, remote_port });

const bindVirq = (r: Rig, virq: number, vcpu = 0) => evtchn(
  r, r.me, op.bind_virq, pub.EvtchnBindVirq, { virq, vcpu });
const bindIpi = (r: Rig, vcpu: number) => evtchn(
  r, r.me, op.bind_ipi, pub.EvtchnBindIpi, { vcpu });
const bindVcpu = (r: Rig, n: number, vcpu: number) => evtchn(
  r, r.me, op.bind_vcpu, pub.EvtchnBindVcpu, { port: n, vcpu }).rc;

const nobody = (r: Rig, n: number) =>
  r.d().vcpus[r.d().events[n]?.vcpu ?? 0] === undefined;
const LOST = 'a port rings for a processor that does not exist';

/** A list of ports and a poll of `n` of them. */
function poll(r: Rig, ports: number[], n = ports.length): number {
  const list = r.record() + 256n;
  r.put(r.me, list, new Uint8Array(Uint32Array.from(ports).buffer));
  return r.ask(r.me, HYPERVISOR.sched_op, SCHEDOP.poll, SchedPoll,
    { ports: list, nr_ports: n }).rc;
}

export const eventAttacks: Attack[] = [
  {
    name: 'one port more than there are bits',
    tries: "to set a bit outside the page's bitmap",
    stops: ['common/event.ts#freePort#2'], refused: -ENOSPC,
    run: (r) => {
      let last = offer(r, r.me, r.friend);
      while (last.rc === 0 && last.port < 1024) {
        last = offer(r, r.me, r.friend);
      }
      r.reach(last.rc === 0, `port ${last.port} has no bit`);
      return last.rc;
    },
  },
  {
    name: 'more ports than allowed',
    tries: "to use more of Xen's memory than its share",
    stops: ['common/event.ts#freePort#3'], refused: -ENOSPC,
    run: (r) => {
      Object.assign(r.d(), { maxEvtchnPort: 10 });
      let last = offer(r, r.me, r.friend);
      while (last.rc === 0 && last.port < 12) {
        last = offer(r, r.me, r.friend);
      }
      r.reach(last.rc === 0, `port ${last.port} of at most 10`);
      return last.rc;
    },
  },
  {
    name: 'take an offer twice',
    tries: 'to have two ports lead to one',
    stops: ['common/event.ts#bindInterdomain#1'], refused: -EINVAL,
    run: (r) => {
      const { port: theirs } = offer(r, r.friend, r.me);
      take(r, r.friend, theirs);
      return take(r, r.friend, theirs).rc;
    },
  },
  {
    name: 'take an offer that is for another',
    tries: "to listen to another's channel",
    stops: ['common/event.ts#bindInterdomain#2'], refused: -EINVAL,
    run: (r) => {
      const { port: theirs } = offer(r, r.friend, r.victim);
      const { rc } = take(r, r.friend, theirs);
      r.reach(rc === 0, "the victim's channel ends here");
      return rc;
    },
  },
  {
    name: 'an interrupt of a processor that is not there',
    tries: 'to crash the hypervisor with a number',
    stops: ['common/event.ts#vcpuOf#1'], refused: -ENOENT,
    run: (r) => bindVirq(r, VIRQ.TIMER, 99).rc,
  },
  {
    name: 'a virtual interrupt that does not exist',
    tries: "to make one of the hypervisor's arrays grow",
    stops: ['common/event.ts#bindVirq#1'], refused: -EINVAL,
    run: (r) => {
      const { rc } = bindVirq(r, 1_000_000);
      const { length } = r.v().virqPorts;
      r.reach(length > NR_VIRQS, `a list of ${length} interrupts`);
      return rc;
    },
  },
  {
    name: 'a global interrupt on the second processor',
    tries: 'to bind one interrupt twice',
    stops: ['common/event.ts#bindVirq#2'], refused: -EINVAL,
    run: (r) => {
      bindVirq(r, VIRQ.CONSOLE);
      const { rc } = bindVirq(r, VIRQ.CONSOLE, 1);
      r.reach(rc === 0, 'one interrupt rings at two ports');
      return rc;
    },
  },
  {
    name: 'the timer, twice',
    tries: 'to leave a port behind that nothing will ever close',
    stops: ['common/event.ts#bindVirq#3'], refused: -EEXIST,
    run: (r) => {
      const first = bindVirq(r, VIRQ.TIMER);
      const { rc } = bindVirq(r, VIRQ.TIMER);
      const heard = r.v().virqPorts[VIRQ.TIMER] === first.port;
      r.reach(!heard, 'the first port will never ring again');
      return rc;
    },
  },
  {
    name: 'a port for a processor that is not there',
    tries: 'to send an event to nobody',
    stops: ['common/event.ts#bindIpi#1'], refused: -ENOENT,
    run: (r) => {
      const { rc, port: n } = bindIpi(r, 99);
      r.reach(rc === 0 && nobody(r, n), LOST);
      return rc;
    },
  },
  {
    name: 'close a port that does not exist',
    tries: 'to crash the hypervisor with a number',
    stops: ['common/event.ts#closePort#1'], refused: -EINVAL,
    run: (r) => port(r, op.close, 60_000),
  },
  {
    name: 'close a free port',
    tries: 'to free what is free',
    stops: [], refused: -EINVAL,
    run: (r) => port(r, op.close, 40),
  },
  {
    name: 'close port 0',
    tries: 'to be given the number that means “none”',
    stops: ['common/event.ts#closePort#3'], refused: -EINVAL,
    run: (r) => {
      const rc = port(r, op.close, 0);
      const { port: n } = bindVirq(r, VIRQ.TIMER);
      r.reach(n === 0,
        'the timer is at port 0, which means “none”');
      return rc;
    },
  },
  {
    name: 'send on a port that is free',
    tries: 'to reach somebody, or nobody',
    stops: [], refused: -EINVAL,
    run: (r) => port(r, op.send, 40),
  },
  {
    name: 'unmask a port that does not exist',
    tries: 'to crash the hypervisor with a number',
    stops: ['common/event.ts#unmaskPort#1'], refused: -EINVAL,
    run: (r) => port(r, op.unmask, 60_000),
  },
  {
    name: 'poll a million ports',
    tries: 'to keep the hypervisor busy for as long as it likes',
    stops: ['common/event.ts#poll#1'], refused: -EINVAL,
    run: (r) => {
      const rc = poll(r, [1], 300);
      r.reach(rc !== -EINVAL,
        'one call reads as many ports as it says');
      return rc;
    },
  },
  {
    name: 'poll a port that does not exist',
    tries: "to read a bit of the hypervisor's memory",
    stops: ['common/event.ts#poll#2'], refused: -EINVAL,
    run: (r) => {
      const bits = r.d().sharedInfo * 4096
        + SharedInfo.offset(4, 'evtchn_pending');
      // Bit 0 of the hypervisor's own code.
      const far = (r.xen.root.arch.text * 4096 - bits) * 8;
      const rc = poll(r, [far >>> 0]);
      r.reach(rc === 0,
        'whether a bit of any memory is set: by sleeping, or not');
      return rc;
    },
  },
  {
    name: 'the state of a port that does not exist',
    tries: 'to crash the hypervisor with a number',
    stops: ['common/event.ts#portStatus#1'], refused: -EINVAL,
    run: (r) => evtchn(r, r.me, op.status, pub.EvtchnStatus,
      { dom: DOMID.SELF, port: 60_000 }).rc,
  },
  {
    name: 'move a port to a processor that is not there',
    tries: 'to send an event to nobody',
    stops: ['common/event.ts#bindVcpu#1'], refused: -ENOENT,
    run: (r) => {
      const { port: n } = offer(r, r.me, r.friend);
      const rc = bindVcpu(r, n, 99);
      r.reach(nobody(r, n), LOST);
      return rc;
    },
  },
  {
    name: "move another processor's own interrupt",
    tries: 'to have two processors interrupt themselves at one port',
    stops: ['common/event.ts#bindVcpu#2', 'common/event.ts#bindVcpu#3'],
    refused: -EINVAL,
    run: (r) => {
      const { port: n } = bindIpi(r, 0);
      const rc = bindVcpu(r, n, 1);
      r.reach(r.d().events[n]!.vcpu === 1, 'its IPI rings elsewhere');
      return rc;
    },
  },
  {
    name: "move a processor's timer",
    tries: "to stop a processor's clock",
    stops: ['common/event.ts#bindVcpu#4'], refused: -EINVAL,
    run: (r) => {
      const { port: n } = bindVirq(r, VIRQ.TIMER);
      const rc = bindVcpu(r, n, 1);
      r.reach(r.d().events[n]!.vcpu === 1, 'its timer rings elsewhere');
      return rc;
    },
  },
  {
    name: 'move a port that does not exist',
    tries: 'to crash the hypervisor with a number',
    stops: [], refused: -EINVAL,
    run: (r) => bindVcpu(r, 60_000, 0),
  },
  {
    name: 'an event operation that does not exist',
    tries: 'to crash the hypervisor with a number',
    stops: ['common/event.ts#eventChannelOp#1'], refused: -ENOSYS,
    run: (r) => r.call(r.me, HYPERVISOR.event_channel_op, 99n, 0n),
  },
];
