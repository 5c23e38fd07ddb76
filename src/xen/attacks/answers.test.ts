import { expect, test } from 'vitest';
import { VCPUOP, VcpuRegisterVcpuInfo } from '../public/vcpu.ts';
import { HYPERVISOR } from '../public/xen.ts';
import { newScene, Rig } from './rig.ts';

const scene = newScene();

test('DR4 and DR5 are other names; reserved bits go', () => {
  const r = new Rig(scene);
  const set = (n: bigint, value: bigint) =>
    r.call(r.me, HYPERVISOR.set_debugreg, n, value);
  const get = (n: bigint) => r.call(r.me, HYPERVISOR.get_debugreg, n);
  expect([set(4n, 0xffff_0ff1n), get(6n) >>> 0]).toEqual(
    [0, 0xffff_0ff1]);
  expect([set(7n, 0xd801n), get(5n)]).toEqual([0, 0x401]);
});

test('a break on ports that is not switched on is none', () => {
  const r = new Rig(scene);
  expect(r.call(r.me, HYPERVISOR.set_debugreg, 7n, 0x2_0400n)).toBe(0);
});

test('vcpu_info of a processor that is down may be moved', () => {
  const r = new Rig(scene);
  r.put(r.me, r.record(), VcpuRegisterVcpuInfo.encode(
    { mfn: BigInt(r.spare()) }, 4));
  expect(r.call(r.me, HYPERVISOR.vcpu_op,
    BigInt(VCPUOP.register_vcpu_info), 1n, r.record())).toBe(0);
});
