import { expect, test } from 'vitest';
import { addGuest, callWith, openLab, vcpuOf, type Lab }
  from '../../guests/lab.ts';
import { helloSource } from '../../guests/pv-hello.ts';
import type { Built } from '../../dom0/builder/build.ts';
import { virtualOf } from '../../dom0/builder/plan.ts';
import * as pub from '../public/grant_table.ts';
import { DOMID, HYPERVISOR } from '../public/xen.ts';
import { copyFromGuest, copyToGuest } from './guest-access.ts';
import { DOMCTL } from '../public/domctl.ts';
import { domctl } from '../../dom0/builder/bench.ts';

const { GNTTABOP: op, GNTMAP, GNTST, GTF } = pub;
const nr = HYPERVISOR.grant_table_op;

interface Scene {
  lab: Lab; owner: Built; user: Built; frame: number;
}

/** Two guests; `frame` is a page that the owner does not need. */
function scene(): Scene {
  const lab = openLab();
  const owner = addGuest(lab, helloSource);
  const user = addGuest(lab, helloSource);
  const frame = mfnOf(lab, owner, owner.plan.mapped - 1);
  return { lab, owner, user, frame };
}

/** The machine frame behind a mapped page of a guest. */
function mfnOf(lab: Lab, { domid, plan }: Built, pfn: number): number {
  const v = vcpuOf(lab.xen, domid);
  const at = virtualOf(plan, plan.p2m.pfn) + BigInt(pfn * 4);
  const word = copyFromGuest(lab.xen, v, at, 4);
  return new DataView(word.buffer).getUint32(0, true);
}


const grantsOf = ({ lab, owner }: Scene) =>
  vcpuOf(lab.xen, owner.domid).domain.grants;
const entryAt = (s: Scene, ref: number) =>
  grantsOf(s).frames[0]! * 4096 + ref * 8;

function grant(s: Scene, ref: number, flags: number, to: number,
  frame = s.frame) {
  const { phys } = s.lab.xen;
  phys.write16(entryAt(s, ref), flags);
  phys.write16(entryAt(s, ref) + 2, to);
  phys.write32(entryAt(s, ref) + 4, frame);
}

/** Flags of the entry, references, types, uses. */
function look(s: Scene, ref: number, frame = s.frame) {
  const { frames } = s.lab.xen.root;
  const act = grantsOf(s).active.get(ref);
  return [s.lab.xen.phys.read16(entryAt(s, ref)), frames.refs[frame],
    frames.typeCount[frame], act ? act.hostRead + act.hostWrite : 0];
}

const spare = (user: Built, n = 2) =>
  virtualOf(user.plan, user.plan.mapped - n);

const mapAt = ({ lab, user, owner }: Scene, ref: number, flags: number,
  host_addr = spare(user)) => callWith(lab, user, nr, op.map_grant_ref,
  pub.GrantMapGrantRef,
  { host_addr, flags, ref, dom: owner.domid });

const unmapAt = ({ lab, user }: Scene, handle: number,
  host_addr = spare(user), dev_bus_addr = 0n) => callWith(
  lab, user, nr, op.unmap_grant_ref, pub.GrantUnmapGrantRef,
  { host_addr, dev_bus_addr, handle });

test('a guest maps a grant, writes, and gives it back', () => {
  const s = scene();
  const before = look(s, 8);
  grant(s, 8, GTF.permit_access, s.user.domid);
  const map = mapAt(s, 8, GNTMAP.host_map);
  expect(map).toMatchObject({ rc: 0, status: GNTST.okay });
  expect(Number(map.dev_bus_addr)).toBe(s.frame * 4096);
  expect(look(s, 8)).toEqual([
    GTF.permit_access | GTF.reading | GTF.writing,
    before[1]! + 1, before[2]! + 1, 1]);
  const v = vcpuOf(s.lab.xen, s.user.domid);
  copyToGuest(s.lab.xen, v, spare(s.user), Uint8Array.of(1, 2, 3));
  expect([...s.lab.xen.phys.readBytes(s.frame * 4096, 3)])
    .toEqual([1, 2, 3]);
  expect(unmapAt(s, map.handle)).toMatchObject({ rc: 0, status: 0 });
  expect(look(s, 8)).toEqual(
    [GTF.permit_access, before[1], before[2], 0]);
  expect(() => copyFromGuest(s.lab.xen, v, spare(s.user), 1))
    .toThrow();
});

