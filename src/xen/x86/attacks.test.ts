import { expect, test } from 'vitest';
import { addGuest, openLab, vcpuOf } from '../../guests/lab.ts';
import { virtualOf } from '../../dom0/builder/plan.ts';
import { copyToGuest } from '../common/guest-access.ts';
import { hypercall } from '../common/hypercall.ts';
import { EINVAL } from '../public/errno.ts';
import {
  DOMID, HYPERVISOR, MMUEXT, MmuextOp, MmuUpdate,
} from '../public/xen.ts';
import { PGT } from './page-type.ts';
import { entryFor, P, RW } from './pte.ts';

/** A guest with frames to spare, and its calls. */
function attacker() {
  const lab = openLab();
  const guest = addGuest(lab, 'ud2', { memoryMiB: 8 });
  const { xen } = lab;
  const v = vcpuOf(xen, guest.domid);
  const at = virtualOf(guest.plan, guest.plan.stack);
  const call = (nr: number, record: Uint8Array) => {
    copyToGuest(xen, v, at, record);
    const self = BigInt(DOMID.SELF);
    return Number(hypercall(xen, v, nr, [at, 1n, 0n, self, 0n, 0n]));
  };
  return { xen, v, call, ...frameKit(xen, guest.domid) };
}

function frameKit(xen: ReturnType<typeof openLab>['xen'], id: number) {
  const { frames } = xen.root;
  let next = frames.count;
  const spare = (): number => {
    do next--; while (frames.owner[next] !== id
      || frames.refs[next] !== 1 || frames.typeCount[next]! > 0);
    return next;
  };
  const table = (entries: Record<number, bigint> = {}): number => {
    const mfn = spare();
    for (const [i, entry] of Object.entries(entries)) {
      xen.phys.write64(mfn * 4096 + Number(i) * 8, entry);
    }
    return mfn;
  };
  const uses = (mfn: number) => [
    frames.refs[mfn], frames.typeCount[mfn]];
  return { frames, spare, table, uses };
}

type Attacker = ReturnType<typeof attacker>;

const ext = (a: Attacker, cmd: number, mfn: number) => a.call(
  HYPERVISOR.mmuext_op, MmuextOp.encode({ cmd, arg1: BigInt(mfn) }, 4));
const pinL1 = (a: Attacker, mfn: number) =>
  ext(a, MMUEXT.PIN_L1_TABLE, mfn);
const update = (
  a: Attacker, table: number, i: number, val: bigint, off = 0,
) => a.call(HYPERVISOR.mmu_update, MmuUpdate.encode(
  { ptr: BigInt(table * 4096 + i * 8 + off), val }, 4));

test('no table is writable, no writable page is a table', () => {
  const a = attacker();
  const page = a.spare();
  const l1 = a.table({ 0: entryFor(page, P | RW) });
  expect(pinL1(a, l1)).toBe(0);
  const spy = a.table({ 5: entryFor(l1, P | RW) });
  expect(pinL1(a, spy)).toBe(-EINVAL);
  expect(update(a, l1, 1, entryFor(l1, P | RW))).toBe(-EINVAL);
  expect(update(a, l1, 1, entryFor(l1, P))).toBe(0);
  expect(pinL1(a, page)).toBe(-EINVAL);
  expect(update(a, l1, 0, entryFor(page, P))).toBe(0);
  expect(pinL1(a, page)).toBe(0);
});

test('no frame of anybody else is mapped', () => {
  const a = attacker();
  const dom0 = a.xen.root.domains.get(0)!.p2m.get(5)!.mfn;
  const { text, m2p } = a.xen.root.arch;
  const free = a.frames.owner.indexOf(0xffff);
  const others = [dom0, text, m2p / 4096, 0xa0, free, a.frames.count,
    2 ** 40 - 1];
  for (const mfn of others) {
    const before = a.uses(mfn);
    for (const flags of [P, P | RW]) {
      const l1 = a.table({ 7: entryFor(mfn, flags) });
      expect(pinL1(a, l1)).toBe(-EINVAL);
    }
    expect(a.uses(mfn)).toEqual(before);
  }
});

