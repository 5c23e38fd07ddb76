import type { Domain, Vcpu, Xen } from './xen.ts';
import { GRANTS_PER_FRAME, GTF } from '../public/grant_table.ts';
import * as pub from '../public/grant_table.ts';
import { GNTCOPY, GNTMAP, GNTST, GNTTABOP } from
  '../public/grant_table.ts';
import { EINVAL, ENOSYS, EOPNOTSUPP, EPERM } from
  '../public/errno.ts';
import { DOMID } from '../public/xen.ts';
import { s16, u32, ulong, type Struct } from '../public/layout.ts';
import {
  createHostMapping, getPageType, PGT, putPageType,
  replaceHostMapping, setGpfnFromMfn,
} from '../arch.ts';
import { dropP2mEntry } from './destroy.ts';
import { targetDomain } from './domain.ts';
import {
  ALLOCATED, allocXenFrame, getPage, putPage, shareXenFrame,
} from './frames.ts';
import {
  readGuest, writeElement, writeField, writeGuest,
} from './guest-access.ts';
import type { Handler } from './xen.ts';

/** How a grant is in use. Xen: struct active_grant_entry. */
export interface ActiveGrant {
  /** The domain that uses it, and the frame that it was. */
  domid: number;
  mfn: number;
  /** Mappings for the processor: to read, to write. */
  hostRead: number; hostWrite: number;
  /** Mappings for devices. */
  devRead: number; devWrite: number;
}

/** What a domain has mapped, by handle. Xen: struct grant_mapping. */
export interface GrantMapping {
  domid: number;
  ref: number;
  /** GNTMAP flags; those of finished parts are cleared. */
  flags: number;
}

/** A domain's grants: those it gives and those it uses. */
export interface GrantTable {
  /** Machine frames of the shared table. */
  readonly frames: number[];
  readonly active: Map<number, ActiveGrant>;
  readonly mappings: (GrantMapping | undefined)[];
}

export const grantCount = (table: GrantTable): number =>
  table.frames.length * GRANTS_PER_FRAME;

/** More frames for the table; false if there is no memory. */
export function growTable(xen: Xen, d: Domain, to: number): boolean {
  const { frames } = d.grants;
  while (frames.length < to) {
    const mfn = allocXenFrame(xen);
    if (mfn < 0) return false;
    shareXenFrame(xen, mfn, d);
    frames.push(mfn);
  }
  return true;
}

/** The physical address of an entry of the shared table. */
function entryAt(d: Domain, ref: number): number {
  const mfn = d.grants.frames[Math.floor(ref / GRANTS_PER_FRAME)];
  if (mfn === undefined) throw new Error(`no grant ${ref}`);
  return mfn * 4096 + (ref % GRANTS_PER_FRAME) * 8;
}

interface Wish {
  readonly: boolean;
  host: boolean;
  device: boolean;
  /** Not a mapping, but one copy by the hypervisor. */
  copy?: boolean;
}

const wishOf = (flags: number): Wish => ({
  readonly: (flags & GNTMAP.readonly) !== 0,
  host: (flags & GNTMAP.host_map) !== 0,
  device: (flags & GNTMAP.device_map) !== 0,
});

/** A request is refused with this status. */
class GrantError {
  constructor(readonly status: number) {}
}

const uses = (a: ActiveGrant): number =>
  a.hostRead + a.hostWrite + a.devRead + a.devWrite;

const writes = (a: ActiveGrant): number => a.hostWrite + a.devWrite;

/**
 * May `user` use this entry so? The flags, or a refusal.
 * Xen: _set_status_v1.
 */
function checkEntry(xen: Xen, owner: Domain, ref: number,
  user: number, act: ActiveGrant | undefined, wish: Wish): number {
  const pa = entryAt(owner, ref);
  const flags = xen.phys.read16(pa);
  const domid = xen.phys.read16(pa + 2);
  const type = flags & (GTF.type_mask | (wish.copy ? 0 : GTF.sub_page));
  if (!act && (type !== GTF.permit_access || domid !== user)) {
    throw new GrantError(GNTST.general_error);
  }
  if (!wish.readonly && (flags & GTF.readonly) !== 0) {
    throw new GrantError(GNTST.general_error);
  }
  return flags;
}

