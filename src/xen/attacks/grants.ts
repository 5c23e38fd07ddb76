import { domctl } from '../../dom0/builder/bench.ts';
import type { Built } from '../../dom0/builder/build.ts';
import { virtualOf } from '../../dom0/builder/plan.ts';
import { DOMCTL } from '../public/domctl.ts';
import { EINVAL, ENOSYS, EOPNOTSUPP, EPERM } from
  '../public/errno.ts';
import * as pub from '../public/grant_table.ts';
import type { Struct } from '../public/layout.ts';
import { DOMID, HYPERVISOR, MMUEXT } from '../public/xen.ts';
import { entryFor, frameOf, P } from '../x86/pte.ts';
import { ext, l1Slot } from './paging.ts';
import type { Attack, Rig } from './rig.ts';

const { GNTTABOP: op, GNTMAP, GNTST, GTF, GNTTAB_CACHE } = pub;
type Who = Built | 0;
const idOf = (who: Who): number => who === 0 ? 0 : who.domid;

const gnt = <T>(r: Rig, who: Who, nr: number, layout: Struct<T>,
  values: Partial<T>) =>
  r.ask(who, HYPERVISOR.grant_table_op, nr, layout, values);

/** `owner` writes an entry of its table. */
export function grantTo(r: Rig, owner: Who, ref: number, to: Who,
  frame: number, flags: number = GTF.permit_access): void {
  const at = r.d(owner).grants.frames[0]! * 4096 + ref * 8;
  r.phys.write16(at, flags);
  r.phys.write16(at + 2, idOf(to));
  r.phys.write32(at + 4, frame);
}

const place = (r: Rig, n = 2): bigint =>
  virtualOf(r.me.plan, r.me.plan.mapped - n);
const spot = (who: Built, n = 2): bigint =>
  virtualOf(who.plan, who.plan.mapped - n);

const map = (r: Rig, owner: Who, ref: number,
  flags: number = GNTMAP.host_map, host_addr = place(r),
  who: Who = r.me) => gnt(r, who, op.map_grant_ref,
  pub.GrantMapGrantRef,
  { host_addr, flags, ref, dom: idOf(owner) });
const unmap = (r: Rig, handle: number, host_addr = place(r),
  dev_bus_addr = 0n, who: Who = r.me) =>
  gnt(r, who, op.unmap_grant_ref, pub.GrantUnmapGrantRef,
    { host_addr, dev_bus_addr, handle }).status;
const replace = (r: Rig, handle: number, host_addr: bigint,
  new_addr: bigint, who: Who = r.me) => gnt(r, who,
  op.unmap_and_replace, pub.GrantUnmapAndReplace,
  { host_addr, new_addr, handle }).status;

const AT0 = 1n << 33n;

/** Maps a page of `owner` for domain 0; where. */
export function dom0Mapping(r: Rig, owner: Built, readonly: boolean,
  at = AT0, ref = 20): bigint {
  grantTo(r, owner, ref, 0, r.frameOf(owner), GTF.permit_access
    | (readonly ? GTF.readonly : 0));
  map(r, owner, ref, GNTMAP.host_map
    | (readonly ? GNTMAP.readonly : 0), at, 0);
  return at;
}

/** The victim grants its page to me as 8, and I map it. */
function mapped(r: Rig, flags: number = GNTMAP.host_map,
  at = place(r)) {
  grantTo(r, r.victim, 8, r.me, r.frameOf(r.victim));
  return map(r, r.victim, 8, flags, at);
}

const MAPPED = "the victim's page is mapped, and was not granted";

/** Tries to map what a lie of the owner's, or none, allows. */
const lie = (flags: number, to: (r: Rig) => Who,
  how: number = GNTMAP.host_map) => (r: Rig): number => {
  grantTo(r, r.victim, 8, to(r), r.frameOf(r.victim), flags);
  const { status } = map(r, r.victim, 8, how);
  r.reach(status === 0, MAPPED);
  return status;
};

const copy = (r: Rig, from: { u: bigint; domid: number },
  to: { u: bigint; domid: number }, flags = 0, len = 16,
  offsets = [0, 0]) => gnt(r, r.me, op.copy, pub.GrantCopy, {
  source: { ...from, offset: offsets[0]! },
  dest: { ...to, offset: offsets[1]! }, len, flags }).status;

