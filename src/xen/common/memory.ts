import {
  guestFrame, machphysFrames, machphysMapping, setGpfnFromMfn,
} from '../arch.ts';
import {
  EACCES, EFAULT, EINVAL, ENOMEM, ENOSYS, EPERM, ESRCH,
} from '../public/errno.ts';
import { ptr, s32, ulong } from '../public/layout.ts';
import {
  AddToPhysmap, AddToPhysmapBatch, E820_ENTRY_BYTES,
  ForeignMemoryMap, MachphysMapping, MachphysMfnList, MemoryDomain,
  MemoryMap, MemoryReservation, RemoveFromPhysmap, XENMAPSPACE,
  XENMEM,
} from '../public/memory.ts';
import { DOMID, SharedInfo, ArchSharedInfo } from '../public/xen.ts';
import { u32 } from '../public/layout.ts';
import { dropAllocation, dropP2mEntry } from './destroy.ts';
import { targetDomain } from './domain.ts';
import { Errno } from './errno.ts';
import { allocDomainFrames, getPage, putPage, XEN_HEAP } from
  './frames.ts';
import {
  copyFromGuest, copyToGuest, readElement, readGuest, writeElement,
  writeField,
} from './guest-access.ts';
import type { Domain, Handler, P2mEntry, Vcpu, Xen } from './xen.ts';
import { exchange } from './exchange.ts';
import { growTable, mostFrames } from './grant.ts';

type Op = (xen: Xen, v: Vcpu, at: bigint) => number;

const MAX_ORDER = 9;
const MAX_ORDER_CONTROL = 18;

/** The largest extent that `d` may ask for. Xen: max_order. */
export const maxOrder = (d: Domain): number =>
  d.privileged ? MAX_ORDER_CONTROL : MAX_ORDER;

function fits(d: Domain, order: number, extents: bigint): boolean {
  return order <= maxOrder(d) && extents < 1n << 24n;
}

function readReservation(xen: Xen, v: Vcpu, at: bigint) {
  const r = readGuest(xen, v, at, MemoryReservation);
  const d = targetDomain(xen, v, r.domid);
  const sane = fits(v.domain, r.extent_order, r.nr_extents);
  const n = sane ? Number(r.nr_extents) : 0;
  return { d, n, order: r.extent_order, list: r.extent_start };
}

/** Calls `each` until it gives false; how often it gave true. */
function extents(n: number, each: (i: number) => boolean): number {
  let done = 0;
  while (done < n && each(done)) done++;
  return done;
}

/** Puts frame `mfn` at `gfn`. Xen: guest_physmap_add_page. */
export function addToPhysmap(
  xen: Xen, d: Domain, gfn: number, mfn: number,
): void {
  if (!d.translated) return setGpfnFromMfn(xen, mfn, gfn);
  const entry: P2mEntry = { mfn, type: 'ram_rw', domain: d.id };
  setP2m(xen, d, gfn, entry);
}

/** Replaces an entry; what the old one held is dropped. */
export function setP2m(
  xen: Xen, d: Domain, gfn: number, entry: P2mEntry | undefined,
): void {
  const old = d.p2m.get(gfn);
  if (old) dropP2mEntry(xen, old);
  if (entry) d.p2m.set(gfn, entry);
  else d.p2m.delete(gfn);
}

/** What is granted goes only as it came: by an unmapping. */
function holdsGrant(d: Domain, gfn: number, n: number): boolean {
  for (let i = 0; d.translated && i < n; i++) {
    if (d.p2m.get(gfn + i)?.type.startsWith('grant')) return true;
  }
  return false;
}

const populate: Op = (xen, v, at) => {
  const { d, n, order, list } = readReservation(xen, v, at);
  return extents(n, (i) => {
    const gfn = Number(readElement(xen, v, list, i, ulong));
    if (gfn + 2 ** order > 2 ** 32) return false;
    if (holdsGrant(d, gfn, 2 ** order)) return false;
    const mfn = allocDomainFrames(xen, d, order);
    if (mfn < 0) return false;
    for (let j = 0; j < 2 ** order; j++) {
      addToPhysmap(xen, d, gfn + j, mfn + j);
    }
    if (!d.translated) {
      writeElement(xen, v, list, i, ulong, BigInt(mfn));
    }
    return true;
  });
};