test('lies are refused, and leave no trace', () => {
  const s = scene();
  const { user, owner } = s;
  const lie = (status: number, flags: number, to: number,
    frame = s.frame, how: number = GNTMAP.host_map) => {
    grant(s, 9, flags, to, frame);
    expect(mapAt(s, 9, how).status).toBe(status);
    expect(look(s, 9)[0]).toBe(flags);
    expect(look(s, 9)[3]).toBe(0);
  };
  const access = GTF.permit_access;
  lie(GNTST.general_error, GTF.invalid, user.domid);
  lie(GNTST.general_error, GTF.accept_transfer, user.domid);
  lie(GNTST.general_error, access | GTF.sub_page, user.domid);
  lie(GNTST.general_error, access, owner.domid);
  lie(GNTST.general_error, access | GTF.readonly, user.domid);
  lie(GNTST.bad_page, access, user.domid, 0);
  lie(GNTST.bad_page, access, user.domid, 0xffff_ffff);
  lie(GNTST.bad_page, access, user.domid, mfnOf(s.lab, user, 300));
  const table = mfnOf(s.lab, owner, owner.plan.tableRun.pfn);
  lie(GNTST.general_error, access, user.domid, table);
  lie(GNTST.bad_gntref, access, user.domid, s.frame, 0);
  grant(s, 9, access, user.domid);
  expect(mapAt(s, 512, GNTMAP.host_map).status)
    .toBe(GNTST.bad_gntref);
});

test('an entry in use is history', () => {
  const s = scene();
  grant(s, 8, GTF.permit_access, s.user.domid);
  const first = mapAt(s, 8, GNTMAP.host_map);
  const other = mfnOf(s.lab, s.owner, s.owner.plan.mapped - 3);
  grant(s, 8, GTF.invalid, 0, other);
  const second = mapAt(s, 8, GNTMAP.host_map, spare(s.user, 5));
  expect(second).toMatchObject(
    { status: 0, dev_bus_addr: first.dev_bus_addr });
  expect(look(s, 8)[3]).toBe(2);
  expect(unmapAt(s, first.handle).status).toBe(0);
  expect(unmapAt(s, first.handle).status).toBe(GNTST.bad_handle);
  expect(unmapAt(s, second.handle).status)
    .toBe(GNTST.general_error);
  expect(unmapAt(s, second.handle, spare(s.user, 5)).status).toBe(0);
  expect(look(s, 8)[3]).toBe(0);
});

test('the hypervisor copies between domains', () => {
  const s = scene();
  const own = mfnOf(s.lab, s.user, s.user.plan.mapped - 4);
  const copy = (to: { u: bigint; domid: number; offset: number },
    len: number, flags: number) => callWith(s.lab, s.user, nr, op.copy,
    pub.GrantCopy, { len, flags, dest: to, source:
      { u: BigInt(own), domid: DOMID.SELF, offset: 100 } }).status;
  s.lab.xen.phys.writeBytes(own * 4096 + 100, Uint8Array.of(7, 8, 9));
  grant(s, 8, GTF.permit_access, s.user.domid);
  const byRef = { u: 8n, domid: s.owner.domid, offset: 4093 };
  expect(copy(byRef, 3, 2)).toBe(0);
  expect([...s.lab.xen.phys.readBytes(s.frame * 4096 + 4093, 3)])
    .toEqual([7, 8, 9]);
  expect(copy(byRef, 4, 2)).toBe(GNTST.bad_copy_arg);
  const byFrame = { ...byRef, u: BigInt(s.frame) };
  expect(copy(byFrame, 3, 0)).toBe(GNTST.permission_denied);
  grant(s, 8, GTF.permit_access | GTF.readonly, s.user.domid);
  expect(copy(byRef, 3, 2)).toBe(GNTST.general_error);
  expect(look(s, 8)).toEqual(
    [GTF.permit_access | GTF.readonly, 2, 1, 0]);
});

const kill = (lab: Lab, { domid }: Built) =>
  domctl(lab.bench, DOMCTL.destroydomain, domid);

test('the death of a user and of an owner', () => {
  const s = scene();
  const before = look(s, 8);
  grant(s, 8, GTF.permit_access, s.user.domid);
  mapAt(s, 8, GNTMAP.host_map);
  kill(s.lab, s.user);
  expect(look(s, 8)).toEqual(
    [GTF.permit_access, before[1], before[2], 0]);
  s.user = addGuest(s.lab, helloSource);
  grant(s, 8, GTF.permit_access, s.user.domid);
  const map = mapAt(s, 8, GNTMAP.host_map);
  kill(s.lab, s.owner);
  const { owner, refs } = s.lab.xen.root.frames;
  expect([owner[s.frame], refs[s.frame]]).toEqual([s.owner.domid, 1]);
  expect(unmapAt(s, map.handle).status).toBe(0);
  expect(owner[s.frame]).toBe(0xffff);
  expect(s.lab.xen.root.domains.has(s.owner.domid)).toBe(false);
});
