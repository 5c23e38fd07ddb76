import type { Domain, Vcpu, Xen } from '../common/xen.ts';
import { GNTMAP } from '../public/grant_table.ts';
import { VALIDATED } from '../common/frames.ts';
import { HOLE } from './layout.ts';
import { putPageFromL1e } from './mm.ts';
import { PGT } from './page-type.ts';
import { walk } from './walk.ts';

/** The entry that maps a granted frame. Xen: grant_to_pte_flags. */
export function grantEntry(mfn: number, flags: number): bigint {
  const presentAccessedDirty = 0x61n;
  const writable = (flags & GNTMAP.readonly) !== 0 ? 0n : 2n;
  const user = (flags & GNTMAP.application_map) !== 0 ? 4n : 0n;
  const avail = BigInt(flags >>> 16 & 7) << 9n;
  return BigInt(mfn) << 12n
    | presentAccessedDirty | writable | user | avail;
}

/**
 * Map a granted frame for the caller; false if the place is wrong.
 * Xen: create_grant_pv_mapping, create_grant_p2m_mapping.
 */
export function createHostMapping(xen: Xen, v: Vcpu, addr: bigint,
  mfn: number, flags: number, owner: Domain): boolean {
  if (v.domain.translated) {
    return addP2m(xen, v.domain, addr, mfn, flags, owner);
  }
  const at = entryAddress(xen, v, addr, flags);
  if (at === undefined) return false;
  const old = xen.phys.read64(at);
  xen.phys.write64(at, grantEntry(mfn, flags));
  xen.root.arch.reload = true;
  putPageFromL1e(xen, old);
  return true;
}

function addP2m(xen: Xen, d: Domain, addr: bigint, mfn: number,
  flags: number, owner: Domain): boolean {
  if ((flags & ~GNTMAP.readonly) !== GNTMAP.host_map) return false;
  const gfn = Number(addr >> 12n);
  const old = d.p2m.get(gfn);
  if (gfn >= 2 ** 40 || (old && old.type !== 'ram_rw')) return false;
  const type = (flags & GNTMAP.readonly) !== 0
    ? 'grant_map_ro' : 'grant_map_rw';
  d.p2m.set(gfn, { mfn, type, domain: owner.id });
  return true;
}

function removeP2m(d: Domain, addr: bigint, mfn: number): boolean {
  const gfn = Number(addr >> 12n);
  const entry = d.p2m.get(gfn);
  const grant = entry?.type.startsWith('grant') ?? false;
  return entry?.mfn === mfn && grant && d.p2m.delete(gfn);
}

/** The machine address of the entry that a guest means. */
function entryAddress(xen: Xen, v: Vcpu, addr: bigint,
  flags: number): number | undefined {
  const byEntry = (flags & GNTMAP.contains_pte) !== 0;
  if (byEntry ? (addr & 7n) !== 0n : addr >> 32n !== 0n) {
    return undefined;
  }
  const at = byEntry ? Number(addr) : guestL1Entry(xen, v, addr);
  if (at === undefined) return undefined;
  const mfn = Math.floor(at / 4096);
  return xen.root.frames.owner[mfn] === v.domain.id
    && isL1Table(xen, mfn) ? at : undefined;
}

function isL1Table(xen: Xen, mfn: number): boolean {
  const { type, typeCount, flags } = xen.root.frames;
  return type[mfn] === PGT.l1 && typeCount[mfn]! > 0
    && (flags[mfn]! & VALIDATED) !== 0;
}

function guestL1Entry(
  xen: Xen, v: Vcpu, addr: bigint): number | undefined {
  if (addr >= BigInt(HOLE)) return undefined;
  const last = walk(xen, v.arch.guestTable, Number(addr)).at(-1);
  return last?.level === 1 ? last.slot : undefined;
}

/**
 * Take a granted frame's mapping away, if it is there.
 * Xen: replace_grant_pv_mapping, replace_grant_p2m_mapping.
 */
export function replaceHostMapping(xen: Xen, v: Vcpu, addr: bigint,
  mfn: number, newAddr: bigint, flags: number): boolean {
  const byEntry = (flags & GNTMAP.contains_pte) !== 0;
  if (newAddr !== 0n && (byEntry || v.domain.translated)) return false;
  if (v.domain.translated) return removeP2m(v.domain, addr, mfn);
  const at = entryAddress(xen, v, addr, flags);
  const from = newAddr === 0n ? undefined
    : entryAddress(xen, v, newAddr, 0);
  const expected = grantEntry(mfn, flags);
  const compared = 0xf_ffff_ffff_f003n;
  if (at === undefined || (newAddr !== 0n && from === undefined)
    || ((xen.phys.read64(at) ^ expected) & compared) !== 0n) {
    return false;
  }
  const moved = from === undefined ? 0n : xen.phys.read64(from);
  if (from !== undefined) xen.phys.write64(from, 0n);
  xen.phys.write64(at, from === at ? 0n : moved);
  xen.root.arch.reload = true;
  return true;
}
