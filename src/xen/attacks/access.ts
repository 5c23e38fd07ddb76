import { domctl } from '../../dom0/builder/bench.ts';
import { virtualOf } from '../../dom0/builder/plan.ts';
import {
  DOMCTL, DomctlCreatedomain, encodeDomctl,
} from '../public/domctl.ts';
import { EFAULT, EINVAL, ENOMEM, EPERM, ESRCH } from
  '../public/errno.ts';
import { EVTCHNOP, EvtchnAllocUnbound, EvtchnStatus } from
  '../public/event_channel.ts';
import { MemoryReservation, XENMEM } from '../public/memory.ts';
import { DOMID, HYPERVISOR, MMUEXT } from '../public/xen.ts';
import { dom0Mapping } from './grants.ts';
import { ext, l1Slot, update } from './paging.ts';
import { entryFor } from '../x86/pte.ts';
import { IDT_AT } from '../x86/layout.ts';
import type { Attack, Rig } from './rig.ts';

const SELF = BigInt(DOMID.SELF);

/** Has the hypervisor write a count to `at`: one word, value 1. */
function writeTo(r: Rig, at: bigint): number {
  const mfn = r.spare();
  update(r, mfn, 0, 0n, 0);
  return r.call(r.me, HYPERVISOR.mmu_update, r.record(), 1n, at, SELF);
}

/** A domain that is dead, but of which a frame is still in use. */
function kill(r: Rig): number {
  const mfn = r.frameOf(r.friend);
  r.frames.refs[mfn]!++;
  domctl(r.scene.lab.bench, DOMCTL.destroydomain, r.friend.domid);
  return mfn;
}

const reserve = (r: Rig, who: number | Rig['me'], op: number,
  domid: number = DOMID.SELF) => {
  const width = r.d(who).width;
  r.put(who, r.record(who) + 256n, new Uint8Array(8));
  r.put(who, r.record(who), MemoryReservation.encode({ domid,
    nr_extents: 1n, extent_start: r.record(who) + 256n }, width));
  return r.call(who, HYPERVISOR.memory_op, BigInt(op), r.record(who));
};

