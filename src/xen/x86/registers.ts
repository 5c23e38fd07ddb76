import type { Handler } from '../common/xen.ts';
import { EINVAL, EPERM } from '../public/errno.ts';
import { GUEST_SEGMENT_MAX_ADDR, HOLE } from './layout.ts';

const TS = 8;

/** Xen: do_fpu_taskswitch. */
export const fpuTaskswitch: Handler = (xen, v, [set = 0n]) => {
  v.arch.cr0 = (set ? v.arch.cr0 | TS : v.arch.cr0 & ~TS) >>> 0;
  xen.root.arch.reload = true;
  return 0;
};

/** DR7: LE, GE and the reserved bit read as 1; GD never. */
const DR7_FORBIDDEN = 0x2000;
const DR7_RESERVED = 0xd000;

function checkDr7(value: number): boolean {
  if (value & (DR7_FORBIDDEN | DR7_RESERVED)) return false;
  for (let i = 0; i < 4; i++) {
    // Type 2 is a break on port accesses.
    if ((value >>> (16 + i * 4) & 3) === 2) return false;
  }
  return true;
}

/** Xen: do_set_debugreg. */
export const setDebugreg: Handler = (xen, v, [reg = 0n, val = 0n]) => {
  const n = Number(reg & 0xffff_ffffn);
  const value = Number(val & 0xffff_ffffn);
  if (n < 4 && value >= HOLE) return -EPERM;
  if (n === 4 || n === 5 || n > 7) return -EINVAL;
  if (n === 7 && !checkDr7(value)) return -EPERM;
  v.arch.debugreg[n] = value;
  xen.root.arch.reload = true;
  return 0;
};

/** Xen: do_get_debugreg. */
export const getDebugreg: Handler = (_xen, v, [reg = 0n]) => {
  const n = Number(reg & 0xffff_ffffn);
  return n < 4 || n === 6 || n === 7
    ? v.arch.debugreg[n]! : -EINVAL;
};
