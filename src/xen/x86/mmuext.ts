import { targetDomain } from '../common/domain.ts';
import { getPage, PINNED, putPage } from '../common/frames.ts';
import {
  copyFromGuest, readGuest, writeElement,
} from '../common/guest-access.ts';
import type { Domain, Handler, Vcpu, Xen } from '../common/xen.ts';
import {
  EACCES, EINVAL, ENOSYS, EOPNOTSUPP, EPERM,
} from '../public/errno.ts';
import { u32 } from '../public/layout.ts';
import { MMUEXT, MmuextOp } from '../public/xen.ts';
import { getPageAndType, putPageAndType } from './mm.ts';
import { type PageType, PGT } from './page-type.ts';
import { Errno } from '../common/errno.ts';
import { setLdt } from './ldt.ts';

interface Request {
  readonly cmd: number;
  readonly arg1: bigint;
  readonly arg2: bigint;
}

type Op = (xen: Xen, v: Vcpu, d: Domain, r: Request) => number;

const frame = (n: bigint): number => Number(n & (1n << 40n) - 1n);

/** Pins a frame as a table of `type`. */
const pin = (type: PageType): Op => (xen, _v, d, { arg1 }) => {
  const mfn = frame(arg1);
  const error = getPageAndType(xen, mfn, d.id, type);
  if (error) return error;
  const { flags } = xen.root.frames;
  if (flags[mfn]! & PINNED) {
    putPageAndType(xen, mfn);
    return -EINVAL;
  }
  flags[mfn]! |= PINNED;
  return 0;
};

const unpin: Op = (xen, _v, d, { arg1 }) => {
  const mfn = frame(arg1);
  if (!getPage(xen, mfn, d.id)) return -EINVAL;
  const pinned = xen.root.frames.flags[mfn]! & PINNED;
  if (pinned) {
    xen.root.frames.flags[mfn]! &= ~PINNED;
    putPageAndType(xen, mfn);
  }
  putPage(xen, mfn);
  return pinned ? 0 : -EINVAL;
};

/** Makes `mfn` the top-level table of `v`. Xen: new_guest_cr3. */
export function newBase(xen: Xen, v: Vcpu, mfn: number): number {
  const error = getPageAndType(xen, mfn, v.domain.id, PGT.l3);
  if (error) return error;
  const old = v.arch.guestTable;
  v.arch.guestTable = mfn;
  xen.root.arch.reload = true;
  if (old >= 0) putPageAndType(xen, old);
  return 0;
}

const flushAll: Op = (xen) => {
  xen.root.arch.reload = true;
  return 0;
};

/** For some virtual CPUs, of which the guest has a bitmap. */
const flushMulti: Op = (xen, v, d, r) => {
  copyFromGuest(xen, v, r.arg2, 4);
  return flushAll(xen, v, d, r);
};

function writablePage(
  xen: Xen, d: Domain, mfn: number, write: () => void,
): number {
  const error = getPageAndType(xen, mfn, d.id, PGT.writable);
  if (error) return error;
  write();
  putPageAndType(xen, mfn);
  return 0;
}

const clearPage: Op = (xen, _v, d, { arg1 }) =>
  writablePage(xen, d, frame(arg1), () =>
    xen.phys.fill(frame(arg1) * 4096, 4096, 0));

const copyPage: Op = (xen, _v, d, { arg1, arg2 }) => {
  const from = frame(arg2);
  // Reading needs the owner's consent as well.
  if (!getPage(xen, from, d.id)) return -EINVAL;
  const error = writablePage(xen, d, frame(arg1), () =>
    xen.phys.writeBytes(
      frame(arg1) * 4096, xen.phys.readBytes(from * 4096, 4096)));
  putPage(xen, from);
  return error;
};

const refuse = (errno: number): Op => () => -errno;

const newBasePointer: Op = (xen, v, _d, { arg1 }) =>
  newBase(xen, v, frame(arg1));

/** Operations on frames, which domain 0 may do for another. */
const forOthers: Record<number, Op> = {
  [MMUEXT.PIN_L1_TABLE]: pin(PGT.l1),
  [MMUEXT.PIN_L2_TABLE]: pin(PGT.l2),
  [MMUEXT.PIN_L3_TABLE]: pin(PGT.l3),
  [MMUEXT.PIN_L4_TABLE]: refuse(EINVAL),
  [MMUEXT.UNPIN_TABLE]: unpin,
  [MMUEXT.CLEAR_PAGE]: clearPage,
  [MMUEXT.COPY_PAGE]: copyPage,
};

/** Operations on the virtual CPU that calls. */
const forSelf: Record<number, Op> = {
  [MMUEXT.NEW_BASEPTR]: newBasePointer,
  [MMUEXT.TLB_FLUSH_LOCAL]: flushAll,
  [MMUEXT.INVLPG_LOCAL]: flushAll,
  [MMUEXT.TLB_FLUSH_MULTI]: flushMulti,
  [MMUEXT.INVLPG_MULTI]: flushMulti,
  [MMUEXT.TLB_FLUSH_ALL]: flushAll,
  [MMUEXT.INVLPG_ALL]: flushAll,
  [MMUEXT.FLUSH_CACHE]: refuse(EACCES),
  [MMUEXT.FLUSH_CACHE_GLOBAL]: refuse(EACCES),
  [MMUEXT.NEW_USER_BASEPTR]: refuse(EOPNOTSUPP),
  [MMUEXT.MARK_SUPER]: refuse(EOPNOTSUPP),
  [MMUEXT.UNMARK_SUPER]: refuse(EOPNOTSUPP),
  [MMUEXT.SET_LDT]: (xen, v, _d, { arg1, arg2 }) => {
    const base = Number(arg1 & 0xffff_ffffn);
    return setLdt(xen, v, base, Number(arg2 & 0xffff_ffffn));
  },
};

function one(xen: Xen, v: Vcpu, d: Domain, r: Request): number {
  const op = forOthers[r.cmd];
  if (op) return d.translated ? -EINVAL : op(xen, v, d, r);
  const own = forSelf[r.cmd];
  if (!own) return -ENOSYS;
  if (d !== v.domain) return -EPERM;
  return v.domain.translated ? -EOPNOTSUPP : own(xen, v, d, r);
}

/** Xen: arch/x86/mm.c do_mmuext_op. */
export const mmuextOp: Handler = (
  xen, v, [list = 0n, count = 0n, done = 0n, foreign = 0n],
) => {
  const n = Number(count & 0xffff_ffffn);
  const d = targetDomain(xen, v, Number(foreign & 0xffffn));
  const size = BigInt(MmuextOp.size(v.domain.width));
  let error = 0;
  let i = 0;
  for (; i < n && !error; i++) {
    xen.clock.charge(xen.root.charges.mmu);
    error = attempt(xen, v, d, list + BigInt(i) * size);
  }
  if (done !== 0n) {
    writeElement(xen, v, done, 0, u32, error ? i - 1 : i);
  }
  return error;
};

function attempt(xen: Xen, v: Vcpu, d: Domain, at: bigint): number {
  try {
    return one(xen, v, d, readGuest(xen, v, at, MmuextOp));
  } catch (thrown) {
    if (thrown instanceof Errno) return -thrown.errno;
    throw thrown;
  }
}
