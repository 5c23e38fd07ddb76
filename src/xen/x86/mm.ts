import {
  getPage, PINNED, putPage, VALIDATED,
} from '../common/frames.ts';
import type { FrameTable, Xen } from '../common/xen.ts';
import { EINVAL, EBUSY } from '../public/errno.ts';
import { type PageType, PGT } from './page-type.ts';
import { NOBODY } from '../common/xen.ts';
import { validateDescriptors } from './gdt.ts';
import {
  ACCESSED, DIRTY, flagsOf, frameOf, GLOBAL, L2_FIRST_XEN_SLOT, P,
  RW, US,
} from './pte.ts';
import { installHole } from './setup.ts';
import { dropLdt } from './ldt.ts';

/** Takes a reference to `mfn` as a `type`: 0 or -errno.
 * Xen: arch/x86/mm.c get_page_type. */
export function getPageType(
  xen: Xen, mfn: number, type: PageType,
): number {
  const f = xen.root.frames;
  if (f.typeCount[mfn]! > 0) {
    // Another use needs it to be something else.
    if (f.type[mfn] !== type) return -EINVAL;
    // A table that is being checked meets itself.
    if (!(f.flags[mfn]! & VALIDATED)) return -EBUSY;
    f.typeCount[mfn]!++;
    return 0;
  }
  return become(xen, f, mfn, type);
}

/** Gives a frame a type, if its contents allow. */
export function become(
  xen: Xen, f: FrameTable, mfn: number, type: PageType,
): number {
  // A TLB may still let the guest write to it.
  if (f.type[mfn] === PGT.writable) xen.root.arch.reload = true;
  f.type[mfn] = type;
  f.typeCount[mfn] = 1;
  f.flags[mfn]! &= ~VALIDATED;
  const error = validate(xen, mfn, type);
  if (error) f.typeCount[mfn] = 0;
  else f.flags[mfn]! |= VALIDATED;
  return error;
}

/** Drops a reference to the type. Xen: put_page_type. */
export function putPageType(xen: Xen, mfn: number): void {
  const f = xen.root.frames;
  if (!f.typeCount[mfn]) throw new Error(`put_page_type: ${mfn}`);
  if (f.typeCount[mfn] === 1) {
    f.flags[mfn]! &= ~VALIDATED;
    devalidate(xen, mfn, f.type[mfn]!);
  }
  f.typeCount[mfn]!--;
}

/** Both references, or neither. Xen: get_page_and_type. */
export function getPageAndType(
  xen: Xen, mfn: number, domain: number, type: PageType,
): number {
  // Somebody else's frame, or nobody's.
  if (!getPage(xen, mfn, domain)) return -EINVAL;
  const error = getPageType(xen, mfn, type);
  if (error) putPage(xen, mfn);
  return error;
}

export function putPageAndType(xen: Xen, mfn: number): void {
  putPageType(xen, mfn);
  putPage(xen, mfn);
}

function validate(xen: Xen, mfn: number, type: PageType): number {
  switch (type) {
    case PGT.l1: return eachEntry(xen, mfn, 512, getL1e, putL1e);
    case PGT.l2: return eachEntry(xen, mfn, 512, getL2e, putL2e);
    case PGT.l2xen:
      return eachEntry(xen, mfn, L2_FIRST_XEN_SLOT, getL2e, putL2e);
    case PGT.l3: return validateL3(xen, mfn);
    case PGT.segDesc: return validateDescriptors(xen, mfn);
    default: return 0;
  }
}

function devalidate(xen: Xen, mfn: number, type: number): void {
  const n = type === PGT.l3 ? 4
    : type === PGT.l2xen ? L2_FIRST_XEN_SLOT : 512;
  const put = { [PGT.l1]: putL1e, [PGT.l2]: putL2e,
    [PGT.l2xen]: putL2e, [PGT.l3]: putL3e }[type];
  for (let i = 0; put && i < n; i++) {
    put(xen, mfn, entryAt(xen, mfn, i), i);
  }
}

/** Takes what entry `i` of a table needs: 0 or -errno. */
export type Get = (
  xen: Xen, table: number, entry: bigint, i: number,
) => number;
/** Gives it back. */
export type Put = (
  xen: Xen, table: number, entry: bigint, i: number,
) => void;

export const entryAt = (xen: Xen, table: number, i: number): bigint =>
  xen.phys.read64(table * 4096 + i * 8);

/** Takes all entries, or none. */
export function eachEntry(
  xen: Xen, table: number, n: number, get: Get, put: Put,
): number {
  for (let i = 0; i < n; i++) {
    const error = get(xen, table, entryAt(xen, table, i), i);
    if (!error) continue;
    while (--i >= 0) put(xen, table, entryAt(xen, table, i), i);
    return error;
  }
  return 0;
}

/** Bits that a guest may set in an entry of any level. */
const ALLOWED = P | RW | US | ACCESSED | DIRTY | 0xe00n;
const L1_ALLOWED = ALLOWED | GLOBAL;

