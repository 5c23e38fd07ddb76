import type { Kernel } from '../../xen/public/kernel.ts';
import { SharedInfo, VcpuInfo } from '../../xen/public/xen.ts';

const SELECTOR = VcpuInfo.offset(8, 'evtchn_pending_sel');
const PENDING = SharedInfo.offset(8, 'evtchn_pending');
const MASK = SharedInfo.offset(8, 'evtchn_mask');

function bitsOf(word: bigint): number[] {
  const bits: number[] = [];
  for (let i = 0; word >> BigInt(i); i++) {
    if (word >> BigInt(i) & 1n) bits.push(i);
  }
  return bits;
}

/** Takes the pending ports of the 2-level table at `info`. */
export function pendingPorts(k: Kernel, info: number): number[] {
  if (k.read8(info) === 0) return [];
  k.write8(info, 0);
  const selector = k.read64(info + SELECTOR);
  k.write64(info + SELECTOR, 0n);
  return bitsOf(selector).flatMap(word => {
    const at = info + PENDING + 8 * word;
    const pending = k.read64(at);
    const open = pending & ~k.read64(info + MASK + 8 * word);
    k.write64(at, pending & ~open);
    return bitsOf(open).map(bit => 64 * word + bit);
  });
}