/** Begin or continue the use of a grant; it is not yet counted. */
function activate(xen: Xen, owner: Domain, ref: number,
  user: number, wish: Wish): ActiveGrant {
  if (ref >= grantCount(owner.grants)) {
    throw new GrantError(GNTST.bad_gntref);
  }
  const { active } = owner.grants;
  const act = active.get(ref);
  if (act && (act.domid !== user || overfull(act))) {
    throw new GrantError(GNTST.general_error);
  }
  if (act && (wish.readonly || writes(act) > 0)) return act;
  const flags = checkEntry(xen, owner, ref, user, act, wish);
  const entry = entryAt(owner, ref);
  const mfn = act?.mfn
    ?? ownedFrame(xen, owner, xen.phys.read32(entry + 4));
  const bits = GTF.reading | (wish.readonly ? 0 : GTF.writing);
  xen.phys.write16(entry, flags | bits);
  const fresh = act ?? { domid: user, mfn, ...nobody };
  active.set(ref, fresh);
  return fresh;
}

const nobody = { hostRead: 0, hostWrite: 0, devRead: 0, devWrite: 0 };

/** The machine frame behind a number that the owner wrote. */
function ownedFrame(xen: Xen, owner: Domain, frame: number): number {
  const entry = owner.p2m.get(frame);
  const mfn = !owner.translated ? frame
    : entry?.type === 'ram_rw' ? entry.mfn : -1;
  if (xen.root.frames.owner[mfn] === owner.id) return mfn;
  throw new GrantError(GNTST.bad_page);
}

const overfull = (a: ActiveGrant): boolean =>
  [a.hostRead, a.hostWrite, a.devRead, a.devWrite]
    .some((n) => n >= 0x80);

function count(act: ActiveGrant, wish: Wish, by: 1 | -1): void {
  if (wish.host) act[wish.readonly ? 'hostRead' : 'hostWrite'] += by;
  if (wish.device) act[wish.readonly ? 'devRead' : 'devWrite'] += by;
}

/** Clear the in-use bits that are no longer true. */
function settle(xen: Xen, owner: Domain, ref: number): void {
  const act = owner.grants.active.get(ref);
  if (!act) return;
  const done = (writes(act) === 0 ? GTF.writing : 0)
    | (uses(act) === 0 ? GTF.reading : 0);
  if (uses(act) === 0) owner.grants.active.delete(ref);
  if (done === 0) return;
  const pa = entryAt(owner, ref);
  xen.phys.write16(pa, xen.phys.read16(pa) & ~done);
}

/** Hold the frame for one use. Undone by `unpin`. */
function pin(xen: Xen, owner: Domain, mfn: number, wish: Wish): void {
  const held = getPage(xen, mfn, owner.id);
  const typed = held && (wish.readonly
    || getPageType(xen, mfn, PGT.writable) === 0);
  if (typed) return;
  if (held) putPage(xen, mfn);
  throw new GrantError(GNTST.general_error);
}

function unpin(xen: Xen, mfn: number, wish: Wish): void {
  if (!wish.readonly) putPageType(xen, mfn);
  putPage(xen, mfn);
}

interface MapRequest {
  host_addr: bigint; flags: number; ref: number; dom: number;
  handle: number; dev_bus_addr: bigint;
}

/** Map one grant. Xen: map_grant_ref. */
function mapGrant(xen: Xen, v: Vcpu, op: MapRequest): GrantMapping {
  const user = v.domain;
  const owner = grantDomain(xen, op.dom);
  const wish = wishOf(op.flags);
  const act = activate(xen, owner, op.ref, user.id, wish);
  const parts = partsOf(wish);
  let pinned = 0;
  count(act, wish, 1);
  try {
    for (; pinned < parts; pinned++) pin(xen, owner, act.mfn, wish);
    if (wish.host && !createHostMapping(
      xen, v, op.host_addr, act.mfn, op.flags, owner)) {
      throw new GrantError(GNTST.general_error);
    }
  } catch (refusal) {
    while (pinned-- > 0) unpin(xen, act.mfn, wish);
    count(act, wish, -1);
    settle(xen, owner, op.ref);
    throw refusal;
  }
  op.dev_bus_addr = BigInt(act.mfn) << 12n;
  return { domid: owner.id, ref: op.ref, flags: op.flags };
}

