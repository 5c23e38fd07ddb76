import { expect, test } from 'vitest';
import { addGuest, openLab, vcpuOf } from '#book/guests/lab.ts';
import { helloSource } from '#book/guests/pv-hello.ts';
import { allocUnbound, setPending } from
  '#book/xen/common/event.ts';
import { takeEvents } from './scan.ts';

function scene() {
  const lab = openLab();
  const { domid } = addGuest(lab, helloSource);
  const v = vcpuOf(lab.xen, domid);
  const d = v.domain;
  while (d.events.length < 128) allocUnbound(d, 0);
  const shared = d.sharedInfo * 4096;
  const raise = (port: number) => setPending(lab.xen, d, port);
  const take = () => takeEvents(lab.xen.phys, v.vcpuInfo, shared);
  return { phys: lab.xen.phys, info: v.vcpuInfo, shared, raise, take };
}

test('ports of several words, in order, once', () => {
  const { raise, take, phys, info } = scene();
  for (const port of [70, 3, 31, 33]) raise(port);
  expect(phys.read8(info)).toBe(1);
  expect(take()).toEqual([3, 31, 33, 70]);
  expect(phys.read32(info + 4)).toBe(0);
  expect(phys.read8(info)).toBe(0);
  expect(take()).toEqual([]);
  raise(3);
  expect(take()).toEqual([3]);
});

test('a masked port stays pending, and the mask byte as it was', () => {
  const { raise, take, phys, info, shared } = scene();
  phys.write8(info + 1, 1);
  phys.write32(shared + 2176, 1 << 5);
  raise(5);
  raise(6);
  expect(take()).toEqual([6]);
  expect(phys.read32(shared + 2048)).toBe(1 << 5);
  expect(phys.read8(info + 1)).toBe(1);
});
