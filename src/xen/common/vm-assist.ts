import { EINVAL, ENOSYS } from '../public/errno.ts';
import { VMASST } from '../public/xen.ts';
import type { Handler } from './xen.ts';

const offered = new Set<number>([
  VMASST.TYPE_4gb_segments, VMASST.TYPE_4gb_segments_notify,
  VMASST.TYPE_pae_extended_cr3, VMASST.TYPE_architectural_iopl,
  VMASST.TYPE_runstate_update_flag,
]);

/** Xen: common/kernel.c vm_assist. */
export const vmAssist: Handler = (_xen, v, [cmd = 0n, type = 0n]) => {
  const bit = Number(type & 0xffff_ffffn);
  if (!offered.has(bit)) return -EINVAL;
  const mask = 1 << bit;
  switch (Number(cmd & 0xffff_ffffn)) {
    case VMASST.CMD_enable: v.domain.vmAssist |= mask; return 0;
    case VMASST.CMD_disable: v.domain.vmAssist &= ~mask; return 0;
    default: return -ENOSYS;
  }
};
