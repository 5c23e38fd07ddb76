import { Errno } from '../common/errno.ts';
import type { Vcpu, Xen } from '../common/xen.ts';
import { EFAULT } from '../public/errno.ts';
import { HOLE } from './layout.ts';
import { translate } from './walk.ts';

/** Where a guest's pointer leads. Throws EFAULT. */
export function guestToMachine(
  xen: Xen, v: Vcpu, at: bigint, write: boolean,
): number {
  const machine = v.domain.translated
    ? translatedToMachine(v, at, write)
    : at < BigInt(HOLE) && v.arch.guestTable >= 0
      ? translate(xen, v.arch.guestTable, Number(at), write)
      : -1;
  if (machine < 0) throw new Errno(EFAULT);
  return machine;
}

function translatedToMachine(
  v: Vcpu, at: bigint, write: boolean,
): number {
  const entry = v.domain.p2m.get(Number(at >> 12n));
  if (!entry) return -1;
  if (write && entry.type === 'grant_map_ro') return -1;
  return entry.mfn * 4096 + Number(at & 0xfffn);
}
