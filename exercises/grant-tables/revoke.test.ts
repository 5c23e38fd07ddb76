import { expect, test } from 'vitest';
import { addGuest, callWith, openLab, vcpuOf } from
  '#book/guests/lab.ts';
import { helloSource } from '#book/guests/pv-hello.ts';
import * as pub from '#book/xen/public/grant_table.ts';
import { revoke } from './revoke.ts';

test.each([6, 2])('only when nobody uses it (flags %i)', (flags) => {
  const lab = openLab();
  const [owner, user] = [addGuest(lab, helloSource),
    addGuest(lab, helloSource)];
  const { domain } = vcpuOf(lab.xen, owner.domid);
  const { phys } = lab.xen;
  const entry = domain.grants.frames[0]! * 4096 + 64;
  phys.write32(entry, 1 | user.domid << 16);
  phys.write32(entry + 4, owner.console.mfn);
  const host_addr = BigInt(user.plan.mapped - 1) * 4096n;
  const map = () => callWith(lab, user, 20, 0, pub.GrantMapGrantRef,
    { host_addr, flags, ref: 8, dom: owner.domid });
  const { handle } = map();
  const inUse = phys.read16(entry);
  expect(revoke(phys, entry)).toBe(false);
  expect(phys.read16(entry)).toBe(inUse);
  callWith(lab, user, 20, 1, pub.GrantUnmapGrantRef,
    { host_addr, handle });
  expect(revoke(phys, entry)).toBe(true);
  expect(map().status).toBe(pub.GNTST.general_error);
});