const transfer = (r: Rig, mfn: number, to: Who, ref = 9,
  who: Who = r.me) => gnt(r, who, op.transfer, pub.GrantTransfer,
  { mfn: BigInt(mfn), domid: idOf(to), ref }).status;
const accept = (r: Rig, who: Who, from: Who = r.me, frame = 0) => {
  r.d(who).maxPages = r.d(who).totPages + 1;
  grantTo(r, who, 9, from, frame, GTF.accept_transfer);
};

const flush = (r: Rig, mfn: number, offset = 0, length = 64,
  kind: number = GNTTAB_CACHE.clean) =>
  gnt(r, r.me, op.cache_flush, pub.GrantCacheFlush,
    { address: BigInt(mfn) << 12n, offset, length, op: kind }).rc;

const setup = (r: Rig, nr_frames: number, dom: number = DOMID.SELF) =>
  gnt(r, r.me, op.setup_table, pub.GrantSetupTable, { dom, nr_frames,
    frame_list: r.record() + 512n }).status;

/** Swaps two grants, of which the accomplice uses 8. */
function swapInUse(r: Rig, ref_a: number, ref_b: number): number {
  grantTo(r, r.me, 8, r.friend, r.spare());
  map(r, r.me, 8, GNTMAP.host_map, spot(r.friend), r.friend);
  const { status } = gnt(r, r.me, op.swap_grant_ref,
    pub.GrantSwapGrantRef, { ref_a, ref_b });
  r.reach(status === 0, 'an entry in use has another place');
  return status;
}

const byEntry = GNTMAP.host_map | GNTMAP.contains_pte;
const mapAtEntry = (r: Rig, at: number) => {
  const { status, handle } = mapped(r, byEntry, BigInt(at));
  return { status, handle };
};

