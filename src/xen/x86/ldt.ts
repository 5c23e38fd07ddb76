import type { Vcpu, Xen } from '../common/xen.ts';
import { EINVAL } from '../public/errno.ts';
import { HOLE, ldtAt } from './layout.ts';
import { perdomainSlot } from './load.ts';
import { getPageAndType, putPageAndType } from './mm.ts';
import { PGT } from './page-type.ts';
import { ACCESSED, DIRTY, entryFor, frameOf, P, RW } from './pte.ts';
import { walk } from './walk.ts';

const LDT_PAGES = 16;

/** Unmaps the LDT and gives its frames back. Xen:
 * pv_destroy_ldt. */
export function dropLdt(xen: Xen, v: Vcpu): void {
  for (let page = 0; page < LDT_PAGES; page++) {
    const slot = perdomainSlot(v, ldtAt(v.id) + page * 4096);
    const entry = xen.phys.read64(slot);
    if (!(entry & P)) continue;
    xen.phys.write64(slot, 0n);
    xen.root.arch.reload = true;
    putPageAndType(xen, frameOf(entry));
  }
}

/** Whether a guest may have its LDT there. In the hole the
 * hypervisor would read its own memory as descriptors. */
export function ldtOkay(base: number, entries: number): boolean {
  return base % 4096 === 0 && entries <= 8192
    && base + entries * 8 <= HOLE;
}

/** Notes a new LDT. Xen: MMUEXT_SET_LDT. */
export function setLdt(
  xen: Xen, v: Vcpu, base: number, entries: number,
): number {
  if (!ldtOkay(base, entries)) return -EINVAL;
  dropLdt(xen, v);
  v.arch.ldtBase = base;
  v.arch.ldtEntries = entries;
  xen.root.arch.reload = true;
  return 0;
}

/** Maps the LDT page that `address` is in; true: try again.
 * Xen: pv_map_ldt_shadow_page. */
export function mapLdtPage(
  xen: Xen, v: Vcpu, address: number,
): boolean {
  const offset = address - ldtAt(v.id);
  if (offset >= v.arch.ldtEntries * 8) return false;
  const page = offset >>> 12;
  const va = v.arch.ldtBase + page * 4096;
  const last = walk(xen, v.arch.guestTable, va).at(-1)!;
  if (last.level !== 1 || !(last.entry & P)) return false;
  const mfn = frameOf(last.entry);
  const { id } = v.domain;
  if (getPageAndType(xen, mfn, id, PGT.segDesc)) return false;
  const slot = perdomainSlot(v, ldtAt(v.id) + page * 4096);
  const flags = P | RW | ACCESSED | DIRTY;
  xen.phys.write64(slot, entryFor(mfn, flags));
  return true;
}