export const accessAttacks: Attack[] = [
  {
    name: 'a result to be written into the hypervisor',
    tries: 'to write the interrupt table by a pointer',
    stops: [
      'x86/guest-pointer.ts#guestToMachine#1',
      'x86/guest-pointer.ts#guestToMachine#3',
    ],
    refused: -EFAULT,
    run: (r) => writeTo(r, BigInt(IDT_AT)),
  },
  {
    name: 'a result for a processor without page tables',
    tries: 'to have page tables walked that are not there',
    stops: ['x86/guest-pointer.ts#guestToMachine#2'], refused: -EFAULT,
    run: (r) => {
      const { arch } = r.v();
      const table = arch.guestTable;
      arch.guestTable = -1;
      try {
        return r.call(r.me, HYPERVISOR.multicall, 0x1000n, 1n);
      } finally {
        arch.guestTable = table;
      }
    },
  },
  {
    name: 'a record that is not there',
    tries: 'to crash the hypervisor with a bad pointer',
    stops: [], refused: -EFAULT,
    run: (r) => r.call(r.me, HYPERVISOR.multicall, 0x8000_0000n, 1n),
  },
  {
    name: 'a record where domain 0 has no memory',
    tries: 'to crash the hypervisor with a bad pointer',
    stops: ['x86/guest-pointer.ts#translatedToMachine#1'],
    refused: -EFAULT,
    run: (r) => r.call(0, HYPERVISOR.multicall, 1n << 36n, 1n),
  },
  {
    name: 'a result to be written to a read-only grant',
    tries: "to write another's page that is granted to read",
    stops: ['x86/guest-pointer.ts#translatedToMachine#2'],
    refused: -EFAULT,
    run: (r) => {
      const at = dom0Mapping(r, r.victim, true);
      return r.call(0, HYPERVISOR.event_channel_op,
        BigInt(EVTCHNOP.bind_ipi), at);
    },
  },
  {
    name: 'a result to be written through an absent entry',
    tries: "to write another's memory through an entry that nobody"
      + ' checked, since it is not present',
    stops: ['x86/walk.ts#translate#1'], refused: -EFAULT,
    run: (r) => {
      const va = virtualOf(r.me.plan, r.me.plan.mapped - 2);
      const { table, index } = l1Slot(r, va);
      update(r, table, index, entryFor(r.frameOf(r.victim), 2n));
      return writeTo(r, va);
    },
  },
  {
    name: 'a result to be written to a page table',
    tries: 'to have the hypervisor write what the guest may not',
    stops: ['x86/walk.ts#translate#2'], refused: -EFAULT,
    run: (r) => writeTo(r,
      virtualOf(r.me.plan, r.me.plan.tableRun.pfn)),
  },
  {
    name: 'a domain when memory is full',
    tries: 'to crash the hypervisor by using it up',
    stops: [
      'common/domain.ts#createDomain#1',
      'common/frames.ts#allocXenFrames#1',
    ],
    refused: -ENOMEM,
    run: (r) => {
      r.exhaust(1);
      r.put(0, r.record(0), encodeDomctl(DOMCTL.createdomain, 0,
        DomctlCreatedomain.encode({ max_vcpus: 1,
          arch: { emulation_flags: 0, misc_flags: 0 } }, 8)));
      const rc = r.call(0, HYPERVISOR.domctl, r.record(0));
      r.reach(rc === 0, 'a domain without tables of its own');
      return rc;
    },
  },
  {
    name: 'the state of a port of a domain that does not exist',
    tries: 'to crash the hypervisor with a number',
    stops: ['common/domain.ts#domainById#1'], refused: -ESRCH,
    run: (r) => r.ask(r.me, HYPERVISOR.event_channel_op,
      EVTCHNOP.status, EvtchnStatus, { dom: 999, port: 1 }).rc,
  },
  {
    name: "pin a dead domain's frame",
    tries: 'to keep a frame that nothing will ever free',
    stops: ['common/domain.ts#domainById#2'], refused: -ESRCH,
    run: (r) => {
      const mfn = kill(r);
      const dead = r.d(r.friend).id;
      const rc = ext(r, MMUEXT.PIN_L1_TABLE, mfn, 0n, BigInt(dead), 0);
      r.reach(rc !== -ESRCH, 'the dead domain answers');
      r.frames.refs[mfn]!--;
      return rc;
    },
  },
  {
    name: 'a port in a dead domain',
    tries: 'a channel that nothing will ever close',
    stops: [], refused: -ESRCH,
    run: (r) => {
      const mfn = kill(r);
      const { rc } = r.ask(0, HYPERVISOR.event_channel_op,
        EVTCHNOP.alloc_unbound, EvtchnAllocUnbound,
        { dom: r.friend.domid, remote_dom: 0 });
      r.reach(rc === 0, 'the dead domain has a port again');
      r.frames.refs[mfn]!--;
      return rc;
    },
  },
  {
    name: 'memory for a dead domain',
    tries: 'to give frames to nobody, for ever',
    stops: [], refused: -ESRCH,
    run: (r) => {
      const mfn = kill(r);
      const rc = reserve(
        r, 0, XENMEM.increase_reservation, r.friend.domid);
      r.reach(rc > 0, 'the dead domain has memory again');
      r.frames.refs[mfn]!--;
      return rc;
    },
  },
  {
    name: "unpin a table in the victim's name",
    tries: 'to give back what the victim relies on',
    stops: ['common/domain.ts#targetDomain#1'], refused: -EPERM,
    run: (r) => {
      const theirs = BigInt(r.victim.domid);
      const { flags } = r.frames;
      const table = r.v(r.victim).arch.guestTable;
      const pinned = flags[table];
      const rc = ext(r, MMUEXT.UNPIN_TABLE, table, 0n, theirs);
      r.reach(flags[table] !== pinned,
        "the victim's table is unpinned");
      return rc;
    },
  },
  {
    name: 'more memory than allowed',
    tries: 'to use up the memory of all others',
    stops: ['common/frames.ts#allocDomainFrames#1'], refused: 0,
    run: (r) => {
      r.d().maxPages = r.d().totPages;
      const rc = reserve(r, r.me, XENMEM.increase_reservation);
      r.reach(r.d().totPages > r.d().maxPages,
        'the domain has more pages than it may');
      return rc;
    },
  },
  {
    name: 'a list of a million calls',
    tries: 'to keep the hypervisor busy for as long as it likes',
    stops: ['common/multicall.ts#multicall#1'], refused: -EINVAL,
    run: (r) => {
      const rc = r.call(r.me, HYPERVISOR.multicall,
        r.record(), 1_000_000n);
      r.reach(rc !== -EINVAL, 'one call makes as many as it says');
      return rc;
    },
  },
  {
    name: 'a list of calls at address 0',
    tries: 'to crash the hypervisor with a bad pointer',
    stops: [], refused: -EFAULT,
    run: (r) => r.call(r.me, HYPERVISOR.multicall, 0n, 1n),
  },
];
