import type { Handler } from '../common/xen.ts';
import { ENODEV, EPERM } from '../public/errno.ts';
import { HOLE } from './layout.ts';

const TS = 8;

/** Xen: do_fpu_taskswitch. */
export const fpuTaskswitch: Handler = (xen, v, [set = 0n]) => {
  v.arch.cr0 = (set ? v.arch.cr0 | TS : v.arch.cr0 & ~TS) >>> 0;
  xen.root.arch.reload = true;
  return 0;
};

/** DR7: GD never, bit 10 always, and the reserved bits read as 0. */
const DR7_FORBIDDEN = 0x2000;
const DR7_RESERVED = 0xd800;
const DR7_ONE = 0x400;
const DR7_ACTIVE = 0xff;

function checkDr7(value: number): boolean {
  // Type 2 is a break on port accesses.
  const ports = [16, 20, 24, 28].some((n) => (value >>> n & 3) === 2);
  return (value & DR7_FORBIDDEN) === 0
    && !(value & DR7_ACTIVE && ports);
}

/** DR4 and DR5 are other names of DR6 and DR7. SDM vol. 3B §18.2.2. */
const registerOf = (reg: bigint): number => {
  const n = Number(reg & 0xffff_ffffn);
  return n === 4 || n === 5 ? n + 2 : n;
};

/** Xen: do_set_debugreg. */
export const setDebugreg: Handler = (xen, v, [reg = 0n, val = 0n]) => {
  const n = registerOf(reg);
  const value = Number(val & 0xffff_ffffn);
  if (n > 7) return -ENODEV;
  if (n < 4 && value >= HOLE) return -EPERM;
  if (n === 7 && !checkDr7(value)) return -EPERM;
  v.arch.debugreg[n] = n === 7
    ? (value & ~DR7_RESERVED | DR7_ONE) >>> 0 : value;
  xen.root.arch.reload = true;
  return 0;
};

/** Xen: do_get_debugreg. */
export const getDebugreg: Handler = (_xen, v, [reg = 0n]) => {
  const n = registerOf(reg);
  return n > 7 ? -ENODEV : v.arch.debugreg[n]!;
};