const increase: Op = (xen, v, at) => {
  const { d, n, order, list } = readReservation(xen, v, at);
  return extents(n, (i) => {
    const mfn = allocDomainFrames(xen, d, order);
    if (mfn < 0) return false;
    if (list !== 0n) writeElement(xen, v, list, i, ulong, BigInt(mfn));
    return true;
  });
};

/** Gives one page back. Xen: common/memory.c guest_remove_page. */
export function removePage(xen: Xen, d: Domain, gfn: number): boolean {
  const mfn = guestFrame(xen, d, BigInt(gfn));
  if (mfn < 0 || xen.root.frames.flags[mfn]! & XEN_HEAP) return false;
  if (!getPage(xen, mfn, d.id)) return false;
  const ours = dropAllocation(xen, mfn);
  if (ours && d.translated) d.p2m.delete(gfn);
  else if (ours) setGpfnFromMfn(xen, mfn, -1);
  putPage(xen, mfn);
  return ours;
}

const decrease: Op = (xen, v, at) => {
  const { d, n, order, list } = readReservation(xen, v, at);
  return extents(n, (i) => {
    const gfn = Number(readElement(xen, v, list, i, ulong));
    for (let j = 0; j < 2 ** order; j++) {
      if (!removePage(xen, d, gfn + j)) return false;
    }
    return true;
  });
};

const about = (size: (xen: Xen, d: Domain) => number): Op =>
  (xen, v, at) => {
    const { domid } = readGuest(xen, v, at, MemoryDomain);
    return size(xen, targetDomain(xen, v, domid));
  };

function maximumGpfn(xen: Xen, d: Domain): number {
  if (d.translated) return Math.max(-1, ...d.p2m.keys());
  const at = d.sharedInfo * 4096 + SharedInfo.offset(d.width, 'arch')
    + ArchSharedInfo.offset(d.width, 'max_pfn');
  return xen.phys.read32(at) - 1;
}

const mapping: Op = (xen, v, at) => {
  const bytes = MachphysMapping.encode(
    machphysMapping(), v.domain.width);
  copyToGuest(xen, v, at, bytes);
  return 0;
};

const mfnList: Op = (xen, v, at) => {
  const asked = readGuest(xen, v, at, MachphysMfnList);
  const frames = machphysFrames(xen).slice(0, asked.max_extents);
  frames.forEach((mfn, i) => {
    writeElement(xen, v, asked.extent_start, i, ulong, BigInt(mfn));
  });
  writeField(
    xen, v, at, MachphysMfnList, 'nr_extents', u32, frames.length);
  return 0;
};

const MOST_ENTRIES = 128;

const setMap: Op = (xen, v, at) => {
  const { domid, map } = readGuest(xen, v, at, ForeignMemoryMap);
  if (map.nr_entries > MOST_ENTRIES) return -EINVAL;
  const d = targetDomain(xen, v, domid);
  if (!v.domain.privileged) return -EPERM;
  d.memoryMap = copyFromGuest(
    xen, v, map.buffer, map.nr_entries * E820_ENTRY_BYTES);
  return 0;
};

const getMap: Op = (xen, v, at) => {
  const stored = v.domain.memoryMap;
  if (!stored) return -ENOSYS;
  const asked = readGuest(xen, v, at, MemoryMap);
  const have = stored.length / E820_ENTRY_BYTES;
  if (asked.nr_entries < have) return -EINVAL;
  copyToGuest(xen, v, asked.buffer, stored);
  writeField(xen, v, at, MemoryMap, 'nr_entries', u32, have);
  return 0;
};

interface Add {
  readonly d: Domain;
  readonly space: number;
  readonly index: bigint;
  readonly gfn: number;
  readonly foreign: number;
}

function addOne(xen: Xen, v: Vcpu, add: Add): number {
  const { d, gfn } = add;
  if (!d.translated) return -EACCES;
  if (gfn >= 2 ** 40) return -EINVAL;
  if (holdsGrant(d, gfn, 1)) return -EINVAL;
  switch (add.space) {
    case XENMAPSPACE.shared_info:
      if (add.index !== 0n) return -EINVAL;
      addToPhysmap(xen, d, gfn, d.sharedInfo);
      return 0;
    case XENMAPSPACE.gmfn: return movePage(xen, add);
    case XENMAPSPACE.gmfn_foreign: return addForeign(xen, v, add);
    case XENMAPSPACE.grant_table: {
      const index = Number(add.index);
      if (index >= mostFrames(d)
        || !growTable(xen, d, index + 1)) return -EINVAL;
      addToPhysmap(xen, d, gfn, d.grants.frames[index]!);
      return 0;
    }
    default: return -ENOSYS;
  }
}

