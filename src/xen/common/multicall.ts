import { EFAULT, EINVAL, ENOSYS } from '../public/errno.ts';
import { HYPERVISOR, MulticallEntry } from '../public/xen.ts';
import { readGuest, writeField } from './guest-access.ts';
import { ulong } from '../public/layout.ts';
import { hypercall } from './hypercall.ts';
import type { Handler, Vcpu, Xen } from './xen.ts';

const refused = new Set<number>([
  HYPERVISOR.multicall, HYPERVISOR.iret,
]);

function one(xen: Xen, v: Vcpu, at: bigint): void {
  const { op, args } = readGuest(xen, v, at, MulticallEntry);
  const nr = Number(op & 0xffff_ffffn);
  const result = refused.has(nr)
    ? BigInt(-ENOSYS) : hypercall(xen, v, nr, args);
  const unsigned = BigInt.asUintN(v.domain.width * 8, result);
  writeField(xen, v, at, MulticallEntry, 'result', ulong, unsigned);
}

/** Xen: common/multicall.c do_multicall. */
export const multicall: Handler = (
  xen, v, [list = 0n, count = 0n],
) => {
  const n = Number(count & 0xffff_ffffn);
  const size = BigInt(MulticallEntry.size(v.domain.width));
  if (n > MOST_CALLS) return -EINVAL;
  if (n > 0 && list === 0n) return -EFAULT;
  for (let i = 0; i < n; i++) {
    one(xen, v, list + BigInt(i) * size);
    if (v.domain.shutdown >= 0) return 0;
  }
  return 0;
};

/** More entries than any guest's page of memory holds. */
const MOST_CALLS = 4096;