test('no large page, no cache attribute, no reserved bit', () => {
  const a = attacker();
  const mfn = a.spare();
  const bits = [8n, 16n, 128n, 1n << 52n, 1n << 62n, 1n << 63n];
  for (const bit of bits) {
    const l1 = a.table({ 0: entryFor(mfn, P | bit) });
    expect(pinL1(a, l1)).toBe(-EINVAL);
  }
  const large = a.table({ 0: entryFor(512, P | 128n) });
  expect(ext(a, MMUEXT.PIN_L2_TABLE, large)).toBe(-EINVAL);
});

test('a failed check leaves no reference behind', () => {
  const a = attacker();
  const good = Array.from({ length: 10 }, () => a.spare());
  const entries = Object.fromEntries(
    good.map((mfn, i) => [i, entryFor(mfn, P | RW)]));
  const l1 = a.table({ ...entries, 10: entryFor(0, P) });
  for (let i = 0; i < 5; i++) expect(pinL1(a, l1)).toBe(-EINVAL);
  for (const mfn of [...good, l1]) expect(a.uses(mfn)).toEqual([1, 0]);
});

test('the hole stays where it is', () => {
  const a = attacker();
  const top = a.v.arch.guestTable;
  const last = a.xen.phys.read64(top * 4096 + 24);
  const high = Number(last >> 12n & 0xff_ffffn);
  expect(a.frames.type[high]).toBe(PGT.l2xen);
  const page = a.spare();
  for (const slot of [428, 436, 438, 511]) {
    expect(update(a, high, slot, entryFor(page, P))).toBe(-EINVAL);
  }
  expect(update(a, top, 3, 0n)).toBe(-EINVAL);
  expect(update(a, top, 4, 0n)).toBe(-EINVAL);
  const bare = a.table();
  expect(ext(a, MMUEXT.NEW_BASEPTR, bare)).toBe(-EINVAL);
  const sharing = a.table({ 3: last });
  expect(ext(a, MMUEXT.PIN_L3_TABLE, sharing)).toBe(-EINVAL);
  expect(ext(a, MMUEXT.PIN_L2_TABLE, high)).toBe(-EINVAL);
  expect(a.v.arch.guestTable).toBe(top);
});

const pinL2 = (a: Attacker, mfn: number) =>
  ext(a, MMUEXT.PIN_L2_TABLE, mfn);

test('linear tables are read-only, and no chains', () => {
  const a = attacker();
  const self = a.table();
  a.xen.phys.write64(self * 4096 + 8, entryFor(self, P | RW));
  expect(pinL2(a, self)).toBe(-EINVAL);
  a.xen.phys.write64(self * 4096 + 8, entryFor(self, P));
  expect(pinL2(a, self)).toBe(0);
  const [one, two] = [a.table(), a.table()];
  expect(pinL2(a, one)).toBe(0);
  expect(pinL2(a, two)).toBe(0);
  expect(update(a, one, 3, entryFor(two, P))).toBe(0);
  expect(update(a, two, 3, entryFor(one, P))).toBe(-EINVAL);
  const three = a.table({ 0: entryFor(one, P) });
  expect(pinL2(a, three)).toBe(-EINVAL);
});

test('half an entry, a frame freed too early, a second pin', () => {
  const a = attacker();
  const page = a.spare();
  const l1 = a.table({ 0: entryFor(page, P | RW) });
  expect(pinL1(a, l1)).toBe(0);
  expect(update(a, l1, 1, entryFor(page, P), 4)).toBe(-EINVAL);
  expect(pinL1(a, l1)).toBe(-EINVAL);
  expect(removePage(a.xen, a.v.domain, page)).toBe(true);
  expect(a.frames.owner[page]).toBe(a.v.domain.id);
  expect(ext(a, MMUEXT.UNPIN_TABLE, l1)).toBe(0);
  expect(a.frames.owner[page]).toBe(0xffff);
  expect(ext(a, MMUEXT.UNPIN_TABLE, l1)).toBe(-EINVAL);
  expect(a.uses(l1)).toEqual([1, 0]);
});

import { removePage } from '../common/memory.ts';
import { killDomain } from '../common/destroy.ts';

test('after a domain is gone, everything is free', () => {
  const a = attacker();
  const l1 = a.table({ 0: entryFor(a.spare(), P | RW) });
  expect(pinL1(a, l1)).toBe(0);
  const { id } = a.v.domain;
  killDomain(a.xen, a.v.domain);
  expect(a.frames.owner.includes(id)).toBe(false);
  expect(a.xen.root.domains.has(id)).toBe(false);
});