export const grantAttacks: Attack[] = [
  { name: 'map what was never granted',
    tries: "to read and write another's page",
    stops: [
      'common/grant.ts#checkEntry#1',
      'common/grant.ts#checkEntry#2',
    ],
    refused: GNTST.general_error,
    run: lie(GTF.invalid, (r) => r.me) },
  { name: 'map what is granted to another',
    tries: "to read and write another's page",
    stops: ['common/grant.ts#checkEntry#3'],
    refused: GNTST.general_error,
    run: lie(GTF.permit_access, (r) => r.friend) },
  { name: 'map for writing what is granted for reading',
    tries: "to write another's page",
    stops: ['common/grant.ts#checkEntry#4'],
    refused: GNTST.general_error,
    run: lie(GTF.permit_access | GTF.readonly, (r) => r.me) },
  { name: 'a grant beyond the table',
    tries: 'to have memory after the table taken for a grant',
    stops: ['common/grant.ts#activate#1'], refused: GNTST.bad_gntref,
    run: (r) => map(r, r.victim, 512).status },
  { name: 'a grant that another is using',
    tries: "to join in another's mapping",
    stops: [
      'common/grant.ts#activate#2',
      'common/grant.ts#activate#3',
      'common/grant.ts#pin#2',
      'common/grant.ts#mapGrant#1',
    ],
    refused: GNTST.general_error,
    run: (r) => {
      grantTo(r, r.victim, 8, r.friend, r.frameOf(r.victim));
      map(r, r.victim, 8, GNTMAP.host_map, spot(r.friend), r.friend);
      const { status } = map(r, r.victim, 8);
      r.reach(status === 0, MAPPED);
      return status;
    } },
  { name: 'one grant, 129 times',
    tries: 'to make a counter overflow',
    stops: ['common/grant.ts#activate#4'], refused: GNTST.general_error,
    run: (r) => {
      let last = mapped(r, GNTMAP.device_map);
      for (let i = 0; i < 128; i++) {
        last = map(r, r.victim, 8, GNTMAP.device_map);
      }
      r.reach(last.status === 0, 'a use that eight bits cannot count');
      return last.status;
    } },
  { name: 'grant on what was granted',
    tries: 'to pass on what domain 0 has only borrowed',
    stops: [], refused: GNTST.bad_page,
    run: (r) => {
      const at = dom0Mapping(r, r.victim, false);
      grantTo(r, 0, 8, r.me, Number(at >> 12n));
      const { status } = map(r, 0, 8);
      r.reach(status === 0, MAPPED);
      return status;
    } },
  { name: "grant another's page",
    tries: "to have an accomplice map the victim's page",
    stops: [], refused: GNTST.bad_page,
    run: (r) => {
      grantTo(r, r.me, 8, r.friend, r.frameOf(r.victim));
      return map(
        r, r.me, 8, GNTMAP.host_map, spot(r.friend), r.friend).status;
    } },
  { name: 'grant a page table',
    tries: 'to have an accomplice write page tables',
    stops: [], refused: GNTST.general_error,
    run: (r) => {
      grantTo(r, r.me, 8, r.friend, r.v().arch.guestTable);
      return map(
        r, r.me, 8, GNTMAP.host_map, spot(r.friend), r.friend).status;
    } },
  { name: 'map a grant where no page table is',
    tries: 'a use that is counted and leads nowhere',
    stops: ['x86/grant.ts#createHostMapping#1'],
    refused: GNTST.general_error,
    run: (r) => {
      const { status } = mapped(r, GNTMAP.host_map, 0xf200_0000n);
      r.reach(status === 0, 'a use that no L1 entry shows');
      return status;
    } },
  { name: 'map a grant in the hole',
    tries: 'to map a page among the hypervisor’s own',
    stops: [], refused: GNTST.general_error,
    run: (r) => mapped(r, GNTMAP.host_map, 0xf680_0000n).status },
  { name: 'map a grant for nothing',
    tries: 'a handle for no use at all',
    stops: ['common/grant.ts#mapOne#1'], refused: GNTST.bad_gntref,
    run: (r) => {
      const { status } = mapped(r, 0);
      r.reach(status === 0, 'a handle that nothing can give back');
      return status;
    } },
  { name: 'a device mapping in a translated domain',
    tries: 'a machine address that a device would believe',
    stops: ['common/grant.ts#mapOne#2'], refused: GNTST.general_error,
    run: (r) => {
      grantTo(r, r.victim, 20, 0, r.frameOf(r.victim));
      const { status } = map(
        r, r.victim, 20, GNTMAP.device_map, AT0, 0);
      r.reach(status === 0, 'a use that its page table does not show');
      return status;
    } },
  { name: 'a grant of a domain that does not exist',
    tries: 'to crash the hypervisor with a number',
    stops: ['common/grant.ts#grantDomain#1'], refused: GNTST.bad_domain,
    run: (r) => gnt(r, r.me, op.map_grant_ref, pub.GrantMapGrantRef,
      { host_addr: place(r), flags: GNTMAP.host_map, ref: 8,
        dom: 999 }).status },
  { name: 'a grant of a dead domain',
    tries: 'to keep a dead domain alive',
    stops: ['common/grant.ts#grantDomain#2'], refused: GNTST.bad_domain,
    run: (r) => {
      const mfn = r.frameOf(r.friend);
      for (const ref of [8, 9]) grantTo(r, r.friend, ref, r.me, mfn);
      map(r, r.friend, 8);
      domctl(r.scene.lab.bench, DOMCTL.destroydomain, r.friend.domid);
      const { status } = map(r, r.friend, 9, GNTMAP.host_map,
        place(r, 3));
      r.reach(status === 0, 'one more use of a dead domain');
      return status;
    } },
  { name: 'more handles than allowed',
    tries: "to use more of Xen's memory than its share",
    stops: ['common/grant.ts#mapOne#4'], refused: GNTST.no_device_space,
    run: (r) => {
      Object.assign(r.d(), { maxMaptrackFrames: 0 });
      const { status } = mapped(r);
      r.reach(status === 0, 'a handle, of none allowed');
      return status;
    } },
  { name: 'unmap a handle that does not exist',
    tries: 'to crash the hypervisor with a number',
    stops: [], refused: GNTST.bad_handle,
    run: (r) => unmap(r, 77) },
  { name: 'unmap a wrong device address',
    tries: 'to give back something else than was mapped',
    stops: [], refused: GNTST.general_error,
    run: (r) => unmap(
      r, mapped(r, GNTMAP.device_map).handle, 0n, 0x1000n) },
  { name: 'unmap at a wrong address',
    tries: 'to end a use, and keep the mapping',
    stops: [
      'common/grant.ts#unmapGrant#4',
      'x86/grant.ts#replaceHostMapping#6',
    ],
    refused: GNTST.general_error,
    run: (r) => unmap(r, mapped(r).handle, place(r, 3)) },
  { name: 'unmap where no page table is',
    tries: 'to end a use, and keep the mapping',
    stops: [], refused: GNTST.general_error,
    run: (r) => unmap(r, mapped(r).handle, 0xf200_0000n) },
  { name: "copy the victim's frame by number",
    tries: "to read another's memory",
    stops: ['common/grant.ts#copyGrant#1'],
    refused: GNTST.permission_denied,
    run: (r) => {
      const status = copy(r,
        { u: BigInt(r.frameOf(r.victim)), domid: r.victim.domid },
        { u: BigInt(r.spare()), domid: DOMID.SELF });
      r.reach(status === 0, "the attacker has the victim's bytes");
      return status;
    } },
  { name: 'copy from a domain that does not exist',
    tries: 'to crash the hypervisor with a number',
    stops: [], refused: GNTST.bad_domain,
    run: (r) => copy(r, { u: 8n, domid: 999 },
      { u: BigInt(r.spare()), domid: DOMID.SELF }, 1) },
  { name: 'copy past the end of the source',
    tries: 'to read the frame after the granted one',
    stops: ['common/grant.ts#copyWithin#1'],
    refused: GNTST.bad_copy_arg,
    run: (r) => {
      grantTo(r, r.victim, 8, r.me, r.frameOf(r.victim));
      const status = copy(r, { u: 8n, domid: r.victim.domid },
        { u: BigInt(r.spare()), domid: DOMID.SELF }, 1, 16, [4090, 0]);
      r.reach(status === 0, 'ten bytes of the frame after it');
      return status;
    } },
  { name: 'copy past the end of the destination',
    tries: 'to write the frame after the granted one',
    stops: ['common/grant.ts#copyWithin#2'],
    refused: GNTST.bad_copy_arg,
    run: (r) => {
      grantTo(r, r.victim, 8, r.me, r.frameOf(r.victim));
      const status = copy(r,
        { u: BigInt(r.spare()), domid: DOMID.SELF },
        { u: 8n, domid: r.victim.domid }, 2, 16, [0, 4090]);
      r.reach(status === 0, 'ten bytes into the frame after it');
      return status;
    } },
  { name: 'more grant frames than allowed',
    tries: "to use more of Xen's memory than its share",
    stops: ['common/grant.ts#setupTable#1'],
    refused: GNTST.general_error,
    run: (r) => {
      const status = setup(r, 65);
      r.reach(r.d().grants.frames.length > 64,
        '65 frames of at most 64');
      return status;
    } },
  { name: 'more grant frames than its controller allows',
    tries: "to use more of Xen's memory than its share",
    stops: ['common/grant.ts#asked#1'],
    refused: GNTST.general_error,
    run: (r) => {
      Object.assign(r.d(), { maxGrantFrames: 1 });
      const status = setup(r, 2);
      r.reach(r.d().grants.frames.length > 1, '2 frames of at most 1');
      return status;
    } },
  { name: 'grant frames when memory is full',
    tries: 'to crash the hypervisor by using it up',
    stops: [
      'common/grant.ts#growTable#1',
      'common/grant.ts#setupTable#2',
    ],
    refused: GNTST.general_error,
    run: (r) => {
      r.exhaust();
      const status = setup(r, 2);
      r.reach(r.d().grants.frames.includes(-1),
        'a grant table in frame -1');
      return status;
    } },
  { name: "set up the victim's table",
    tries: "to learn where another's grants are",
    stops: ['common/grant.ts#grantTarget#1'],
    refused: GNTST.permission_denied,
    run: (r) => {
      const status = setup(r, 2, r.victim.domid);
      r.reach(status === 0, "the victim's table has grown");
      return status;
    } },
  { name: "the version of the victim's table",
    tries: "to learn of another's grants",
    stops: [], refused: -EPERM,
    run: (r) => gnt(r, r.me, op.get_version, pub.GrantGetVersion,
      { dom: r.victim.domid }).rc },
  { name: "the victim's status frames",
    tries: "to learn of another's grants",
    stops: [], refused: GNTST.permission_denied,
    run: (r) => gnt(r, r.me, op.get_status_frames,
      pub.GrantGetStatusFrames, { dom: r.victim.domid }).status },
  { name: 'status frames that version 1 has not',
    tries: 'to be told of frames that do not exist',
    stops: [], refused: GNTST.general_error,
    run: (r) => gnt(r, r.me, op.get_status_frames,
      pub.GrantGetStatusFrames,
      { dom: DOMID.SELF, nr_frames: 1 }).status },
  { name: 'swap with a grant beyond the table',
    tries: 'to swap with memory after the table',
    stops: ['common/grant.ts#swapGrants#1'], refused: GNTST.bad_gntref,
    run: (r) => gnt(r, r.me, op.swap_grant_ref, pub.GrantSwapGrantRef,
      { ref_a: 8, ref_b: 600 }).status },
  { name: 'swap a grant in use with another',
    tries: 'to change an entry that is in use',
    stops: ['common/grant.ts#swapGrants#2'], refused: GNTST.eagain,
    run: (r) => swapInUse(r, 8, 9) },
  { name: 'swap another with a grant in use',
    tries: 'to change an entry that is in use',
    stops: ['common/grant.ts#swapGrants#3'], refused: GNTST.eagain,
    run: (r) => swapInUse(r, 9, 8) },
  { name: 'flush the cache from outside a page',
    tries: 'an address that belongs to another page',
    stops: [], refused: -EINVAL,
    run: (r) => flush(r, r.spare(), 5000, 0) },
  { name: 'flush the cache past a page',
    tries: "to flush the lines of another's page",
    stops: [], refused: -EINVAL,
    run: (r) => flush(r, r.spare(), 4000, 200) },
  { name: 'flush the cache in an unknown way',
    tries: 'an operation with a meaning that nobody defined',
    stops: [], refused: -EINVAL,
    run: (r) => flush(r, r.spare(), 0, 64, 64) },
  { name: 'flush the cache of a grant',
    tries: 'an operation that this version has not',
    stops: [], refused: -EOPNOTSUPP,
    run: (r) => flush(r, 1, 0, 64, GNTTAB_CACHE.source_gref | 1) },
  { name: 'flush the cache of no memory',
    tries: 'to crash the hypervisor with a number',
    stops: [], refused: -EINVAL,
    run: (r) => flush(r, 2 ** 30) },
  { name: "flush the cache of nobody's frame",
    tries: 'to crash the hypervisor with a number',
    stops: ['common/grant.ts#cacheFlush#6'], refused: -EPERM,
    run: (r) => flush(r, r.frames.owner.indexOf(0xffff)) },
  { name: "flush the cache of the victim's frame",
    tries: "to slow another's memory down",
    stops: [], refused: -EINVAL,
    run: (r) => flush(r, r.frameOf(r.victim)) },
  { name: 'give away a frame that is not there',
    tries: 'to crash the hypervisor with a number',
    stops: [], refused: GNTST.bad_page,
    run: (r) => {
      accept(r, r.friend);
      const status = transfer(r, 2 ** 31, r.friend);
      r.reach(status === 0, 'a frame that does not exist is given');
      return status;
    } },
  { name: 'give away a frame that domain 0 has not',
    tries: 'to crash the hypervisor with a number',
    stops: [], refused: GNTST.bad_page,
    run: (r) => {
      accept(r, r.friend, 0);
      const status = transfer(r, 2 ** 30, r.friend, 9, 0);
      r.reach(status === 0, 'a frame that does not exist is given');
      return status;
    } },
  { name: "give away the victim's frame",
    tries: "to take another's memory",
    stops: ['common/grant.ts#stealFrame#3'], refused: GNTST.bad_page,
    run: (r) => {
      accept(r, r.friend);
      const status = transfer(r, r.frameOf(r.victim), r.friend);
      r.reach(status === 0, "the accomplice has the victim's frame");
      return status;
    } },
  { name: "give away a page of Xen's",
    tries: 'to give away what is only lent',
    stops: ['common/grant.ts#stealFrame#4'], refused: GNTST.bad_page,
    run: (r) => {
      accept(r, r.friend);
      const status = transfer(r, r.d().sharedInfo, r.friend);
      r.reach(status === 0, 'the page of shared information is gone');
      return status;
    } },
  { name: 'give away a frame that is mapped',
    tries: 'to keep what is given away',
    stops: ['common/grant.ts#stealFrame#5'], refused: GNTST.bad_page,
    run: (r) => {
      accept(r, r.friend);
      const page = r.table();
      ext(r, MMUEXT.PIN_L1_TABLE, r.table({ 0: entryFor(page, P) }));
      return transfer(r, page, r.friend);
    } },
  { name: 'give a frame to a dead domain',
    tries: 'to keep a dead domain alive',
    stops: [], refused: GNTST.bad_domain,
    run: (r) => {
      grantTo(r, r.friend, 8, r.me, r.frameOf(r.friend));
      accept(r, r.friend);
      map(r, r.friend, 8);
      domctl(r.scene.lab.bench, DOMCTL.destroydomain, r.friend.domid);
      const status = transfer(r, r.spare(), r.friend);
      r.reach(status === 0, 'the dead domain has one frame more');
      return status;
    } },
  { name: 'give a frame to a domain that is full',
    tries: "to make another's memory exceed its share",
    stops: ['common/grant.ts#acceptFrame#2'],
    refused: GNTST.general_error,
    run: (r) => {
      accept(r, r.friend);
      r.d(r.friend).maxPages = r.d(r.friend).totPages;
      const status = transfer(r, r.spare(), r.friend);
      r.reach(status === 0, 'the accomplice has more than it may');
      return status;
    } },
  { name: 'give a frame to a grant beyond the table',
    tries: 'to have memory after the table taken for a grant',
    stops: ['common/grant.ts#acceptFrame#3'],
    refused: GNTST.general_error,
    run: (r) => {
      accept(r, r.friend);
      return transfer(r, r.spare(), r.friend, 600);
    } },
  { name: 'give a frame to who has not asked',
    tries: "to put a page into another's memory",
    stops: ['common/grant.ts#acceptFrame#4'],
    refused: GNTST.general_error,
    run: (r) => {
      accept(r, r.victim);
      grantTo(r, r.victim, 9, r.me, 0, GTF.invalid);
      const status = transfer(r, r.spare(), r.victim);
      r.reach(status === 0, 'a page that the victim did not want');
      return status;
    } },
  { name: 'give a frame that is awaited from another',
    tries: "to put a page into another's memory",
    stops: ['common/grant.ts#acceptFrame#5'],
    refused: GNTST.general_error,
    run: (r) => {
      accept(r, r.victim, r.friend);
      const status = transfer(r, r.spare(), r.victim);
      r.reach(status === 0, 'a page from the wrong sender');
      return status;
    } },
  { name: 'give a frame to where a grant is mapped',
    tries: 'to make a mapping vanish that is in use',
    stops: ['common/grant.ts#acceptFrame#6'],
    refused: GNTST.general_error,
    run: (r) => {
      const gfn = Number(dom0Mapping(r, r.victim, false) >> 12n);
      accept(r, 0, r.me, gfn);
      const status = transfer(r, r.spare(), 0);
      r.reach(status === 0, 'a use of a grant that nothing can end');
      return status;
    } },
  { name: 'two grant tables in one call',
    tries: 'a list where only one record is defined',
    stops: [], refused: -EINVAL,
    run: (r) => r.ask(r.me, HYPERVISOR.grant_table_op, op.query_size,
      pub.GrantQuerySize, { dom: DOMID.SELF }, 2).rc },
  { name: 'a negative number of grants',
    tries: 'a loop that ends where it should not',
    stops: [], refused: -EINVAL,
    run: (r) => r.ask(r.me, HYPERVISOR.grant_table_op, op.map_grant_ref,
      pub.GrantMapGrantRef, {}, -1).rc },
  { name: 'a grant operation with a number too many',
    tries: 'to reach an operation by another number',
    stops: [], refused: -EINVAL,
    run: (r) => r.ask(r.me, HYPERVISOR.grant_table_op, 0x1006,
      pub.GrantQuerySize, { dom: DOMID.SELF }).rc },
  { name: 'a grant operation that does not exist',
    tries: 'to crash the hypervisor with a number',
    stops: ['common/grant.ts#grantTableOp#3'], refused: -ENOSYS,
    run: (r) => r.ask(r.me, HYPERVISOR.grant_table_op, 99,
      pub.GrantQuerySize, {}).rc },
  { name: 'a mapping with a flag that a translated domain has not',
    tries: 'a mapping with a meaning that nobody defined',
    stops: [], refused: GNTST.general_error,
    run: (r) => {
      grantTo(r, r.victim, 20, 0, r.frameOf(r.victim));
      return map(r, r.victim, 20,
        GNTMAP.host_map | GNTMAP.can_fail, AT0, 0).status;
    } },
  { name: 'map a grant at no address',
    tries: 'an address that no processor has',
    stops: [], refused: GNTST.general_error,
    run: (r) => {
      grantTo(r, r.victim, 20, 0, r.frameOf(r.victim));
      return map(
        r, r.victim, 20, GNTMAP.host_map, 1n << 60n, 0).status;
    } },
  { name: 'map a grant over another',
    tries: 'to make a mapping vanish that is in use',
    stops: ['x86/grant.ts#addP2m#3'], refused: GNTST.general_error,
    run: (r) => {
      const at = dom0Mapping(r, r.victim, false);
      grantTo(r, r.friend, 21, 0, r.frameOf(r.friend));
      const { status } = map(
        r, r.friend, 21, GNTMAP.host_map, at, 0);
      r.reach(status === 0, 'a use of a grant that nothing can end');
      return status;
    } },
  { name: 'unmap one grant at the address of another',
    tries: 'to end a use, and keep the mapping',
    stops: ['x86/grant.ts#removeP2m#1'], refused: GNTST.general_error,
    run: (r) => {
      const at = dom0Mapping(r, r.victim, false);
      dom0Mapping(r, r.friend, false, at + 4096n);
      const status = unmap(r, 0, at + 4096n, 0n, 0);
      r.reach(status === 0, 'mapped, and no longer counted');
      return status;
    } },
  { name: 'unmap a page of its own as a grant',
    tries: 'to lose memory that is still counted',
    stops: ['x86/grant.ts#removeP2m#2'], refused: GNTST.general_error,
    run: (r) => {
      grantTo(r, 0, 22, 0, 40);
      map(r, 0, 22, GNTMAP.host_map, AT0, 0);
      const status = unmap(r, 0, 40n * 4096n, 0n, 0);
      r.reach(status === 0, 'mapped, and no longer counted');
      return status;
    } },
  { name: 'a page-table entry at an odd place',
    tries: 'to write two halves of entries as a whole one',
    stops: ['x86/grant.ts#entryAddress#1'],
    refused: GNTST.general_error,
    run: (r) => {
      const { table, index } = l1Slot(r, place(r));
      return mapAtEntry(r, table * 4096 + index * 8 + 4).status;
    } },
  { name: "an entry of the victim's page table",
    tries: "to change another's address space",
    stops: ['x86/grant.ts#entryAddress#3'],
    refused: GNTST.general_error,
    run: (r) => {
      const { table } = l1Slot(r, spot(r.victim), r.victim);
      return mapAtEntry(r, table * 4096).status;
    } },
  { name: 'an entry of an L2 table',
    tries: 'to have a page taken for a page table',
    stops: ['x86/grant.ts#isL1Table#1'], refused: GNTST.general_error,
    run: (r) => {
      const l3 = r.v().arch.guestTable;
      const l2 = frameOf(r.phys.read64(l3 * 4096));
      const { status } = mapAtEntry(r, l2 * 4096 + 4000);
      r.reach(status === 0, "the victim's page is a page table now");
      return status;
    } },
  { name: 'an entry of a table that is one no more',
    tries: "a mapping in the guest's own writing",
    stops: ['x86/grant.ts#entryAddress#4'],
    refused: GNTST.general_error,
    run: (r) => {
      const l1 = r.table();
      ext(r, MMUEXT.PIN_L1_TABLE, l1);
      ext(r, MMUEXT.UNPIN_TABLE, l1);
      return mapAtEntry(r, l1 * 4096).status;
    } },
  { name: 'replace an entry by an address',
    tries: 'to move a mapping in two ways at once',
    stops: [], refused: GNTST.general_error,
    run: (r) => {
      const { table, index } = l1Slot(r, place(r));
      const at = table * 4096 + index * 8;
      const { handle } = mapAtEntry(r, at);
      return replace(r, handle, BigInt(at), place(r, 3));
    } },
  { name: 'replace a mapping in a translated domain',
    tries: 'to move a mapping that no table has',
    stops: [], refused: GNTST.general_error,
    run: (r) => {
      const at = dom0Mapping(r, r.victim, false);
      return replace(r, 0, at, at + 4096n, 0);
    } },
  { name: 'replace a mapping by one that is not there',
    tries: 'to move a mapping from nowhere',
    stops: [], refused: GNTST.general_error,
    run: (r) => replace(
      r, mapped(r).handle, place(r), 0xf200_0000n) },
];