const partsOf = (wish: Wish): number =>
  Number(wish.host) + Number(wish.device);

const asked = (limit: number, usual: number): number =>
  limit < 0 ? usual : Math.min(limit, usual);

/** Limits of a domain. Xen: gnttab_max_frames and _maptrack_frames. */
export const mostFrames = (d: Domain): number =>
  asked(d.maxGrantFrames, 64);
const mostHandles = (d: Domain): number =>
  asked(d.maxMaptrackFrames, 1024) * 256;

function mapOne(xen: Xen, v: Vcpu, op: MapRequest): void {
  const { mappings } = v.domain.grants;
  if ((op.flags & mapped) === 0) {
    throw new GrantError(GNTST.bad_gntref);
  }
  const others = GNTMAP.device_map | GNTMAP.application_map
    | GNTMAP.contains_pte;
  if (v.domain.translated && (op.flags & others) !== 0) {
    throw new GrantError(GNTST.general_error);
  }
  grantDomain(xen, op.dom);
  let handle = mappings.findIndex((m) => m === undefined);
  if (handle < 0) handle = mappings.length;
  if (handle >= mostHandles(v.domain)) {
    throw new GrantError(GNTST.no_device_space);
  }
  mappings[handle] = mapGrant(xen, v, op);
  op.handle = handle;
}

interface UnmapRequest {
  host_addr: bigint; dev_bus_addr: bigint; new_addr: bigint;
  handle: number;
}

/** Unmap one grant. Xen: unmap_common and _complete. */
function unmapGrant(xen: Xen, v: Vcpu, op: UnmapRequest): void {
  const { mappings } = v.domain.grants;
  const map = mappings[op.handle];
  const owner = map && xen.root.domains.get(map.domid);
  const act = map && owner?.grants.active.get(map.ref);
  if (!map || !act) throw new GrantError(GNTST.bad_handle);
  const bus = BigInt(act.mfn) << 12n;
  if (op.dev_bus_addr !== 0n && op.dev_bus_addr !== bus) {
    throw new GrantError(GNTST.general_error);
  }
  const had = wishOf(map.flags);
  const done = { ...had,
    host: had.host && op.host_addr !== 0n,
    device: had.device && op.dev_bus_addr !== 0n };
  if (done.host && !replaceHostMapping(
    xen, v, op.host_addr, act.mfn, op.new_addr, map.flags)) {
    throw new GrantError(GNTST.general_error);
  }
  map.flags &= ~((done.host ? GNTMAP.host_map : 0)
    | (done.device ? GNTMAP.device_map : 0));
  if ((map.flags & mapped) === 0) mappings[op.handle] = undefined;
  release(xen, owner!, map.ref, act, done);
}

const mapped = GNTMAP.host_map | GNTMAP.device_map;

/** Undo the counts and references of these parts of a use. */
function release(xen: Xen, owner: Domain, ref: number,
  act: ActiveGrant, parts: Wish): void {
  count(act, parts, -1);
  settle(xen, owner, ref);
  for (let n = partsOf(parts); n > 0; n--) {
    unpin(xen, act.mfn, parts);
  }
}

interface CopyEnd { u: bigint; domid: number; offset: number }

interface Claimed { mfn: number; done(): void }

/** Hold one end of a copy. Xen: gnttab_copy_claim_buf. */
function claim(xen: Xen, v: Vcpu, end: CopyEnd, byRef: boolean,
  readonly: boolean): Claimed {
  const wish = { readonly, host: true, device: false, copy: true };
  const d = copyDomain(xen, v, end.domid);
  if (!byRef) {
    const mfn = ownedFrame(xen, d, Number(end.u));
    pin(xen, d, mfn, wish);
    return { mfn, done: () => unpin(xen, mfn, wish) };
  }
  const ref = Number(end.u & 0xffff_ffffn);
  const act = activate(xen, d, ref, v.domain.id, wish);
  count(act, wish, 1);
  try {
    pin(xen, d, act.mfn, wish);
  } catch (refusal) {
    count(act, wish, -1);
    settle(xen, d, ref);
    throw refusal;
  }
  return { mfn: act.mfn, done: () => release(xen, d, ref, act, wish) };
}

const copyDomain = (xen: Xen, v: Vcpu, id: number): Domain =>
  id === DOMID.SELF ? v.domain : grantDomain(xen, id);

