import { expect, test } from 'vitest';
import { addGuest, callWith, openLab, vcpuOf } from
  '#book/guests/lab.ts';
import { helloSource } from '#book/guests/pv-hello.ts';
import { copyToGuest } from '#book/xen/common/guest-access.ts';
import * as pub from '#book/xen/public/grant_table.ts';
import { grantEntry } from './entry.ts';

test('the bits', () => {
  expect(grantEntry(0x12345, 2)).toBe(0x1234_5063n);
  expect(grantEntry(0x12345, 6)).toBe(0x1234_5061n);
  expect(grantEntry(1, 2 | 8)).toBe(0x1067n);
  expect(grantEntry(1, 2 | 5 << 16)).toBe(0x1a63n);
  expect(grantEntry(2 ** 21, 2)).toBe(0x2_0000_0063n);
});

test('a read-only grant is read-only', () => {
  const lab = openLab();
  const [owner, user] = [addGuest(lab, helloSource),
    addGuest(lab, helloSource)];
  const { domain } = vcpuOf(lab.xen, owner.domid);
  const entry = domain.grants.frames[0]! * 4096 + 64;
  lab.xen.phys.write32(entry, 1 | user.domid << 16);
  lab.xen.phys.write32(entry + 4, owner.console.mfn);
  const at = BigInt(user.plan.mapped - 1) * 4096n;
  const { status } = callWith(lab, user, 20, 0,
    pub.GrantMapGrantRef,
    { host_addr: at, flags: 6, ref: 8, dom: owner.domid });
  expect(status).toBe(0);
  const v = vcpuOf(lab.xen, user.domid);
  let refused = false;
  try {
    copyToGuest(lab.xen, v, at, Uint8Array.of(1));
  } catch {
    refused = true;
  }
  expect(refused).toBe(true);
});
