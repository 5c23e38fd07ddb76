import type { Xen } from '../common/xen.ts';
import { HYPERVISOR } from '../public/xen.ts';

const PUSH_EAX = 0x50;
const MOV_EAX = 0xb8;
const INT_82_RET = [0xcd, 0x82, 0xc3];

/** Xen 3: arch/x86/x86_32/traps.c hypercall_page_initialise. */
export function writeHypercallPage(xen: Xen, mfn: number): void {
  const page = new Uint8Array(4096).fill(0xcc);
  for (let nr = 0; nr < 128; nr++) {
    const push = nr === HYPERVISOR.iret ? [PUSH_EAX] : [];
    page.set([...push, MOV_EAX, nr, 0, 0, 0, ...INT_82_RET], nr * 32);
  }
  xen.phys.writeBytes(mfn * 4096, page);
}
