import type { Built } from '../../dom0/builder/build.ts';
import { EFAULT, EINVAL, EPERM, ENOSYS } from '../public/errno.ts';
import {
  DOMID, HYPERVISOR, MMUEXT, MmuextOp, MmuUpdate, UVMF,
} from '../public/xen.ts';
import { PINNED } from '../common/frames.ts';
import { entryFor, frameOf, L2_FIRST_XEN_SLOT, P, RW } from
  '../x86/pte.ts';
import { virtualOf } from '../../dom0/builder/plan.ts';
import { walk } from '../x86/walk.ts';
import type { Attack, Rig } from './rig.ts';

const SELF = BigInt(DOMID.SELF);

/** mmuext_op with one request. */
export function ext(r: Rig, cmd: number, mfn: number,
  arg2 = 0n, foreign = SELF, who: Built | number = r.me): number {
  r.put(who, r.record(who), MmuextOp.encode(
    { cmd, arg1: BigInt(mfn), arg2 }, r.d(who).width));
  return r.call(who, HYPERVISOR.mmuext_op,
    r.record(who), 1n, 0n, foreign);
}

/** mmu_update with one request. */
export function update(r: Rig, table: number, i: number, val: bigint,
  off = 0, foreign = SELF): number {
  const ptr = BigInt(table) * 4096n + BigInt(i * 8 + off);
  r.put(r.me, r.record(), MmuUpdate.encode({ ptr, val }, 4));
  return r.call(r.me, HYPERVISOR.mmu_update, r.record(), 1n, 0n,
    foreign);
}

const pinL1 = (r: Rig, mfn: number) =>
  ext(r, MMUEXT.PIN_L1_TABLE, mfn);
const pinL2 = (r: Rig, mfn: number) =>
  ext(r, MMUEXT.PIN_L2_TABLE, mfn);
const pinL3 = (r: Rig, mfn: number) =>
  ext(r, MMUEXT.PIN_L3_TABLE, mfn);

const top = (r: Rig): number => r.v().arch.guestTable;
const l3e = (r: Rig, i: number): bigint =>
  r.phys.read64(top(r) * 4096 + i * 8);
const highL2 = (r: Rig): number => frameOf(l3e(r, 3));
const victims = (r: Rig): number => r.frameOf(r.victim);
/** An address of the attacker's with nothing behind it yet. */
const freePage = (r: Rig): bigint =>
  virtualOf(r.me.plan, r.me.plan.mapped - 2);
/** The L1 entry for an address. */
export function l1Slot(r: Rig, va: bigint, who: Built = r.me) {
  const base = r.v(who).arch.guestTable;
  const { slot } = walk(r.xen, base, Number(va)).at(-1)!;
  return { table: Math.floor(slot / 4096), index: slot % 4096 / 8 };
}

const mapVa = (r: Rig, va: bigint, entry: bigint, flags = 0n) =>
  r.call(r.me, HYPERVISOR.update_va_mapping, va,
    entry & 0xffff_ffffn, entry >> 32n, flags);

/** Four L2 tables and an L3 that leads to them. */
function space(r: Rig, last = r.table()): number {
  return r.table({ 0: entryFor(r.table(), P), 3: entryFor(last, P) });
}

