import type { Built } from '../../dom0/builder/build.ts';
import { ALLOCATED } from '../common/frames.ts';
import { copyFromGuest } from '../common/guest-access.ts';
import type { P2mEntry } from '../common/xen.ts';
import {
  EACCES, EINVAL, ENOMEM, ENOSYS, EPERM,
} from '../public/errno.ts';
import type { Struct } from '../public/layout.ts';
import * as mem from '../public/memory.ts';
import { DOMID, HYPERVISOR, MMUEXT } from '../public/xen.ts';
import { entryFor, P } from '../x86/pte.ts';
import { dom0Mapping } from './grants.ts';
import { ext } from './paging.ts';
import type { Attack, Rig } from './rig.ts';

const { XENMEM: op, XENMAPSPACE: space } = mem;
const { SELF } = DOMID;
type Who = Built | 0;

const ask = <T>(r: Rig, who: Who, nr: number, layout: Struct<T>,
  values: Partial<T>) =>
  r.ask(who, HYPERVISOR.memory_op, nr, layout, values);

function list(r: Rig, who: Who, numbers: bigint[], offset = 256) {
  const at = r.record(who) + BigInt(offset);
  const words = r.d(who).width === 4
    ? Uint32Array.from(numbers.map(Number))
    : BigUint64Array.from(numbers);
  r.put(who, at, new Uint8Array(words.buffer));
  return at;
}

/** A reservation with one extent for each number. */
const reserve = (r: Rig, who: Who, nr: number, numbers: bigint[],
  extent_order = 0) => ask(r, who, nr, mem.MemoryReservation, {
  domid: SELF, extent_start: list(r, who, numbers), extent_order,
  nr_extents: BigInt(numbers.length) }).rc;

type Reservation = Parameters<typeof mem.MemoryReservation.encode>[0];

const extents = (extent_start: bigint, n: number, r: Reservation) => ({
  extent_start, nr_extents: BigInt(n), extent_order: 0, mem_flags: 0,
  domid: SELF, ...r });

/** Exchanges these frames for as many. */
function exchange(r: Rig, frames: number[], out: Reservation = {},
  who: Who = r.me, nr_exchanged = 0n) {
  const given = list(r, who, frames.map(BigInt));
  const wanted = list(r, who, frames.map(() => 7n), 1024);
  return ask(r, who, op.exchange, mem.MemoryExchange, { nr_exchanged,
    in: extents(given, frames.length, {}),
    out: extents(wanted, frames.length, out) }).rc;
}

const add = (r: Rig, who: Who, where: number, idx: bigint,
  gpfn: bigint) => ask(r, who, op.add_to_physmap, mem.AddToPhysmap,
  { domid: SELF, space: where, idx, gpfn }).rc;

const removeAt = (r: Rig, who: Who, gpfn: bigint) => ask(r, who,
  op.remove_from_physmap, mem.RemoveFromPhysmap,
  { domid: SELF, gpfn }).rc;

/** What comes of mapping frame `mfn` of domain `u`. */
function foreign(r: Rig, who: Who, u: number, mfn: number): number {
  const errs = list(r, who, [0n], 768);
  ask(r, who, op.add_to_physmap_batch, mem.AddToPhysmapBatch, {
    domid: SELF, space: space.gmfn_foreign, size: 1, u, errs,
    idxs: list(r, who, [BigInt(mfn)]),
    gpfns: list(r, who, [PLACE], 512) });
  const bytes = copyFromGuest(r.xen, r.v(who), errs, 4);
  return new DataView(bytes.buffer).getInt32(0, true);
}

/** Numbers where domain 0 has no memory: a grant's, and another. */
const GRANTED = 1n << 21n;
const PLACE = 1n << 22n;

const at0 = (r: Rig, gfn: bigint): P2mEntry | undefined =>
  r.d(0).p2m.get(Number(gfn));

/** A page of the victim's at GRANTED, by a grant. */
const grant = (r: Rig) =>
  dom0Mapping(r, r.victim, true, GRANTED << 12n);
const LOST = 'a grant is in use that nobody can give back';

const over = (r: Rig): void => r.reach(
  r.d().totPages > r.d().maxPages,
  'the domain has more pages than it may');
/** No page more than it has. */
const limit = (r: Rig): void => {
  r.d().maxPages = r.d().totPages;
};
/** A frame that is mapped once more, to read. */
function mapped(r: Rig): number {
  const mfn = r.spare();
  ext(r, MMUEXT.PIN_L1_TABLE, r.table({ 0: entryFor(mfn, P) }));
  return mfn;
}