interface CopyRequest {
  source: CopyEnd; dest: CopyEnd; len: number; flags: number;
}

/** Copy between two frames. Xen: gnttab_copy_one. */
function copyGrant(xen: Xen, v: Vcpu, op: CopyRequest): void {
  const bySource = (op.flags & GNTCOPY.source_gref) !== 0;
  const byDest = (op.flags & GNTCOPY.dest_gref) !== 0;
  for (const [end, byRef] of
    [[op.source, bySource], [op.dest, byDest]] as const) {
    if (!byRef && end.domid !== DOMID.SELF) {
      throw new GrantError(GNTST.permission_denied);
    }
    copyDomain(xen, v, end.domid);
  }
  const source = claim(xen, v, op.source, bySource, true);
  try {
    const dest = claim(xen, v, op.dest, byDest, false);
    try {
      copyWithin(xen, source.mfn, dest.mfn, op);
    } finally {
      dest.done();
    }
  } finally {
    source.done();
  }
}

function copyWithin(
  xen: Xen, from: number, to: number, op: CopyRequest): void {
  const { source, dest, len } = op;
  if (source.offset + len > 4096 || dest.offset + len > 4096) {
    throw new GrantError(GNTST.bad_copy_arg);
  }
  const bytes = xen.phys.readBytes(from * 4096 + source.offset, len);
  xen.phys.writeBytes(to * 4096 + dest.offset, bytes);
}

/** Forget what a dying domain uses. Xen: gnttab_release_mappings. */
export function releaseMappings(xen: Xen, d: Domain): void {
  d.grants.mappings.forEach((map, handle) => {
    const owner = map && xen.root.domains.get(map.domid);
    const act = map && owner?.grants.active.get(map.ref);
    d.grants.mappings[handle] = undefined;
    if (!map || !owner || !act) return;
    const parts = wishOf(map.flags);
    count(act, parts, -1);
    settle(xen, owner, map.ref);
    const held = Number(parts.device)
      + Number(parts.host && d.translated);
    for (let n = held; n > 0; n--) unpin(xen, act.mfn, parts);
  });
}

function setupTable(xen: Xen, v: Vcpu, arg: bigint): void {
  const op = readGuest(xen, v, arg, pub.GrantSetupTable);
  const status = statusOf(() => {
    const d = grantTarget(xen, v, op.dom);
    const { grants } = d;
    if (op.nr_frames > mostFrames(d)
      || !growTable(xen, d, op.nr_frames)) {
      throw new GrantError(GNTST.general_error);
    }
    for (let i = 0; i < op.nr_frames; i++) {
      writeElement(xen, v, op.frame_list, i, ulong,
        frameName(d, grants.frames[i]!));
    }
  });
  writeField(xen, v, arg, pub.GrantSetupTable, 'status', s16, status);
}

/** A frame as its domain calls it: by gfn if it is translated. */
function frameName(d: Domain, mfn: number): bigint {
  if (!d.translated) return BigInt(mfn);
  for (const [gfn, entry] of d.p2m) {
    if (entry.mfn === mfn) return BigInt(gfn);
  }
  return -1n;
}

function querySize(xen: Xen, v: Vcpu, arg: bigint): void {
  const op = readGuest(xen, v, arg, pub.GrantQuerySize);
  op.status = statusOf(() => {
    const d = grantTarget(xen, v, op.dom);
    op.nr_frames = d.grants.frames.length;
    op.max_nr_frames = mostFrames(d);
  });
  writeGuest(xen, v, arg, pub.GrantQuerySize, op);
}

function getVersion(xen: Xen, v: Vcpu, arg: bigint): void {
  const op = readGuest(xen, v, arg, pub.GrantGetVersion);
  targetDomain(xen, v, op.dom);
  writeField(xen, v, arg, pub.GrantGetVersion, 'version', u32, 1);
}

function setVersion(xen: Xen, v: Vcpu, arg: bigint): number {
  const op = readGuest(xen, v, arg, pub.GrantSetVersion);
  const { version } = op;
  writeGuest(xen, v, arg, pub.GrantSetVersion, { version: 1 });
  return version === 1 ? 0 : version === 2 ? -ENOSYS : -EINVAL;
}