export const pagingAttacks: Attack[] = [
  {
    name: 'pin a table that maps a page table writable',
    tries: 'to write page tables without asking',
    stops: [
      'x86/mm.ts#getPageType#1',
      'x86/mm.ts#getPageAndType#1',
      'x86/mmuext.ts#pin#1',
    ],
    refused: -EINVAL,
    run: (r) => {
      const l1 = r.table();
      pinL1(r, l1);
      return pinL1(r, r.table({ 5: entryFor(l1, P | RW) }));
    },
  },
  {
    name: 'map a page table writable by an update',
    tries: 'to write page tables without asking',
    stops: ['x86/pt-update.ts#modL1#1'], refused: -EINVAL,
    run: (r) => {
      const l1 = r.table();
      pinL1(r, l1);
      return update(r, l1, 1, entryFor(l1, P | RW));
    },
  },
  {
    name: 'map a frame of the victim',
    tries: "to read and write another domain's memory",
    stops: ['common/frames.ts#getPage#1'], refused: -EINVAL,
    run: (r) => pinL1(r, r.table({ 7: entryFor(victims(r), P | RW) })),
  },
  {
    name: 'map a frame of the victim to read',
    tries: "to read another domain's memory",
    stops: ['x86/mm.ts#getPageFromL1e#2'], refused: -EINVAL,
    run: (r) => pinL1(r, r.table({ 7: entryFor(victims(r), P) })),
  },
  {
    name: 'pin a frame of the victim',
    tries: "to hold a reference to another's frame for ever",
    stops: [], refused: -EINVAL,
    run: (r) => {
      const mfn = victims(r);
      const { flags } = r.frames;
      const rc = pinL1(r, mfn);
      r.reach((flags[mfn]! & PINNED) !== 0,
        "the victim's frame is pinned");
      return rc;
    },
  },
  {
    name: 'an L1 entry with a reserved bit',
    tries: 'a page fault inside the hypervisor, at a moment of choice',
    stops: ['x86/mm.ts#getPageFromL1e#1'], refused: -EINVAL,
    run: (r) => {
      const l1 = r.table({ 0: entryFor(r.spare(), P) | 1n << 62n });
      const rc = pinL1(r, l1);
      r.reach(r.frames.typeCount[l1] === 1,
        'a validated table has a reserved bit set');
      return rc;
    },
  },
  {
    name: 'a large page',
    tries: 'to map 512 frames of anybody with one entry',
    stops: ['x86/mm.ts#getL2e#1'], refused: -EINVAL,
    run: (r) => {
      const l2 = r.table({ 0: entryFor(r.table(), P | 128n) });
      const rc = pinL2(r, l2);
      r.reach(r.frames.typeCount[l2] === 1,
        'an entry maps 2 MiB that nobody checked');
      return rc;
    },
  },
  {
    name: 'an L3 entry with a reserved bit',
    tries: 'a page fault while the hypervisor loads CR3',
    stops: ['x86/mm.ts#getL3e#1'], refused: -EINVAL,
    run: (r) => {
      const l3 = space(r);
      r.phys.write64(l3 * 4096, entryFor(r.table(), P | 128n));
      const rc = pinL3(r, l3);
      r.reach(r.frames.typeCount[l3] === 1,
        'CR3 can be loaded with a reserved bit');
      return rc;
    },
  },
  {
    name: 'an L2 whose entry leads to an L3',
    tries: 'to have the L3 taken for an L1 table',
    stops: ['x86/mm.ts#getL2e#2', 'x86/mm.ts#isL2#2'], refused: -EINVAL,
    run: (r) => {
      const rc = pinL2(r, r.table({ 0: entryFor(top(r), P) }));
      r.reach(rc === 0, 'an L3 is in use as an L1');
      return rc;
    },
  },
  {
    name: 'an L2 whose entry leads to a writable page',
    tries: 'to write its own L1 table',
    stops: [], refused: -EINVAL,
    run: (r) => {
      const page = r.table();
      pinL1(r, r.table({ 0: entryFor(page, P | RW) }));
      const rc = pinL2(r, r.table({ 0: entryFor(page, P) }));
      r.reach(rc === 0, 'an L1 table that the guest can write');
      return rc;
    },
  },
  {
    name: 'a writable linear table',
    tries: 'to write an L2 through itself',
    stops: ['x86/mm.ts#getLinear#1'], refused: -EINVAL,
    run: (r) => {
      const self = r.table();
      r.phys.write64(self * 4096 + 8, entryFor(self, P | RW));
      const rc = pinL2(r, self);
      r.reach(r.frames.typeCount[self] === 1,
        'an L2 is mapped writable through its own entry');
      return rc;
    },
  },
  {
    name: "the victim's L2 as a linear table",
    tries: "to read another domain's page tables",
    stops: ['x86/mm.ts#getLinear#2'], refused: -EINVAL,
    run: (r) => {
      const theirs = frameOf(r.phys.read64(
        r.v(r.victim).arch.guestTable * 4096));
      const l2 = r.table({ 0: entryFor(theirs, P) });
      const rc = pinL2(r, l2);
      r.reach(r.frames.typeCount[l2] === 1,
        "the victim's page table is in the attacker's");
      return rc;
    },
  },
  {
    name: 'a cycle of linear tables',
    tries: 'to make two tables hold each other for ever',
    stops: ['x86/mm.ts#getLinear#5', 'x86/pt-update.ts#modL2#2'],
    refused: -EINVAL,
    run: (r) => {
      const [one, two] = [r.table(), r.table()];
      pinL2(r, one);
      pinL2(r, two);
      update(r, one, 3, entryFor(two, P));
      const rc = update(r, two, 3, entryFor(one, P));
      for (const mfn of [one, two]) ext(r, MMUEXT.UNPIN_TABLE, mfn);
      r.reach(r.frames.typeCount[one]! > 0,
        'two tables that nobody uses keep each other alive');
      return rc;
    },
  },
  {
    name: 'a chain of linear tables',
    tries: 'to make the hypervisor recurse as deep as it likes',
    stops: ['x86/mm.ts#getLinear#3'], refused: -EINVAL,
    run: (r) => {
      const [one, two] = [r.table(), r.table()];
      pinL2(r, two);
      pinL2(r, one);
      update(r, one, 3, entryFor(two, P));
      const rc = pinL2(r, r.table({ 0: entryFor(one, P) }));
      r.reach(rc === 0, 'a chain of linear tables, without an end');
      return rc;
    },
  },
  {
    name: 'a longer chain of linear tables',
    tries: 'to make the hypervisor recurse as deep as it likes',
    stops: ['x86/mm.ts#getLinear#4'], refused: -EINVAL,
    run: (r) => {
      const [one, two, three] = [r.table(), r.table(), r.table()];
      for (const mfn of [one, two, three]) pinL2(r, mfn);
      update(r, two, 3, entryFor(one, P));
      const rc = update(r, one, 3, entryFor(three, P));
      r.reach(rc === 0, 'a chain of linear tables, without an end');
      return rc;
    },
  },
  {
    name: 'an L3 whose last entry is not present',
    tries: 'an address space without the hypervisor in it',
    stops: ['x86/mm.ts#addHole#1', 'x86/mmuext.ts#newBase#1'],
    refused: -EINVAL,
    run: (r) => {
      const page = r.table();
      pinL1(r, r.table({ 0: entryFor(page, P | RW) }));
      const bare = r.table({ 3: entryFor(page, 0n) });
      const rc = ext(r, MMUEXT.NEW_BASEPTR, bare);
      r.reach(top(r) === bare, 'CR3 leads to no hypervisor');
      return rc;
    },
  },
  {
    name: 'an L3 without its last entry',
    tries: 'an address space without the hypervisor in it',
    stops: [], refused: -EINVAL,
    run: (r) => {
      const bare = r.table();
      const rc = ext(r, MMUEXT.NEW_BASEPTR, bare);
      r.reach(top(r) === bare, 'CR3 leads to no hypervisor');
      return rc;
    },
  },
  {
    name: "two L3s that share the hypervisor's L2",
    tries: 'to put one per-domain area into another address space',
    stops: ['x86/mm.ts#addHole#2'], refused: -EINVAL,
    run: (r) => {
      const rc = pinL3(r, r.table({ 3: l3e(r, 3) }));
      r.reach(rc === 0, 'two address spaces share one hole');
      return rc;
    },
  },
  {
    name: "replace the hypervisor's L2 by a shared one",
    tries: 'to put one per-domain area into another address space',
    stops: [
      'x86/pt-update.ts#modL3#2',
      'x86/pt-update.ts#modL3#6',
      'x86/pt-update.ts#modL3#7',
      'x86/pt-update.ts#takesHole#1',
    ],
    refused: -EINVAL,
    run: (r) => {
      const last = r.table();
      pinL3(r, space(r, last));
      const rc = update(r, top(r), 3, entryFor(last, P));
      r.reach(highL2(r) === last, 'two address spaces share one hole');
      return rc;
    },
  },
  {
    name: "write into the hypervisor's entries",
    tries: 'to map anything where the hypervisor is',
    stops: ['x86/pt-update.ts#modL2#1'], refused: -EINVAL,
    run: (r) => update(
      r, highL2(r), L2_FIRST_XEN_SLOT, entryFor(r.table(), P)),
  },
  {
    name: "an L2 entry that leads to the victim's frame",
    tries: "to use another's memory as its own page table",
    stops: [], refused: -EINVAL,
    run: (r) => {
      const l2 = frameOf(l3e(r, 0));
      return update(r, l2, 500, entryFor(victims(r), P));
    },
  },
  {
    name: 'a fifth L3 entry',
    tries: 'to hold references that are never given back',
    stops: ['x86/pt-update.ts#modL3#1'], refused: -EINVAL,
    run: (r) => {
      const l2 = r.table();
      const rc = update(r, top(r), 4, entryFor(l2, P));
      r.reach(r.frames.refs[l2]! > 1,
        'a reference that nothing will ever give back');
      return rc;
    },
  },
  {
    name: 'take the last L3 entry away',
    tries: 'an address space without the hypervisor in it',
    stops: ['x86/pt-update.ts#modL3#4'], refused: -EINVAL,
    run: (r) => {
      const rc = update(r, top(r), 3, l3e(r, 3) & ~P);
      r.reach(!(l3e(r, 3) & P), 'CR3 leads to no hypervisor');
      return rc;
    },
  },
  {
    name: "an L3 entry that leads to the victim's frame",
    tries: "to use another's memory as its own page table",
    stops: ['x86/pt-update.ts#modL3#5'], refused: -EINVAL,
    run: (r) => update(r, top(r), 1, entryFor(victims(r), P)),
  },
  {
    name: 'an update of a segment table',
    tries: 'to write descriptors that nobody checks',
    stops: ['x86/pt-update.ts#writePlain#1'], refused: -EINVAL,
    run: (r) => {
      const page = r.table();
      r.put(r.me, r.record(), new Uint8Array(
        Uint32Array.of(page).buffer));
      r.call(r.me, HYPERVISOR.set_gdt, r.record(), 1n);
      const ring0 = 0x00cf_9a00_0000_ffffn;
      const rc = update(r, page, 1, ring0);
      r.reach(r.phys.read64(page * 4096 + 8) === ring0,
        'a ring-0 code segment is in the GDT');
      return rc;
    },
  },
  {
    name: 'half an entry',
    tries: 'to write two halves of entries as a whole one',
    stops: ['x86/mmu-update.ts#updateTable#1'], refused: -EINVAL,
    run: (r) => {
      const l1 = r.table();
      pinL1(r, l1);
      return update(r, l1, 1, entryFor(r.spare(), P | RW), 4);
    },
  },
  {
    name: "an update of the victim's page",
    tries: "to write another domain's memory",
    stops: ['x86/mmu-update.ts#updateTable#2'], refused: -EINVAL,
    run: (r) => update(r, victims(r), 0, 0x1234n),
  },
  {
    name: "a lie in the machine-to-physical table",
    tries: 'to rename a frame of the victim',
    stops: ['x86/mmu-update.ts#updateM2p#1'], refused: -EINVAL,
    run: (r) => {
      const mfn = victims(r);
      const at = r.xen.root.arch.m2p + mfn * 4;
      const before = r.phys.read32(at);
      const rc = update(r, mfn, 0, 0x1234n, 1);
      r.reach(r.phys.read32(at) !== before,
        "the victim's frame has another name");
      return rc;
    },
  },
  {
    name: 'a list of updates that is not there',
    tries: 'to crash the hypervisor with a bad pointer',
    stops: ['x86/mmu-update.ts#mmuUpdate#1'], refused: -EFAULT,
    run: (r) => r.call(r.me, HYPERVISOR.mmu_update,
      0x8000_0000n, 1n, 0n, SELF),
  },
  {
    name: 'a second pin',
    tries: 'a reference that one unpinning does not give back',
    stops: ['x86/mmuext.ts#pin#2'], refused: -EINVAL,
    run: (r) => {
      const l1 = r.table();
      pinL1(r, l1);
      return pinL1(r, l1);
    },
  },
  {
    name: "unpin the victim's table",
    tries: 'to make a table writable that is in use',
    stops: ['x86/mmuext.ts#unpin#1'], refused: -EINVAL,
    run: (r) => {
      const table = r.v(r.victim).arch.guestTable;
      return ext(r, MMUEXT.UNPIN_TABLE, table);
    },
  },
  {
    name: 'unpin what is not pinned',
    tries: 'to give back a reference that it does not hold',
    stops: [], refused: -EINVAL,
    run: (r) => ext(r, MMUEXT.UNPIN_TABLE, r.spare()),
  },
  {
    name: "load CR3 with a page of the guest's own",
    tries: 'page tables that the guest writes itself',
    stops: [], refused: -EINVAL,
    run: (r) => {
      const page = r.table();
      pinL1(r, r.table({ 0: entryFor(page, P | RW) }));
      return ext(r, MMUEXT.NEW_BASEPTR, page);
    },
  },
  {
    name: 'a bitmap of processors that is not there',
    tries: 'to have a bad pointer read',
    stops: [], refused: -EFAULT,
    run: (r) => ext(r, MMUEXT.TLB_FLUSH_MULTI, 0, 0x8000_0000n),
  },
  {
    name: "clear the victim's page",
    tries: "to destroy another domain's memory",
    stops: ['x86/mmuext.ts#writablePage#1'], refused: -EINVAL,
    run: (r) => {
      const mfn = frameOf(r.phys.read64(
        r.v(r.victim).arch.guestTable * 4096));
      return ext(r, MMUEXT.CLEAR_PAGE, mfn);
    },
  },
  {
    name: "copy the victim's page",
    tries: "to read another domain's memory",
    stops: ['x86/mmuext.ts#copyPage#1'], refused: -EINVAL,
    run: (r) => {
      const from = victims(r);
      const to = r.spare();
      const rc = ext(r, MMUEXT.COPY_PAGE, to, BigInt(from));
      r.reach(rc === 0, "the attacker has the victim's page");
      return rc;
    },
  },
  {
    name: 'pin a table in a domain that has none',
    tries: "to give a translated domain's frame a table's type",
    stops: ['x86/mmuext.ts#one#1'], refused: -EINVAL,
    run: (r) => {
      const mfn = r.d(0).p2m.get(40)!.mfn;
      const rc = ext(r, MMUEXT.PIN_L1_TABLE, mfn, 0n, SELF, 0);
      r.reach(r.frames.typeCount[mfn]! > 0,
        'a frame that its owner can write is a page table');
      return rc;
    },
  },
  {
    name: 'an operation that does not exist',
    tries: 'to crash the hypervisor with a number',
    stops: ['x86/mmuext.ts#one#2'], refused: -ENOSYS,
    run: (r) => ext(r, 99, 0),
  },
  {
    name: "load CR3 in another's name",
    tries: 'an operation on the wrong virtual CPU',
    stops: [], refused: -EPERM,
    run: (r) => {
      const rc = ext(r, MMUEXT.TLB_FLUSH_LOCAL, 0, 0n,
        BigInt(r.victim.domid), 0);
      r.reach(rc === 0, "domain 0 flushed itself for another");
      return rc;
    },
  },
  {
    name: 'a base pointer for a domain that has none',
    tries: "to give a translated domain's frame a table's type",
    stops: ['x86/mmuext.ts#one#4'], refused: -95,
    run: (r) => {
      const rc = ext(r, MMUEXT.SET_LDT, 0, 8n, SELF, 0);
      r.reach(rc === 0, 'a domain without descriptors has an LDT');
      return rc;
    },
  },
  {
    name: 'an address in a domain without page tables',
    tries: 'to walk page tables that are not there',
    stops: ['x86/va-mapping.ts#l1eAddress#1'], refused: -EINVAL,
    run: (r) => r.call(0, HYPERVISOR.update_va_mapping, 0x1000n),
  },
  {
    name: 'an address in the hole',
    tries: 'to change what the hypervisor has mapped',
    stops: [], refused: -EINVAL,
    run: (r) => {
      const rc = mapVa(r, 0xf680_0000n, entryFor(r.spare(), P | RW));
      r.reach(rc === 0, "the hypervisor's own table was written");
      return rc;
    },
  },
  {
    name: 'an address without an L1 table',
    tries: 'to have an L2 entry written as if it were an L1 entry',
    stops: [], refused: -EINVAL,
    run: (r) => {
      const rc = mapVa(r, 0xf200_0000n, entryFor(r.table(), P));
      r.reach(rc === 0, 'an L2 entry was changed as an L1 entry');
      return rc;
    },
  },
  {
    name: 'an address behind a linear table',
    tries: 'to have an L2 written as if it were an L1 table',
    stops: [
      'x86/va-mapping.ts#updateVa#2',
      'x86/va-mapping.ts#updateVa#4',
    ],
    refused: -EINVAL,
    run: (r) => {
      const l2 = highL2(r);
      update(r, l2, 300, entryFor(l2, P));
      const va = 0xc000_0000n + BigInt(300 * 2 ** 21);
      const rc = mapVa(r, va + 4096n * 301n, entryFor(r.table(), P));
      r.reach(rc === 0, 'an L2 entry was changed as an L1 entry');
      return rc;
    },
  },
  {
    name: 'a flush of a kind that does not exist',
    tries: 'an operation with a meaning that nobody defined',
    stops: [], refused: -EINVAL,
    run: (r) => mapVa(
      r, freePage(r), 0n, BigInt(UVMF.FLUSHTYPE_MASK)),
  },
  {
    name: 'a flush with a bitmap that is not there',
    tries: 'to have a bad pointer read',
    stops: [], refused: -EFAULT,
    run: (r) => mapVa(r, freePage(r), 0n, 0x8000_0001n),
  },
];