function movePage(xen: Xen, { d, index, gfn }: Add): number {
  const from = Number(index);
  const entry = d.p2m.get(from);
  if (!entry || entry.type !== 'ram_rw') return -EINVAL;
  if (from === gfn) return 0;
  d.p2m.delete(from);
  setP2m(xen, d, gfn, entry);
  return 0;
}

function addForeign(xen: Xen, v: Vcpu, add: Add): number {
  const { d, foreign, index, gfn } = add;
  if (foreign === DOMID.SELF || foreign === d.id) return -EINVAL;
  if (!v.domain.privileged) return -EPERM;
  const from = targetDomain(xen, v, foreign);
  const mfn = guestFrame(xen, from, index);
  if (mfn < 0 || !getPage(xen, mfn, from.id)) return -EINVAL;
  setP2m(xen, d, gfn, { mfn, type: 'map_foreign', domain: from.id });
  return 0;
}

const add: Op = (xen, v, at) => {
  const r = readGuest(xen, v, at, AddToPhysmap);
  if (r.space === XENMAPSPACE.gmfn_foreign) return -ENOSYS;
  const d = targetDomain(xen, v, r.domid);
  return addOne(xen, v, {
    d, space: r.space, index: r.idx, gfn: Number(r.gpfn), foreign: 0,
  });
};

const addBatch: Op = (xen, v, at) => {
  const r = readGuest(xen, v, at, AddToPhysmapBatch);
  const d = targetDomain(xen, v, r.domid);
  for (let i = 0; i < r.size; i++) {
    const index = readElement(xen, v, r.idxs, i, ulong);
    const gfn = Number(readElement(xen, v, r.gpfns, i, ulong));
    const error = addSafely(xen, v, {
      d, space: r.space, index, gfn, foreign: r.u,
    });
    writeElement(xen, v, r.errs, i, s32, error);
  }
  return 0;
};

function addSafely(xen: Xen, v: Vcpu, what: Add): number {
  try {
    return addOne(xen, v, what);
  } catch (thrown) {
    if (thrown instanceof Errno) return -thrown.errno;
    throw thrown;
  }
}

const remove: Op = (xen, v, at) => {
  const { domid, gpfn } = readGuest(xen, v, at, RemoveFromPhysmap);
  const d = targetDomain(xen, v, domid);
  if (!d.translated) return -EACCES;
  const entry = d.p2m.get(Number(gpfn));
  if (!entry) return -EINVAL;
  if (entry.type.startsWith('grant')) return -EINVAL;
  setP2m(xen, d, Number(gpfn), undefined);
  return 0;
};

const ops: Record<number, Op> = {
  [XENMEM.increase_reservation]: increase,
  [XENMEM.decrease_reservation]: decrease,
  [XENMEM.populate_physmap]: populate,
  [XENMEM.maximum_ram_page]: (xen) => xen.root.frames.count,
  [XENMEM.current_reservation]: about((_, d) => d.totPages),
  [XENMEM.maximum_reservation]: about((_, d) => d.maxPages),
  [XENMEM.maximum_gpfn]: about(maximumGpfn),
  [XENMEM.machphys_mfn_list]: mfnList,
  [XENMEM.machphys_mapping]: mapping,
  [XENMEM.memory_map]: getMap,
  [XENMEM.set_memory_map]: setMap,
  [XENMEM.add_to_physmap]: add,
  [XENMEM.add_to_physmap_batch]: addBatch,
  [XENMEM.remove_from_physmap]: remove,
  [XENMEM.exchange]: exchange,
};

/** Xen: common/memory.c do_memory_op. */
export const memoryOp: Handler = (xen, v, [cmd = 0n, arg = 0n]) => {
  const op = ops[Number(cmd & 0xffff_ffffn)];
  return op ? op(xen, v, arg) : -ENOSYS;
};
