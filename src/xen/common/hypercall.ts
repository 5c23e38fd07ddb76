import { ENOSYS } from '../public/errno.ts';
import { hypercallName } from '../public/xen.ts';
import { Errno } from './errno.ts';
import type { HypercallRecord, Vcpu, Xen } from './xen.ts';

const REMEMBERED = 16;

/** Calls handler `nr`. Never throws what a guest could provoke. */
export function hypercall(
  xen: Xen, v: Vcpu, nr: number, args: bigint[],
): bigint {
  const { root, hooks } = xen;
  xen.clock.charge(root.charges.hypercall);
  const name = hypercallName(nr);
  root.counts.hypercalls[name] =
    (root.counts.hypercalls[name] ?? 0) + 1;
  const record = { nr, args, result: 0n };
  remember(v, record);
  record.result = attempt(xen, v, nr, args);
  hooks.hypercall?.(v, record);
  return record.result;
}

function attempt(
  xen: Xen, v: Vcpu, nr: number, args: bigint[],
): bigint {
  const handler = xen.hypercalls.get(nr);
  if (!handler) return BigInt(-ENOSYS);
  try {
    return BigInt(handler(xen, v, args));
  } catch (thrown) {
    if (thrown instanceof Errno) return BigInt(-thrown.errno);
    throw thrown;
  }
}

function remember(v: Vcpu, record: HypercallRecord): void {
  const { recent } = v.domain;
  recent.push(record);
  if (recent.length > REMEMBERED) recent.shift();
}