export const memoryAttacks: Attack[] = [
  {
    name: "give back the victim's frame",
    tries: 'to have it freed under its owner',
    stops: ['common/memory.ts#removePage#3'], refused: 0,
    run: (r) => reserve(r, r.me, op.decrease_reservation,
      [BigInt(r.frameOf(r.victim))]),
  },
  {
    name: 'give back the shared page',
    tries: 'to have the hypervisor write into a free frame',
    stops: ['common/memory.ts#removePage#2'], refused: 0,
    run: (r) => {
      const { sharedInfo } = r.d();
      const rc = reserve(r, r.me, op.decrease_reservation,
        [BigInt(sharedInfo)]);
      r.reach(r.frames.owner[sharedInfo] !== r.me.domid,
        'the shared page is free, and in use');
      return rc;
    },
  },
  {
    name: 'give a mapped frame back twice',
    tries: 'to have it freed while it is mapped',
    stops: ['common/destroy.ts#dropAllocation#1'], refused: 0,
    run: (r) => {
      const mfn = BigInt(mapped(r));
      reserve(r, r.me, op.decrease_reservation, [mfn]);
      return reserve(r, r.me, op.decrease_reservation, [mfn]);
    },
  },
  {
    name: 'give back a frame that is not there',
    tries: 'to crash the hypervisor with a number',
    stops: [], refused: 0,
    run: (r) =>
      reserve(r, r.me, op.decrease_reservation, [0xfff_ffffn]),
  },
  {
    name: 'populate over the allowance',
    tries: "to have a frame that does not exist entered as its own",
    stops: ['common/memory.ts#populate#3'], refused: 0,
    run: (r) => {
      limit(r);
      const before = r.xen.root.arch.m2p - 4;
      const old = r.phys.read32(before);
      const rc = reserve(
        r, r.me, op.populate_physmap, [BigInt(old ^ 1) & 0xfffffn]);
      r.reach(r.phys.read32(before) !== old,
        'what stands before the M2P is overwritten');
      return rc;
    },
  },
  {
    name: 'a block of 4 MiB',
    tries: 'to take the last large block that there is',
    stops: ['common/memory.ts#fits#1'], refused: 0,
    run: (r) => {
      r.d().maxPages += 1024;
      const rc = reserve(r, r.me, op.increase_reservation, [0n], 10);
      r.reach(rc > 0, 'it has a block larger than a guest may have');
      return rc;
    },
  },
  {
    name: 'more extents than any list has',
    tries: 'to keep the hypervisor busy',
    stops: [], refused: 0,
    run: (r) => {
      limit(r);
      return ask(r, r.me, op.increase_reservation,
        mem.MemoryReservation,
        { domid: SELF, nr_extents: 1n << 25n }).rc;
    },
  },
  {
    name: "exchange the victim's frame",
    tries: 'to have it freed under its owner',
    stops: [
      'common/exchange.ts#loose#1', 'common/exchange.ts#exchange#7',
    ],
    refused: -EINVAL,
    run: (r) => exchange(r, [r.spare(r.victim)]),
  },
  {
    name: 'exchange a frame that is mapped',
    tries: 'to keep the old one, and have a new one',
    stops: ['common/exchange.ts#loose#2'], refused: -EINVAL,
    run: (r) => {
      const mfn = mapped(r);
      limit(r);
      const rc = exchange(r, [mfn]);
      over(r);
      return rc;
    },
  },
  {
    name: 'exchange the shared page',
    tries: 'to have the hypervisor write into a free frame',
    stops: ['common/exchange.ts#loose#3'], refused: -EINVAL,
    run: (r) => {
      const { sharedInfo } = r.d();
      const rc = exchange(r, [sharedInfo]);
      r.reach(r.frames.owner[sharedInfo] !== r.me.domid,
        'the shared page is free, and in use');
      return rc;
    },
  },
  {
    name: 'exchange one frame for two',
    tries: 'to have more pages than it may',
    stops: ['common/exchange.ts#exchange#6'], refused: -EINVAL,
    run: (r) => {
      const mfn = r.spare();
      limit(r);
      const rc = exchange(r, [mfn, mfn]);
      over(r);
      return rc;
    },
  },
  {
    name: 'exchange at an order without end',
    tries: 'to crash the hypervisor with a number',
    stops: ['common/exchange.ts#exchange#1'], refused: -EPERM,
    run: (r) => exchange(r, [r.spare()], { extent_order: 2 ** 32 - 1 }),
  },
  {
    name: 'exchange more than it has',
    tries: 'to keep the hypervisor busy, and use up its memory',
    stops: [
      'common/exchange.ts#plausible#2', 'common/exchange.ts#exchange#3',
    ],
    refused: -EINVAL,
    run: (r) => {
      const many = extents(0x8000_0000n, 2 ** 28, {});
      const { rc } = ask(r, r.me, op.exchange, mem.MemoryExchange,
        { in: many, out: many });
      r.reach(rc !== -EINVAL, 'a list is read for as long as it says');
      return rc;
    },
  },
  {
    name: "exchange domain 0's frame",
    tries: 'to free a frame to which its p2m still leads',
    stops: ['common/exchange.ts#exchange#4'], refused: -EINVAL,
    run: (r) => {
      const { owner, refs, flags } = r.frames;
      const mfn = owner.findIndex((id, i) => id === 0
        && refs[i] === 1 && flags[i] === ALLOCATED);
      const rc = exchange(r, [mfn], {}, 0);
      const free = [...r.d(0).p2m.values()].some((e) =>
        e.mfn === mfn && owner[mfn] !== 0);
      r.reach(free, 'domain 0 uses a frame that is free');
      return rc;
    },
  },
  {
    name: 'exchange one frame for a larger block',
    tries: 'to have more pages than it may',
    stops: [], refused: -EINVAL,
    run: (r) => {
      const mfn = r.spare();
      limit(r);
      const rc = exchange(r, [mfn], { extent_order: 1 });
      over(r);
      return rc;
    },
  },
  {
    name: 'exchange for another domain',
    tries: 'to have the new frames somewhere else',
    stops: [], refused: -EINVAL,
    run: (r) =>
      exchange(r, [r.spare()], { domid: r.victim.domid }),
  },
  {
    name: 'exchange what was exchanged',
    tries: 'to begin in the middle',
    stops: [], refused: -EINVAL,
    run: (r) => exchange(r, [r.spare()], {}, r.me, 1n),
  },
  {
    name: 'exchange when memory is full',
    tries: 'to have frames from nowhere',
    stops: [], refused: -ENOMEM,
    run: (r) => {
      r.exhaust();
      return exchange(r, [r.spare()]);
    },
  },
  {
    name: 'populate where a grant is mapped',
    tries: 'to cover the grant with a page',
    stops: ['common/memory.ts#populate#2'], refused: 0,
    run: (r) => {
      grant(r);
      r.d(0).maxPages++;
      const rc = reserve(r, 0, op.populate_physmap, [GRANTED]);
      r.reach(at0(r, GRANTED)?.type === 'ram_rw', LOST);
      return rc;
    },
  },
  {
    name: 'move a page where a grant is mapped',
    tries: 'to cover the grant with a page',
    stops: ['common/memory.ts#addOne#3'], refused: -EINVAL,
    run: (r) => {
      grant(r);
      const rc = add(r, 0, space.gmfn, 40n, GRANTED);
      r.reach(at0(r, GRANTED)?.type === 'ram_rw', LOST);
      return rc;
    },
  },
  {
    name: 'move a grant',
    tries: 'to have it where its unmapping does not look',
    stops: ['common/memory.ts#movePage#2'], refused: -EINVAL,
    run: (r) => {
      grant(r);
      const rc = add(r, 0, space.gmfn, GRANTED, PLACE);
      r.reach(!at0(r, GRANTED), LOST);
      return rc;
    },
  },
  {
    name: 'remove a grant',
    tries: 'to have it where its unmapping does not look',
    stops: ['common/memory.ts#remove#3'], refused: -EINVAL,
    run: (r) => {
      grant(r);
      const rc = removeAt(r, 0, GRANTED);
      r.reach(!at0(r, GRANTED), LOST);
      return rc;
    },
  },
  {
    name: 'populate behind the last number',
    tries: 'to have two frames at one number',
    stops: ['common/memory.ts#populate#1'], refused: 0,
    run: (r) => {
      const d = r.d(0);
      d.maxPages += 2;
      const before = d.totPages - d.p2m.size;
      const rc = reserve(r, 0, op.populate_physmap, [1n << 60n], 1);
      r.reach(d.totPages - d.p2m.size !== before,
        'it has a frame that no number leads to');
      return rc;
    },
  },
  {
    name: 'move a page that is not there',
    tries: 'to crash the hypervisor with a number',
    stops: ['common/memory.ts#movePage#1'], refused: -EINVAL,
    run: (r) => add(r, 0, space.gmfn, PLACE, PLACE + 1n),
  },
  {
    name: 'remove a page that is not there',
    tries: 'to crash the hypervisor with a number',
    stops: ['common/memory.ts#remove#2'], refused: -EINVAL,
    run: (r) => removeAt(r, 0, PLACE),
  },
  {
    name: "map the victim's frame as another's",
    tries: 'to use a frame without a reference',
    stops: ['common/memory.ts#addForeign#5'], refused: -EINVAL,
    run: (r) => foreign(r, 0, r.me.domid, r.frameOf(r.victim)),
  },
  {
    name: 'map a foreign frame that is not there',
    tries: 'to use a frame that does not exist',
    stops: [], refused: -EINVAL,
    run: (r) => {
      const rc = foreign(r, 0, r.me.domid, 0xfff_ffff);
      r.reach(rc === 0, 'a number leads to no frame');
      return rc;
    },
  },
  {
    name: "map the victim's frame as a guest",
    tries: "to read and write another domain's memory",
    stops: [], refused: -EACCES,
    run: (r) => {
      const rc = foreign(
        r, r.me, r.victim.domid, r.frameOf(r.victim));
      r.reach(rc === 0, "it holds a frame of the victim's");
      return rc;
    },
  },
  {
    name: 'more grant frames by their number',
    tries: 'to have more than its controller allows',
    stops: ['common/memory.ts#addOne#5'], refused: -EINVAL,
    run: (r) => {
      const rc = add(r, 0, space.grant_table, 64n, PLACE);
      r.reach(r.d(0).grants.frames.length > 64,
        'its grant table is larger than it may be');
      return rc;
    },
  },
  {
    name: 'a grant frame when memory is full',
    tries: 'to use a frame that does not exist',
    stops: ['common/memory.ts#addOne#6'], refused: -EINVAL,
    run: (r) => {
      r.exhaust();
      const rc = add(r, 0, space.grant_table, 9n, PLACE);
      r.reach(at0(r, PLACE) !== undefined,
        'a number leads to no frame');
      return rc;
    },
  },
  {
    name: 'a memory map without end',
    tries: "to use up the hypervisor's own memory",
    stops: ['common/memory.ts#setMap#1'], refused: -EINVAL,
    run: (r) => ask(r, 0, op.set_memory_map, mem.ForeignMemoryMap, {
      domid: r.me.domid,
      map: { nr_entries: 2 ** 32 - 1, buffer: 0n } }).rc,
  },
  {
    name: 'ask for a memory map that is not there',
    tries: 'to crash the hypervisor',
    stops: ['common/memory.ts#getMap#1'], refused: -ENOSYS,
    run: (r) => {
      r.d().memoryMap = undefined;
      return ask(r, r.me, op.memory_map, mem.MemoryMap,
        { nr_entries: 9, buffer: r.record() + 256n }).rc;
    },
  },
  {
    name: 'a memory operation that does not exist',
    tries: 'to crash the hypervisor with a number',
    stops: ['common/memory.ts#memoryOp#1'], refused: -ENOSYS,
    run: (r) => r.call(r.me, HYPERVISOR.memory_op, 63n, r.record()),
  },
  {
    name: 'a memory map of its own',
    tries: 'to change what its controller has told it',
    stops: [], refused: -EPERM,
    run: (r) => ask(r, r.me, op.set_memory_map, mem.ForeignMemoryMap, {
      domid: SELF,
      map: { nr_entries: 1, buffer: r.record() + 256n } }).rc,
  },
  {
    name: 'ask for less of a memory map than there is',
    tries: 'to have it written over what stands behind',
    stops: [], refused: -EINVAL,
    run: (r) => {
      r.d().memoryMap = new Uint8Array(2 * mem.E820_ENTRY_BYTES);
      return ask(r, r.me, op.memory_map, mem.MemoryMap,
        { nr_entries: 1, buffer: r.record() + 256n }).rc;
    },
  },
  {
    name: 'a number for a page that needs none',
    tries: 'to have a p2m where there is none',
    stops: [], refused: -EACCES,
    run: (r) => add(r, r.me, space.shared_info, 0n, 5n),
  },
  {
    name: 'remove a page that has no number',
    tries: 'to have a p2m where there is none',
    stops: [], refused: -EACCES,
    run: (r) => removeAt(r, r.me, 5n),
  },
  {
    name: 'move a page behind the last number',
    tries: 'to have it where nobody looks',
    stops: [], refused: -EINVAL,
    run: (r) => add(r, 0, space.gmfn, 40n, 1n << 54n),
  },
  {
    name: 'a second shared page',
    tries: 'to have one that it has not',
    stops: [], refused: -EINVAL,
    run: (r) => add(r, 0, space.shared_info, 1n, PLACE),
  },
  {
    name: 'a space that does not exist',
    tries: 'to find out what it is',
    stops: [], refused: -ENOSYS,
    run: (r) => add(r, 0, 99, 0n, PLACE),
  },
  {
    name: 'its own frame as a foreign one',
    tries: 'to have it twice',
    stops: [], refused: -EINVAL,
    run: (r) => foreign(r, 0, SELF, 40),
  },
  {
    name: 'its own frame as a foreign one, by number',
    tries: 'to have it twice',
    stops: [], refused: -EINVAL,
    run: (r) => foreign(r, 0, 0, 40),
  },
  {
    name: 'a foreign frame by the older call',
    tries: 'to map a frame without saying whose it is',
    stops: [], refused: -ENOSYS,
    run: (r) => add(r, 0, space.gmfn_foreign, 40n, PLACE),
  },
];
