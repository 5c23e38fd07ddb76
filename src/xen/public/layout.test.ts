import { expect, test } from 'vitest';
import { CpuUserRegs32, CpuUserRegs64, VcpuGuestContext32,
  VcpuGuestContext64 } from './arch-x86.ts';
import { DomctlCreatedomain, DomctlGetdomaininfo } from './domctl.ts';
import { AddToPhysmapBatch, MemoryReservation } from './memory.ts';
import { SchedPoll } from './sched.ts';
import { VcpuRunstateInfo } from './vcpu.ts';
import { SharedInfo, StartInfo, VcpuInfo } from './xen.ts';

test('sizes are those of gcc -m32 and gcc -m64', () => {
  const both = [
    VcpuInfo, SharedInfo, StartInfo, MemoryReservation,
    AddToPhysmapBatch, DomctlCreatedomain, DomctlGetdomaininfo,
    SchedPoll, VcpuRunstateInfo,
  ];
  expect(both.map((s) => s.size(4)))
    .toEqual([64, 2344, 1112, 20, 20, 64, 112, 16, 44]);
  expect(both.map((s) => s.size(8)))
    .toEqual([64, 3136, 1168, 32, 32, 64, 112, 24, 48]);
  expect(CpuUserRegs32.size(4)).toBe(68);
  expect(VcpuGuestContext32.size(4)).toBe(2800);
  expect(VcpuGuestContext32.offset(4, 'ctrlreg')).toBe(2716);
  expect(CpuUserRegs64.size(8)).toBe(200);
  expect(VcpuGuestContext64.size(8)).toBe(5168);
});

test('a record survives encode and decode', () => {
  for (const w of [4, 8] as const) {
    const bytes = SchedPoll.encode(
      { ports: 0x1234n, nr_ports: 3, timeout: 1n << 40n }, w);
    expect(SchedPoll.decode(bytes, w)).toEqual(
      { ports: 0x1234n, nr_ports: 3, timeout: 1n << 40n });
    expect(SchedPoll.encode({}, w).every((b) => b === 0)).toBe(true);
  }
});
