import type { Xen } from '../common/xen.ts';
import { EBUSY, EINVAL } from '../public/errno.ts';
import {
  getL2e, getL3e, getPageFromL1e, putL2e, putL3e, putPageFromL1e,
} from './mm.ts';
import { PGT } from './page-type.ts';
import {
  ACCESSED, DIRTY, frameOf, L2_FIRST_XEN_SLOT, P, RW,
} from './pte.ts';
import { VALIDATED } from '../common/frames.ts';
import { getPageType, putPageType } from './mm.ts';
import { installHole } from './setup.ts';

/** One entry to write: into which table, at which index. */
export interface Update {
  readonly table: number;
  readonly index: number;
  readonly entry: bigint;
  /** Whose frames an L1 entry may map. */
  readonly owner: number;
  readonly preserveAd: boolean;
}

const slotOf = ({ table, index }: Update): number =>
  table * 4096 + index * 8;

function write(xen: Xen, u: Update): void {
  const old = xen.phys.read64(slotOf(u));
  const kept = u.preserveAd ? old & (ACCESSED | DIRTY) : 0n;
  xen.phys.write64(slotOf(u), u.entry | kept);
}

/** Changes an L1 entry. Xen: mod_l1_entry. */
function modL1(xen: Xen, u: Update): number {
  const old = xen.phys.read64(slotOf(u));
  const error = getPageFromL1e(xen, u.entry, u.owner);
  if (error) return error;
  write(xen, u);
  putPageFromL1e(xen, old);
  return 0;
}

/** Changes an L2 entry. Xen: mod_l2_entry. */
function modL2(xen: Xen, u: Update, type: number): number {
  // The hypervisor's own entries.
  if (type === PGT.l2xen && u.index >= L2_FIRST_XEN_SLOT) {
    return -EINVAL;
  }
  const old = xen.phys.read64(slotOf(u));
  const error = getL2e(xen, u.table, u.entry, u.index);
  if (error) return error;
  write(xen, u);
  putL2e(xen, u.table, old, u.index);
  return 0;
}

/** Changes an L3 entry. Xen: mod_l3_entry. */
function modL3(xen: Xen, u: Update): number {
  if (u.index >= 4) return -EINVAL;
  const old = xen.phys.read64(slotOf(u));
  const same = frameOf(old) === frameOf(u.entry) && u.entry & P;
  // The address space would lose its hypervisor.
  if (u.index === 3 && !(u.entry & P)) return -EINVAL;
  const error = getL3e(xen, u.table, u.entry, u.index);
  if (error) return error;
  if (u.index === 3 && !same && !takesHole(xen, u)) {
    putL3e(xen, u.table, u.entry, u.index);
    return -EINVAL;
  }
  write(xen, u);
  putL3e(xen, u.table, old, u.index);
  xen.root.arch.reload = true;
  return 0;
}

function takesHole(xen: Xen, u: Update): boolean {
  const l2 = frameOf(u.entry);
  if (xen.root.frames.typeCount[l2] !== 1) return false;
  const d = xen.root.domains.get(xen.root.frames.owner[u.table]!);
  installHole(xen, d?.arch.perdomain ?? [], l2);
  return true;
}

/** Writes one entry. The caller holds a reference to the table. */
export function updateEntry(xen: Xen, u: Update): number {
  const { type, typeCount, flags } = xen.root.frames;
  const now = typeCount[u.table]! > 0 ? type[u.table]! : PGT.none;
  // A table in the middle of its own validation.
  if (now !== PGT.none && !(flags[u.table]! & VALIDATED)) return -EBUSY;
  switch (now) {
    case PGT.l1: return modL1(xen, u);
    case PGT.l2:
    case PGT.l2xen: return modL2(xen, u, now);
    case PGT.l3: return modL3(xen, u);
    default: return writePlain(xen, u);
  }
}

function writePlain(xen: Xen, u: Update): number {
  const error = getPageType(xen, u.table, PGT.writable);
  if (error) return error;
  write(xen, u);
  putPageType(xen, u.table);
  return 0;
}