const ownerOf = (xen: Xen, mfn: number): number =>
  xen.root.frames.owner[mfn] ?? NOBODY;

const getL1e: Get = (xen, table, entry) =>
  getPageFromL1e(xen, entry, ownerOf(xen, table));

/** Takes what an L1 entry needs. Xen: get_page_from_l1e.
 * @param domain whose frame it may be */
export function getPageFromL1e(
  xen: Xen, entry: bigint, domain: number,
): number {
  if (!(entry & P)) return 0;
  // Reserved bits fault at a moment that the guest chooses; cache
  // attributes can make memory incoherent for its next owner.
  if (flagsOf(entry) & ~L1_ALLOWED) return -EINVAL;
  const mfn = frameOf(entry);
  return entry & RW
    ? getPageAndType(xen, mfn, domain, PGT.writable)
    : getPage(xen, mfn, domain) ? 0 : -EINVAL;
}

const putL1e: Put = (xen, _table, entry) =>
  putPageFromL1e(xen, entry);

/** Gives back what an L1 entry held. Xen: put_page_from_l1e. */
export function putPageFromL1e(xen: Xen, entry: bigint): void {
  if (!(entry & P)) return;
  const mfn = frameOf(entry);
  const { type, typeCount, owner } = xen.root.frames;
  if (!(entry & RW) && type[mfn] === PGT.segDesc && typeCount[mfn]) {
    const d = xen.root.domains.get(owner[mfn]!);
    for (const v of d?.vcpus ?? []) dropLdt(xen, v);
  }
  if (entry & RW) putPageAndType(xen, mfn);
  else putPage(xen, mfn);
}

export const getL2e: Get = (xen, table, entry) => {
  if (!(entry & P)) return 0;
  // A large page would map 512 frames that nobody checked.
  if (flagsOf(entry) & ~ALLOWED) return -EINVAL;
  const mfn = frameOf(entry);
  const owner = ownerOf(xen, table);
  const error = getPageAndType(xen, mfn, owner, PGT.l1);
  if (error && isL2(xen, mfn)) return getLinear(xen, table, entry);
  return error;
};

export const putL2e: Put = (xen, table, entry) => {
  if (!(entry & P)) return;
  const mfn = frameOf(entry);
  if (mfn === table) return;
  if (isL2(xen, mfn)) putLinear(xen, table, mfn);
  putPageAndType(xen, mfn);
};

function isL2(xen: Xen, mfn: number): boolean {
  const { type, typeCount } = xen.root.frames;
  return typeCount[mfn]! > 0
    && (type[mfn] === PGT.l2 || type[mfn] === PGT.l2xen);
}

function getLinear(xen: Xen, table: number, entry: bigint): number {
  const f = xen.root.frames;
  const mfn = frameOf(entry);
  // Through a writable one the guest would write its own L1s.
  if (entry & RW) return -EINVAL;
  if (mfn === table) return 0;
  if (!getPage(xen, mfn, ownerOf(xen, table))) return -EINVAL;
  // A chain or a cycle of linear tables.
  const chained = f.linear[mfn]! < 0 || f.linear[table]! > 0;
  const error = chained ? -EINVAL
    : getPageType(xen, mfn, f.type[mfn] as PageType);
  if (error) {
    putPage(xen, mfn);
    return error;
  }
  f.linear[mfn]!++;
  f.linear[table]!--;
  return 0;
}

function putLinear(xen: Xen, table: number, mfn: number): void {
  const { linear } = xen.root.frames;
  linear[mfn]!--;
  linear[table]!++;
}

export const getL3e: Get = (xen, table, entry, i) => {
  if (!(entry & P)) return 0;
  if (flagsOf(entry) & ~ALLOWED) return -EINVAL;
  const owner = ownerOf(xen, table);
  const type = i === 3 ? PGT.l2xen : PGT.l2;
  return getPageAndType(xen, frameOf(entry), owner, type);
};

export const putL3e: Put = (xen, _table, entry) => {
  if (entry & P) putPageAndType(xen, frameOf(entry));
};

function validateL3(xen: Xen, mfn: number): number {
  const error = eachEntry(xen, mfn, 4, getL3e, putL3e)
    || addHole(xen, mfn);
  if (!error) xen.phys.fill(mfn * 4096 + 32, 4096 - 32, 0);
  return error;
}

/** Puts the hole into L3[3]'s table. Xen: create_pae_xen_mappings. */
function addHole(xen: Xen, l3: number): number {
  const last = entryAt(xen, l3, 3);
  const l2 = frameOf(last);
  const alone = last & P && xen.root.frames.typeCount[l2] === 1;
  if (!alone) {
    undoL3(xen, l3);
    return -EINVAL;
  }
  const d = xen.root.domains.get(ownerOf(xen, l3));
  installHole(xen, d?.arch.perdomain ?? [], l2);
  return 0;
}

function undoL3(xen: Xen, l3: number): void {
  for (let i = 0; i < 4; i++) putL3e(xen, l3, entryAt(xen, l3, i), i);
}