/** Version 1 has no status frames: none may be asked for. */
function getStatusFrames(xen: Xen, v: Vcpu, arg: bigint): void {
  const op = readGuest(xen, v, arg, pub.GrantGetStatusFrames);
  const status = statusOf(() => {
    grantTarget(xen, v, op.dom);
    if (op.nr_frames > 0) throw new GrantError(GNTST.general_error);
  });
  writeField(
    xen, v, arg, pub.GrantGetStatusFrames, 'status', s16, status);
}

function swapGrants(
  xen: Xen, { domain }: Vcpu, a: number, b: number): void {
  const { grants } = domain;
  for (const ref of [a, b]) {
    if (ref >= grantCount(grants)) {
      throw new GrantError(GNTST.bad_gntref);
    }
  }
  if (a === b) return;
  if (grants.active.has(a) || grants.active.has(b)) {
    throw new GrantError(GNTST.eagain);
  }
  const [at, bt] = [entryAt(domain, a), entryAt(domain, b)];
  const held = xen.phys.read64(at);
  xen.phys.write64(at, xen.phys.read64(bt));
  xen.phys.write64(bt, held);
}

function cacheFlush(xen: Xen, v: Vcpu, arg: bigint): number {
  const op = readGuest(xen, v, arg, pub.GrantCacheFlush);
  const { clean, inval, source_gref } = pub.GNTTAB_CACHE;
  const known = (clean | inval | source_gref) >>> 0;
  if (op.offset >= 4096 || op.offset + op.length > 4096
    || (op.op & ~known) !== 0) return -EINVAL;
  if (op.length === 0 || op.op === 0) return 0;
  if ((op.op & source_gref) !== 0) return -EOPNOTSUPP;
  const { owner, count } = xen.root.frames;
  const mfn = Number(op.address >> 12n);
  if (mfn >= count) return -EINVAL;
  const d = xen.root.domains.get(owner[mfn]!);
  if (!d) return -EPERM;
  if (d !== v.domain && !usedBy(d, v.domain.id, mfn)) return -EINVAL;
  return -EOPNOTSUPP;
}

function usedBy(owner: Domain, user: number, mfn: number): boolean {
  return [...owner.grants.active.values()].some(
    (act) => act.domid === user && act.mfn === mfn);
}

/** Take a frame from its owner, if nothing else holds it. */
function stealFrame(xen: Xen, d: Domain, mfn: number): void {
  const { owner, refs, flags, count } = xen.root.frames;
  if (mfn < 0 || mfn >= count || owner[mfn] !== d.id
    || flags[mfn] !== ALLOCATED || refs[mfn] !== 1) {
    throw new GrantError(GNTST.bad_page);
  }
  owner[mfn] = DOMID.XEN;
  d.totPages--;
}

function transferFrame(xen: Xen, v: Vcpu,
  op: { mfn: bigint; domid: number; ref: number }): void {
  const gfn = Number(op.mfn);
  const { translated, p2m } = v.domain;
  const mfn = translated ? p2m.get(gfn)?.mfn ?? -1 : gfn;
  stealFrame(xen, v.domain, mfn);
  if (translated) p2m.delete(gfn);
  try {
    const receiver = grantDomain(xen, op.domid);
    acceptFrame(xen, receiver, v.domain.id, op.ref, mfn);
  } catch (refusal) {
    xen.root.frames.owner[mfn] = DOMID.XEN;
    putPage(xen, mfn);
    throw refusal;
  }
}

function acceptFrame(xen: Xen, d: Domain, from: number, ref: number,
  mfn: number): void {
  const room = d.dying === 'no' && d.totPages < d.maxPages;
  if (!room || ref >= grantCount(d.grants)) {
    throw new GrantError(GNTST.general_error);
  }
  const pa = entryAt(d, ref);
  if (xen.phys.read16(pa) !== GTF.accept_transfer
    || xen.phys.read16(pa + 2) !== from) {
    throw new GrantError(GNTST.general_error);
  }
  const place = d.p2m.get(xen.phys.read32(pa + 4));
  if (place?.type.startsWith('grant')) {
    throw new GrantError(GNTST.general_error);
  }
  xen.phys.write16(pa, GTF.accept_transfer | GTF.transfer_committed);
  xen.root.frames.owner[mfn] = d.id;
  d.totPages++;
  const gfn = xen.phys.read32(pa + 4);
  if (d.translated) {
    if (place) dropP2mEntry(xen, place);
    d.p2m.set(gfn, { mfn, type: 'ram_rw', domain: d.id });
  } else {
    setGpfnFromMfn(xen, mfn, gfn);
    xen.phys.write32(pa + 4, mfn);
  }
  xen.phys.write16(pa, xen.phys.read16(pa) | GTF.transfer_completed);
}

