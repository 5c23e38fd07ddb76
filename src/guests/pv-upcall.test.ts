import { expect, test } from 'vitest';
import { addGuest, openLab, runGuest, vcpuOf } from './lab.ts';
import { upcallSource } from './pv-upcall.ts';

test('upcalls arrive in ring 1, in sleep and in ring 3', () => {
  const lab = openLab();
  const { domid } = addGuest(lab, upcallSource);
  runGuest(lab, domid);
  expect(lab.log).toEqual([`(d${domid}) interrupted in both rings`]);
  expect(vcpuOf(lab.xen, domid).domain.shutdown).toBe(0);
});
