import { setGpfnFromMfn } from '../arch.ts';
import { EINVAL, ENOMEM, EPERM } from '../public/errno.ts';
import { ulong } from '../public/layout.ts';
import { MemoryExchange } from '../public/memory.ts';
import { dropAllocation } from './destroy.ts';
import { targetDomain } from './domain.ts';
import { ALLOCATED, allocDomainFrames } from './frames.ts';
import {
  readElement, readGuest, writeElement, writeField,
} from './guest-access.ts';
import { maxOrder } from './memory.ts';
import type { Domain, Vcpu, Xen } from './xen.ts';

/** Whether nothing but its owner holds a frame. */
function loose(xen: Xen, d: Domain, mfn: number): boolean {
  const { owner, refs, flags } = xen.root.frames;
  return owner[mfn] === d.id && refs[mfn] === 1
    && flags[mfn] === ALLOCATED;
}

type Exchange = ReturnType<typeof MemoryExchange.decode>;

/** Whether both lists are of one size, and `d` has so many frames:
 * a longer one need not be read. */
function plausible(d: Domain, { in: i, out: o }: Exchange): boolean {
  const total = i.nr_extents << BigInt(i.extent_order);
  return total === o.nr_extents << BigInt(o.extent_order)
    && total <= BigInt(d.totPages);
}

function readGiven(
  xen: Xen, v: Vcpu, { in: i }: Exchange,
): Set<number> {
  const run = 2 ** i.extent_order;
  const given = new Set<number>();
  for (let n = 0; n < Number(i.nr_extents); n++) {
    const at = Number(readElement(xen, v, i.extent_start, n, ulong));
    for (let k = 0; k < run; k++) given.add(at + k);
  }
  return given;
}

function takeNew(xen: Xen, d: Domain, { out }: Exchange): number[] {
  const got: number[] = [];
  for (let n = 0; n < Number(out.nr_extents); n++) {
    const mfn = allocDomainFrames(xen, d, out.extent_order);
    if (mfn < 0) break;
    got.push(mfn);
  }
  return got;
}

function eachFrame(
  first: readonly number[], order: number, each: (m: number) => void,
): void {
  for (const mfn of first) {
    for (let k = 0; k < 2 ** order; k++) each(mfn + k);
  }
}

/** Xen: common/memory.c memory_exchange. */
export function exchange(xen: Xen, v: Vcpu, at: bigint): number {
  const e = readGuest(xen, v, at, MemoryExchange);
  const order = Math.max(e.in.extent_order, e.out.extent_order);
  if (order > maxOrder(v.domain)) return -EPERM;
  const d = targetDomain(xen, v, e.in.domid);
  if (e.in.domid !== e.out.domid || !plausible(d, e)) return -EINVAL;
  if (d.translated || e.nr_exchanged !== 0n) return -EINVAL;
  const given = readGiven(xen, v, e);
  const total = Number(e.in.nr_extents) * 2 ** e.in.extent_order;
  const all = [...given].every((mfn) => loose(xen, d, mfn));
  if (given.size !== total || !all) return -EINVAL;
  d.maxPages += total;
  const got = takeNew(xen, d, e);
  d.maxPages -= total;
  const { out } = e;
  if (got.length < Number(out.nr_extents)) {
    eachFrame(got, out.extent_order, (m) => dropAllocation(xen, m));
    return -ENOMEM;
  }
  for (const mfn of given) dropAllocation(xen, mfn);
  return report(xen, v, at, e, got);
}

function report(
  xen: Xen, v: Vcpu, at: bigint, { out }: Exchange, got: number[],
): number {
  got.forEach((mfn, n) => {
    const list = out.extent_start;
    const gfn = Number(readElement(xen, v, list, n, ulong));
    eachFrame([mfn], out.extent_order, (m) =>
      setGpfnFromMfn(xen, m, gfn + m - mfn));
    writeElement(xen, v, list, n, ulong, BigInt(mfn));
  });
  writeField(xen, v, at, MemoryExchange, 'nr_exchanged', ulong,
    BigInt(got.length));
  return 0;
}