/** Run, and name the refusal: a GNTST status. */
function statusOf(run: () => void): number {
  try {
    run();
    return GNTST.okay;
  } catch (thrown) {
    if (thrown instanceof GrantError) return thrown.status;
    throw thrown;
  }
}

type ListOp = (xen: Xen, v: Vcpu, arg: bigint, n: number) => number;

function each<T extends { status: number }>(layout: Struct<T>,
  run: (xen: Xen, v: Vcpu, op: T) => void): ListOp {
  return (xen, v, arg, n) => {
    const size = BigInt(layout.size(v.domain.width));
    for (let i = 0; i < n; i++) {
      const at = arg + BigInt(i) * size;
      const op = readGuest(xen, v, at, layout);
      op.status = statusOf(() => run(xen, v, op));
      writeGuest(xen, v, at, layout, op);
    }
    return 0;
  };
}

function grantDomain(xen: Xen, id: number): Domain {
  const d = xen.root.domains.get(id);
  if (!d || d.dying === 'dead') {
    throw new GrantError(GNTST.bad_domain);
  }
  return d;
}

function grantTarget(xen: Xen, v: Vcpu, id: number): Domain {
  if (id === DOMID.SELF) return v.domain;
  const d = grantDomain(xen, id);
  if (d === v.domain || v.domain.privileged) return d;
  throw new GrantError(GNTST.permission_denied);
}

type One = (xen: Xen, v: Vcpu, arg: bigint) => void;

const single = (run: One): ListOp =>
  (xen, v, arg, n) => {
    if (n !== 1) return -EINVAL;
    run(xen, v, arg);
    return 0;
  };

const grantOps = new Map<number, ListOp>([
  [GNTTABOP.map_grant_ref, each(pub.GrantMapGrantRef, mapOne)],
  [GNTTABOP.unmap_grant_ref, each(pub.GrantUnmapGrantRef,
    (xen, v, op) => unmapGrant(xen, v, { ...op, new_addr: 0n }))],
  [GNTTABOP.unmap_and_replace, each(pub.GrantUnmapAndReplace,
    (xen, v, op) => unmapGrant(xen, v, { ...op, dev_bus_addr: 0n }))],
  [GNTTABOP.transfer, each(pub.GrantTransfer, transferFrame)],
  [GNTTABOP.copy, each(pub.GrantCopy, copyGrant)],
  [GNTTABOP.swap_grant_ref, each(pub.GrantSwapGrantRef,
    (xen, v, op) => swapGrants(xen, v, op.ref_a, op.ref_b))],
  [GNTTABOP.setup_table, single(setupTable)],
  [GNTTABOP.query_size, single(querySize)],
  [GNTTABOP.get_status_frames, single(getStatusFrames)],
  [GNTTABOP.set_version, (xen, v, arg) => setVersion(xen, v, arg)],
  [GNTTABOP.get_version, (xen, v, arg) => {
    getVersion(xen, v, arg);
    return 0;
  }],
  [GNTTABOP.cache_flush, flushList],
]);

function flushList(
  xen: Xen, v: Vcpu, arg: bigint, n: number): number {
  const size = BigInt(pub.GrantCacheFlush.size(v.domain.width));
  for (let i = 0; i < n; i++) {
    const rc = cacheFlush(xen, v, arg + BigInt(i) * size);
    if (rc < 0) return rc;
  }
  return 0;
}

/** Hypercall 20. Xen: do_grant_table_op. */
export const grantTableOp: Handler =
  (xen, v, [cmd = 0n, arg = 0n, count = 0n]) => {
    const n = Number(BigInt.asIntN(32, count));
    const op = Number(cmd & 0xffff_ffffn);
    if (n < 0 || (op > 0xfff && (op & 0xfff) !== 12)) return -EINVAL;
    const run = grantOps.get(op & 0xfff);
    return run ? run(xen, v, arg, n) : -ENOSYS;
  };
