import { targetDomain } from '../common/domain.ts';
import { getPage, putPage } from '../common/frames.ts';
import { copyFromGuest } from '../common/guest-access.ts';
import type { Domain, Vcpu, Xen } from '../common/xen.ts';
import { EINVAL } from '../public/errno.ts';
import { UVMF } from '../public/xen.ts';
import { HOLE } from './layout.ts';
import { PGT } from './page-type.ts';
import { P } from './pte.ts';
import { updateEntry } from './pt-update.ts';
import { walk } from './walk.ts';

/** Machine address of the L1 entry for `va`, or -1. Xen:
 * map_guest_l1e. */
export function l1eAddress(xen: Xen, v: Vcpu, va: number): number {
  if (v.arch.guestTable < 0 || va >= HOLE) return -1;
  const steps = walk(xen, v.arch.guestTable, va);
  const last = steps.at(-1)!;
  return last.level === 1 ? last.slot : -1;
}

function updateVa(
  xen: Xen, v: Vcpu, va: number, entry: bigint, owner: Domain,
): number {
  const slot = l1eAddress(xen, v, va);
  const table = Math.floor(slot / 4096);
  if (slot < 0 || !getPage(xen, table, v.domain.id)) return -EINVAL;
  const { type, typeCount } = xen.root.frames;
  const isL1 = typeCount[table]! > 0 && type[table] === PGT.l1;
  const error = isL1 ? updateEntry(xen, {
    table, index: slot % 4096 / 8, entry, owner: owner.id,
    preserveAd: false,
  }) : -EINVAL;
  putPage(xen, table);
  return error;
}

function flush(xen: Xen, v: Vcpu, flags: bigint): number {
  const kind = Number(flags & BigInt(UVMF.FLUSHTYPE_MASK));
  if (kind === UVMF.NONE) return 0;
  if (kind === UVMF.FLUSHTYPE_MASK) return -EINVAL;
  const mask = flags & ~BigInt(UVMF.FLUSHTYPE_MASK);
  if (mask > BigInt(UVMF.ALL)) copyFromGuest(xen, v, mask, 4);
  xen.root.arch.reload = true;
  return 0;
}

/** Xen: do_update_va_mapping_otherdomain. */
export function updateVaMappingOther(
  xen: Xen, v: Vcpu, args: bigint[],
): number {
  const [va = 0n, low = 0n, high = 0n, flags = 0n, dom = 0n] = args;
  const entry = high << 32n | low & 0xffff_ffffn;
  const owner = targetDomain(xen, v, Number(dom & 0xffffn));
  const at = Number(va & 0xffff_ffffn);
  return updateVa(xen, v, at, entry, owner) || flush(xen, v, flags);
}

/** Xen: do_update_va_mapping. */
export const updateVaMapping = (
  xen: Xen, v: Vcpu, args: bigint[],
): number => updateVaMappingOther(
  xen, v, [...args.slice(0, 4), BigInt(v.domain.id)]);
