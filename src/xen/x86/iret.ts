import { copyFromGuest } from '../common/guest-access.ts';
import { Errno } from '../common/errno.ts';
import { crashDomain } from '../common/shutdown.ts';
import type { Handler, Vcpu, Xen } from '../common/xen.ts';
import { VcpuInfo } from '../public/xen.ts';
import { safeFlags } from './context.ts';
import { fixupSelector } from './descriptors.ts';
import { linearOf, readDescriptor } from './guest-segment.ts';

/** Words from the guest's stack; undefined if it is gone. */
function popWords(xen: Xen, v: Vcpu, n: number): number[] | undefined {
  const { ss, esp } = v.arch.regs;
  const va = linearOf(
    readDescriptor(xen, v, ss), esp, n * 4, false);
  if (va < 0) return undefined;
  try {
    const bytes = copyFromGuest(xen, v, BigInt(va), n * 4);
    return [...new Uint32Array(bytes.buffer)];
  } catch (thrown) {
    if (thrown instanceof Errno) return undefined;
    throw thrown;
  }
}

const VM = 0x2_0000;

/** Returns EAX. Xen: compat_iret. */
export const iret: Handler = (xen, v) => {
  const first = popWords(xen, v, 4);
  const outer = first && (first[2]! & 3) !== 1;
  const all = outer ? popWords(xen, v, 6) : first;
  // A stack that is gone, virtual-8086 mode, or ring 0.
  if (!all || all[3]! & VM || (all[2]! & 3) === 0) {
    crashDomain(xen, v, 'iret with a bad frame');
    return 0;
  }
  const [eax, eip, cs, eflags, esp, ss] = all as [
    number, number, number, number, number, number];
  const { regs } = v.arch;
  regs.eip = eip;
  regs.cs = cs & 0xffff;
  regs.eflags = safeFlags(eflags);
  regs.esp = outer ? esp : (regs.esp + 16) >>> 0;
  if (outer) regs.ss = fixupSelector(ss & 0xffff);
  const mask = eflags & 0x200 ? 0 : 1;
  const at = VcpuInfo.offset(v.domain.width, 'evtchn_upcall_mask');
  xen.phys.write8(v.vcpuInfo + at, mask);
  return eax;
};
