import { readGuest } from '../common/guest-access.ts';
import type { Handler } from '../common/xen.ts';
import { EINVAL, ENOSYS } from '../public/errno.ts';
import { struct, u32 } from '../public/layout.ts';

const PHYSDEVOP_set_iopl = 6;
const PhysdevSetIopl = struct({ iopl: u32 });

/** Xen: do_physdev_op. */
export const physdevOp: Handler = (xen, v, [cmd = 0n, arg = 0n]) => {
  if (Number(cmd & 0xffff_ffffn) !== PHYSDEVOP_set_iopl) return -ENOSYS;
  const { iopl } = readGuest(xen, v, arg, PhysdevSetIopl);
  if (iopl > 3) return -EINVAL;
  v.arch.iopl = iopl;
  return 0;
};
