import { copyToGuest } from '../common/guest-access.ts';
import { crashDomain } from '../common/shutdown.ts';
import { Errno } from '../common/errno.ts';
import type { Vcpu, Xen } from '../common/xen.ts';
import { VcpuInfo } from '../public/xen.ts';
import type { FarPointer, UserRegs } from './domain.ts';
import { linearOf, readDescriptor } from './guest-segment.ts';
import { HOLE } from './layout.ts';

export interface BounceOptions {
  readonly errorCode?: number;
  /** Mask events on the way in. */
  readonly masks: boolean;
  /** Also push the data selectors, and clear them. */
  readonly failsafe?: boolean;
}

const IF = 0x200;
/** VM, RF, NT and TF. */
const CLEARED = 0x3_4100;

function frameWords(
  regs: UserRegs, mask: number, inner: boolean, o: BounceOptions,
): number[] {
  const flags = regs.eflags & ~IF | (mask ? 0 : IF);
  return [
    ...(o.failsafe ? [regs.ds, regs.es, regs.fs, regs.gs] : []),
    ...(o.errorCode === undefined ? [] : [o.errorCode]),
    regs.eip, regs.cs | mask << 16, flags >>> 0,
    ...(inner ? [] : [regs.esp, regs.ss]),
  ];
}

/** Pushes words; the new ESP, or -1. */
function push(
  xen: Xen, v: Vcpu, ss: number, esp: number, words: number[],
): number {
  const bytes = new Uint8Array(Uint32Array.from(words).buffer);
  const at = (esp - bytes.length) >>> 0;
  const segment = readDescriptor(xen, v, ss);
  const va = linearOf(segment, at, bytes.length, true);
  if (va < 0 || va + bytes.length > HOLE) return -1;
  try {
    copyToGuest(xen, v, BigInt(va), bytes);
    return at;
  } catch (thrown) {
    if (thrown instanceof Errno) return -1;
    throw thrown;
  }
}

/** Makes `v` continue in its handler `to`. Xen:
 * create_bounce_frame. */
export function bounceFrame(
  xen: Xen, v: Vcpu, to: FarPointer, options: BounceOptions,
): void {
  const { regs, kernelSs, kernelSp } = v.arch;
  const inner = (regs.cs & 3) === 1;
  const maskAt = v.vcpuInfo
    + VcpuInfo.offset(v.domain.width, 'evtchn_upcall_mask');
  const mask = xen.phys.read8(maskAt) & 1;
  const ss = inner ? regs.ss : kernelSs;
  const words = frameWords(regs, mask, inner, options);
  const esp = push(xen, v, ss, inner ? regs.esp : kernelSp, words);
  if (to.eip === 0 || esp < 0) {
    return crashDomain(xen, v, to.eip === 0
      ? 'no handler for a callback'
      : 'fault on the guest kernel stack');
  }
  if (options.masks) xen.phys.write8(maskAt, 1);
  if (options.failsafe) Object.assign(regs, NO_SELECTORS);
  regs.ss = ss;
  regs.esp = esp;
  regs.cs = to.cs;
  regs.eip = to.eip;
  regs.eflags = (regs.eflags & ~CLEARED | IF) >>> 0;
}

const NO_SELECTORS = { ds: 0, es: 0, fs: 0, gs: 0 };
