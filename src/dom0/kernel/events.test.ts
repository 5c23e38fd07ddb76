import { expect, test } from 'vitest';
import type { Kernel } from '../../xen/public/kernel.ts';
import { SharedInfo, VcpuInfo } from '../../xen/public/xen.ts';
import { pendingPorts } from './events.ts';

test('pending ports are taken once, masked ones stay', () => {
  const view = new DataView(new ArrayBuffer(4096));
  const k = {
    read8: (at: number) => view.getUint8(at),
    write8: (at: number, v: number) => view.setUint8(at, v),
    read64: (at: number) => view.getBigUint64(at, true),
    write64: (at: number, v: bigint) => view.setBigUint64(at, v, true),
  } as unknown as Kernel;
  const pending = SharedInfo.offset(8, 'evtchn_pending');
  k.write8(0, 1);
  k.write64(VcpuInfo.offset(8, 'evtchn_pending_sel'), 0b101n);
  k.write64(pending, 0b1001_0000n);
  k.write64(pending + 16, 1n << 63n);
  k.write64(SharedInfo.offset(8, 'evtchn_mask'), 0b1000_0000n);
  expect(pendingPorts(k, 0)).toEqual([4, 191]);
  expect(pendingPorts(k, 0)).toEqual([]);
  expect(k.read64(pending)).toBe(0b1000_0000n);
});
