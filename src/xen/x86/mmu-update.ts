import { domainById, targetDomain } from '../common/domain.ts';
import { getPage, putPage } from '../common/frames.ts';
import {
  readElement, readGuest, writeElement,
} from '../common/guest-access.ts';
import type { Domain, Handler, Vcpu, Xen } from '../common/xen.ts';
import { EINVAL, ENOSYS, EPERM } from '../public/errno.ts';
import { u32 } from '../public/layout.ts';
import { DOMID, MMU, MmuUpdate } from '../public/xen.ts';
import { setGpfnFromMfn } from './m2p.ts';
import { updateEntry } from './pt-update.ts';
import { Errno } from '../common/errno.ts';
import { EFAULT } from '../public/errno.ts';

interface Request { readonly ptr: bigint; readonly val: bigint }

/** The two domains of a call: whose tables, whose frames. */
interface Parties { readonly tables: Domain; readonly frames: Domain }

/** Bits 0–15: whose frames; 16–31: whose tables, plus one. */
function parties(xen: Xen, v: Vcpu, foreign: number): Parties {
  const tables = foreign >>> 16;
  return {
    tables: tables === 0 ? v.domain
      : targetDomain(xen, v, tables - 1),
    frames: targetDomain(xen, v, foreign & 0xffff),
  };
}

function updateTable(
  xen: Xen, { tables, frames }: Parties, r: Request, keep: boolean,
): number {
  const at = r.ptr & ~3n;
  if (at & 7n) return -EINVAL;
  const table = frameNumber(at >> 12n);
  if (!getPage(xen, table, tables.id)) return -EINVAL;
  const error = updateEntry(xen, {
    table, index: Number(at & 0xfffn) / 8, entry: r.val,
    owner: frames.id, preserveAd: keep,
  });
  putPage(xen, table);
  return error;
}

/** A frame number below 2^40, or one that nobody owns. */
const frameNumber = (n: bigint): number => Number(n & (1n << 40n) - 1n);

function updateM2p(xen: Xen, { frames }: Parties, r: Request): number {
  const mfn = frameNumber(r.ptr >> 12n);
  if (!getPage(xen, mfn, frames.id)) return -EINVAL;
  setGpfnFromMfn(xen, mfn, Number(r.val & 0xffff_ffffn));
  putPage(xen, mfn);
  return 0;
}

function one(xen: Xen, who: Parties, r: Request): number {
  switch (Number(r.ptr & 3n)) {
    case MMU.NORMAL_PT_UPDATE:
    case MMU.PT_UPDATE_NO_TRANSLATE:
      return updateTable(xen, who, r, false);
    case MMU.PT_UPDATE_PRESERVE_AD:
      return updateTable(xen, who, r, true);
    default: return updateM2p(xen, who, r);
  }
}

/** Xen: arch/x86/mm.c do_mmu_update. */
export const mmuUpdate: Handler = (
  xen, v, [list = 0n, count = 0n, done = 0n, foreign = 0n],
) => {
  const n = Number(count & 0xffff_ffffn);
  const who = parties(xen, v, Number(foreign & 0xffff_ffffn));
  const size = BigInt(MmuUpdate.size(v.domain.width));
  let error = 0;
  let i = 0;
  for (; i < n && !error; i++) {
    xen.clock.charge(xen.root.charges.mmu);
    const r = readRequest(xen, v, list + BigInt(i) * size);
    error = r ? one(xen, who, r) : -EFAULT;
  }
  if (done !== 0n) {
    writeElement(xen, v, done, 0, u32, error ? i - 1 : i);
  }
  return error;
};

function readRequest(xen: Xen, v: Vcpu, at: bigint) {
  try {
    return readGuest(xen, v, at, MmuUpdate);
  } catch (thrown) {
    if (thrown instanceof Errno) return undefined;
    throw thrown;
  }
}
