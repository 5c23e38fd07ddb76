import { copyToGuest } from '../common/guest-access.ts';
import { allocUnbound } from '../common/event.ts';
import { hypercall } from '../common/hypercall.ts';
import type { Domain } from '../common/xen.ts';
import { pfnToCr3, VcpuGuestContext32 } from
  '../public/arch-x86.ts';
import { CallbackRegister32 } from '../public/callback.ts';
import * as ctl from '../public/domctl.ts';
import { EvtchnAllocUnbound, EvtchnPort } from
  '../public/event_channel.ts';
import * as gnt from '../public/grant_table.ts';
import type { Struct } from '../public/layout.ts';
import * as mem from '../public/memory.ts';
import { SchedPoll, SchedRemoteShutdown } from '../public/sched.ts';
import { VCPUOP, VcpuMemoryArea, VcpuSetPeriodicTimer,
  VcpuSetSingleshotTimer } from '../public/vcpu.ts';
import * as pub from '../public/xen.ts';
import { DOMID } from '../public/xen.ts';
import { ldtAt } from '../x86/layout.ts';
import { mapLdtPage } from '../x86/ldt.ts';
import { PGT } from '../x86/page-type.ts';
import { VIRQ } from '../public/xen.ts';
import { EvtchnBindVirq } from '../public/event_channel.ts';
import * as pool from './pools.ts';
import { grantedAt, loose, slotAddress } from './recipes.ts';
import type { Put, Recipe } from './recipe.ts';
import { recordAt } from './recipe.ts';
import { vcpu, type World } from './world.ts';

const H = pub.HYPERVISOR;
const big = (n: number): bigint => BigInt(n);


type Make = Recipe['make'];

const call = (name: string, nr: number, make: Make,
  outcome?: Recipe['outcome']): Recipe =>
  outcome ? { name, nr, make, outcome } : { name, nr, make };

const by0 = (r: Recipe): Recipe => ({ ...r, privileged: true });

const raw = (put: Put, bytes: Uint8Array): bigint =>
  put({ encode: () => bytes } as never, {});

const oneIn = <T>(w: World, n: number, odd: T, usual: T): T =>
  w.rng.chance(n) ? odd : usual;

const domain = (w: World, id: number): Domain =>
  w.lab.xen.root.domains.get(id)!;
const dom0 = (w: World): Domain => domain(w, 0);
const attacker = (w: World): Domain => domain(w, w.attacker.domid);

/** A frame number of domain 0 where it has no memory of its own. */
const high = (w: World): number => 2 ** 21 + w.rng.below(64);

/** One of those, often one that is taken. */
function taken(w: World): number {
  const there = [...dom0(w).p2m.keys()].filter((n) => n >= 2 ** 21);
  return there.length > 0 && w.rng.chance(2)
    ? w.rng.pick(there) : high(w);
}

/** Frames of the attacker that are now of one of these types. */
function typed(w: World, ...types: number[]): number[] {
  const { type, typeCount } = w.lab.xen.root.frames;
  return w.own.filter((mfn) =>
    typeCount[mfn]! > 0 && types.includes(type[mfn]!));
}


function offer(w: World, d: Domain, to: number, flags: number,
  frame: number): number {
  const ref = 8 + w.rng.below(16);
  const { phys } = w.lab.xen;
  if (d.grants.active.has(ref)) return ref;
  const at = d.grants.frames[0]! * 4096 + ref * 8;
  phys.write16(at, flags);
  phys.write16(at + 2, to);
  phys.write32(at + 4, frame);
  return ref;
}

function grant<T>(op: keyof typeof gnt.GNTTABOP, layout: Struct<T>,
  width: 4 | 8, values: (w: World) => Partial<T>): Recipe {
  const at = layout.offset(width, 'status' as never);
  return call(`grant ${op}`, H.grant_table_op, (w, put) => [
    big(gnt.GNTTABOP[op]), put(layout, values(w)),
    oneIn(w, 30, big(pool.small(w)), 1n)],
  (record) => new DataView(record.buffer).getInt16(at, true));
}

/** A handle of domain 0's, and where it has mapped it. */
function held(w: World) {
  const { mappings } = dom0(w).grants;
  const live = [...mappings.keys()].filter((i) => mappings[i]);
  const handle = live.length === 0 || w.rng.chance(5)
    ? pool.small(w) : w.rng.pick(live);
  const map = mappings[handle];
  const act = map && w.lab.xen.root.domains.get(map.domid)
    ?.grants.active.get(map.ref);
  const place = [...dom0(w).p2m].find(([, entry]) =>
    entry.mfn === act?.mfn && entry.type.startsWith('grant'));
  return { handle, host_addr: big(oneIn(
    w, 5, high(w), place?.[0] ?? high(w)) * 4096) };
}


const mine = (w: World): number =>
  w.rng.chance(4) ? pool.frame(w) : loose(w);

const domain0Grants: Recipe[] = [
  grant('map_grant_ref', gnt.GrantMapGrantRef, 8, (w) => ({
    flags: w.rng.pick([2, 2, 2, 6, 6, 6, 1, 18, 0, 0x1_0002]),
    ref: oneIn(w, 20, 9999,
      offer(w, attacker(w), 0, w.rng.pick([1, 1, 5]), mine(w))),
    dom: oneIn(w, 9, pool.domid(w), w.attacker.domid),
    host_addr: big(oneIn(w, 20, 2 ** 54, taken(w) * 4096)) })),
  grant('unmap_grant_ref', gnt.GrantUnmapGrantRef, 8, held),
  grant('unmap_grant_ref', gnt.GrantUnmapGrantRef, 8, held),
  grant('unmap_and_replace', gnt.GrantUnmapAndReplace, 8, (w) => ({
    ...held(w), new_addr: oneIn(w, 3, 4096n, 0n) })),
  grant('transfer', gnt.GrantTransfer, 8, (w) => {
    const { p2m } = dom0(w);
    const own = [...p2m].filter(([gfn, { type }]) =>
      gfn >= 2 ** 21 && type === 'ram_rw').map(([gfn]) => gfn);
    return { domid: oneIn(w, 9, pool.domid(w), w.attacker.domid),
      mfn: big(own.length > 0 ? w.rng.pick(own) : high(w)),
      ref: offer(w, attacker(w), 0, gnt.GTF.accept_transfer, 77) };
  }),
  grant('setup_table', gnt.GrantSetupTable, 8, (w) => ({
    dom: oneIn(w, 3, pool.domid(w), DOMID.SELF),
    nr_frames: w.rng.pick([0, 1, 1, 2, 65]),
    frame_list: 0x1_3000n })),
  grant('query_size', gnt.GrantQuerySize, 8,
    (w) => ({ dom: pool.domid(w) })),
  call('grant cache_flush', H.grant_table_op, (w, put) => [12n,
    flush(w, put), 1n]),
].map(by0);


function crowd(w: World, put: Put): bigint[] {
  const ref = offer(w, attacker(w), w.attacker.domid, 1, loose(w));
  const one = gnt.GrantMapGrantRef.encode({
    flags: w.rng.pick([1, 5, 5]), ref, dom: w.attacker.domid }, 4);
  const all = new Uint8Array(one.length * 100);
  for (let i = 0; i < 100; i++) all.set(one, i * one.length);
  return [0n, raw(put, all), 100n];
}

const active = (w: World): number => {
  const refs = [...attacker(w).grants.active.keys()];
  return refs.length > 0 ? w.rng.pick(refs) : 8;
};

/** A handle for which a device has an address. */
function deviceHandle(w: World) {
  const { mappings } = attacker(w).grants;
  const found = mappings.findIndex((m) => m && (m.flags & 1) !== 0);
  const map = mappings[found];
  const act = map && w.lab.xen.root.domains.get(map.domid)
    ?.grants.active.get(map.ref);
  return { handle: Math.max(found, 0), host_addr: 0n,
    dev_bus_addr: big((act?.mfn ?? 5) * 4096) };
}


const flush = (w: World, put: Put): bigint =>
  put(gnt.GrantCacheFlush, { length: 64,
    address: big(w.rng.pick([2 ** 30, w.rng.pick(w.foreign),
      loose(w), active(w)]) * 4096),
    op: w.rng.pick([1, 2, 0x8000_0001]) });

const oddGrants: Recipe[] = [
  call('grant map_grant_ref', H.grant_table_op, crowd),
  grant('map_grant_ref', gnt.GrantMapGrantRef, 4, (w) => ({
    flags: w.rng.pick([2, 10, 14, 18]), dom: w.attacker.domid,
    ref: oneIn(w, 3, 5000,
      offer(w, attacker(w), w.attacker.domid, 1, mine(w))),
    host_addr: big(oneIn(w, 3, w.rng.pick([2 ** 33, 4,
      w.rng.pick(w.foreign) * 4096]), pool.address(w))) })),
  grant('map_grant_ref', gnt.GrantMapGrantRef, 4, (w) => ({
    dom: 0, flags: w.rng.pick([2, 6, 1]),
    host_addr: big(pool.address(w)),
    ref: offer(w, dom0(w), w.attacker.domid, 1,
      w.rng.pick([40 + w.rng.below(20), taken(w), 2 ** 30])) })),
  grant('unmap_and_replace', gnt.GrantUnmapAndReplace, 4, (w) => {
    const handle = pool.handle(w);
    const at = big(grantedAt(w, handle));
    return { handle, host_addr: at, new_addr: at };
  }),
  grant('unmap_grant_ref', gnt.GrantUnmapGrantRef, 4, deviceHandle),
  grant('copy', gnt.GrantCopy, 4, (w) => ({ flags: 0, len: 99,
    source: { u: big(loose(w)), domid: DOMID.SELF,
      offset: w.rng.pick([0, 4095]) },
    dest: { u: big(loose(w)), domid: DOMID.SELF,
      offset: w.rng.pick([0, 4095]) } })),
  grant('swap_grant_ref', gnt.GrantSwapGrantRef, 4, (w) => ({
    ref_a: oneIn(w, 2, active(w), 30),
    ref_b: oneIn(w, 2, active(w), 31) })),
  grant('transfer', gnt.GrantTransfer, 4, (w) => ({
    mfn: big(mine(w)), domid: 0, ref: offer(w, dom0(w),
      w.attacker.domid, gnt.GTF.accept_transfer, high(w)) })),
  call('grant cache_flush', H.grant_table_op, (w, put) => [12n,
    flush(w, put), 1n]),
];


const top = (w: World): number => {
  const { guestTable } = attacker(w).vcpus[0]!.arch;
  return Math.max(0, guestTable);
};

function topEntry(w: World): [number, bigint] {
  const { phys } = w.lab.xen;
  const index = w.rng.pick([1, 2, 3, 3, 3, 3, 4]);
  const slot = top(w) * 4096 + index * 8;
  const old = phys.read64(slot);
  const fresh = loose(w);
  const bare = w.lab.xen.root.frames.typeCount[fresh] === 0;
  if (bare && w.own.includes(fresh)) phys.fill(fresh * 4096, 4096, 0);
  const others = typed(w, PGT.l2xen);
  return [slot, w.rng.pick([0n, old, old ^ 0x200n, old | 0x80n,
    oneIn(w, 4, big(fresh) << 12n | 1n, old ^ 0x400n),
    big(others.length > 0 ? w.rng.pick(others) : 3) << 12n | 1n])];
}



/** An entry of one L2 table that names another. */
function linearEntry(w: World): [number, bigint] {
  const all = typed(w, PGT.l2, PGT.l2xen);
  if (all.length === 0) return [slotAddress(w), 0n];
  const table = w.rng.pick(all);
  const to = oneIn(w, 3, table, w.rng.pick(all));
  const slot = table * 4096 + (300 + w.rng.below(212)) * 8;
  return [slot, oneIn(w, 5, 0n,
    big(to) << 12n | oneIn(w, 6, 0x23n, 0x21n))];
}

/** An address whose last entry is one of an L2 table. */
function throughLinear(w: World): number {
  const { phys } = w.lab.xen;
  const seconds = new Set(typed(w, PGT.l2, PGT.l2xen));
  for (let i = 0; i < 4; i++) {
    const l2 = Number(phys.read64(top(w) * 4096 + i * 8) >> 12n);
    if (!seconds.has(l2)) continue;
    for (let k = 300; k < 512; k++) {
      const e = phys.read64(l2 * 4096 + k * 8);
      if (!(e & 1n) || !seconds.has(Number(e >> 12n))) continue;
      return i * 2 ** 30 + k * 2 ** 21 + w.rng.below(512) * 4096;
    }
  }
  return pool.address(w);
}


/** A page of the attacker's as a table with these entries. */
function page(w: World, entries: (self: number) => bigint[]): number {
  const mfn = loose(w);
  const { typeCount, owner } = w.lab.xen.root.frames;
  if (typeCount[mfn] !== 0 || owner[mfn] !== w.attacker.domid) {
    return mfn;
  }
  w.lab.xen.phys.fill(mfn * 4096, 4096, 0);
  entries(mfn).forEach((entry, i) =>
    w.lab.xen.phys.write64(mfn * 4096 + i * 8, entry));
  return mfn;
}

const strange = (w: World): number => page(w, (self) => [
  w.rng.pick([self, ...typed(w, PGT.l2, PGT.l2xen),
    ...theirTables(w)]), 0].map((mfn, i) =>
  i === 0 ? big(mfn) << 12n | oneIn(w, 6, 0x23n, 0x21n) : 0n));

function theirTables(w: World): number[] {
  const { type, typeCount, owner } = w.lab.xen.root.frames;
  return w.foreign.filter((mfn) => typeCount[mfn]! > 0
    && owner[mfn] === w.bystander.domid
    && (type[mfn] === PGT.l2 || type[mfn] === PGT.l2xen));
}

const badTop = (w: World): number => page(w, () => {
  const { phys } = w.lab.xen;
  const now = [0, 1, 2, 3].map((i) =>
    phys.read64(top(w) * 4096 + i * 8));
  now[w.rng.below(4)]! |= w.rng.pick([0x80n, 0n, 0x100n]);
  return now;
});

const pinned = (w: World): number => {
  const { flags, type } = w.lab.xen.root.frames;
  const some = w.own.filter((mfn) => (flags[mfn]! & 8) !== 0
    && type[mfn] === PGT.l3);
  return some.length > 0 ? w.rng.pick(some) : 3;
};


const update = ([ptr, val]: [number, bigint], put: Put, who: number) =>
  [put(pub.MmuUpdate, { ptr: big(ptr), val }), 1n, 0n, big(who)];

const extended = (name: keyof typeof pub.MMUEXT,
  arg1: (w: World) => number, arg2: (w: World) => number = () => 0,
  who: (w: World) => number = () => DOMID.SELF) =>
  call(`mmuext ${name}`, H.mmuext_op, (w, put) => [
    put(pub.MmuextOp, { cmd: pub.MMUEXT[name], arg1: big(arg1(w)),
      arg2: big(arg2(w)) }), 1n, 0n, big(who(w))]);

const gdtSlot = (w: World): number =>
  (attacker(w).vcpus[0]!.arch.gdtFrames[0] ?? 3) * 4096 + 64;

const oddTables: Recipe[] = [
  call('mmu_update NORMAL', H.mmu_update, (w, put) =>
    update(topEntry(w), put, DOMID.SELF)),
  call('mmu_update NORMAL', H.mmu_update, (w, put) =>
    update(linearEntry(w), put, DOMID.SELF)),
  call('mmu_update NORMAL', H.mmu_update, (w, put) =>
    update([gdtSlot(w), 0n], put, DOMID.SELF)),
  call('update_va_mapping', H.update_va_mapping, (w) =>
    [big(throughLinear(w)), 0n, 0n, 0n]),
  call('update_va_mapping', H.update_va_mapping, (w) =>
    [big(pool.address(w)), 0n, 0n, recordAt(w, false) | 1n]),
  extended('PIN_L2_TABLE', strange), extended('PIN_L3_TABLE', badTop),
  extended('PIN_L3_TABLE', pinned),
  extended('COPY_PAGE', loose, (w) => w.rng.pick(w.foreign)),
];


const theirs = (w: World): number =>
  w.rng.chance(3) ? pool.domid(w) : w.attacker.domid;

const tablesBy0: Recipe[] = [
  extended('PIN_L1_TABLE', loose, undefined, theirs),
  extended('UNPIN_TABLE', pinned, undefined, theirs),
  extended('CLEAR_PAGE', loose, undefined, theirs),
  extended('TLB_FLUSH_ALL', () => 0, undefined, theirs),
  call('mmu_update NORMAL', H.mmu_update, (w, put) => update(
    [slotAddress(w) & ~7, oneIn(w, 2, 0n, pool.entry(w))], put,
    (theirs(w) + 1) * 65536 + theirs(w))),
  call('set_gdt', H.set_gdt, () => [0x1_2000n, 1n]),
].map(by0);


function descriptor(w: World): [number, number] {
  const type = w.rng.pick([0x9a00, 0x9200, 0x9600, 0xfa00, 0xf600,
    0x8c00, 0xec00, 0xec20, 0x8900, 0x1200]);
  const size = w.rng.pick([0, 0x40_0000, 0xc0_0000, 0x80_0000]);
  const limit = w.rng.pick([0, 0xf_0000]);
  const base = w.rng.pick([0, 0xf0, 0xf5, 0x80, 0xff]) * 2 ** 24;
  const lo = w.rng.pick([0xffff, 0, 0xe019_0000, 0xe100_0000, 0x8_1234,
    0xffff_ffff]);
  return [lo, (base + size + limit + type + w.rng.pick([0, 0x60]))
    >>> 0];
}

const segments = (w: World): number => page(w, () =>
  [0, 1, 2].map(() => {
    const [lo, hi] = descriptor(w);
    return big(hi) << 32n | big(lo);
  }));

function localTable(w: World, put: Put): bigint[] {
  const va = big(pool.address(w) & ~0xfff);
  const frame = big(segments(w)) << 12n | 0x21n;
  hypercall(w.lab.xen, vcpu(w, false), H.update_va_mapping,
    [va, frame & 0xffff_ffffn, frame >> 32n, 0n]);
  return [put(pub.MmuextOp, { cmd: pub.MMUEXT.SET_LDT,
    arg1: oneIn(w, 9, 0xf57f_f000n, va + oneIn(w, 9, 8n, 0n)),
    arg2: big(w.rng.pick([1, 512, 512, 1024, 8192, 9000])) }),
  1n, 0n, big(DOMID.SELF)];
}


/** What a use of the local table would do. */
function useLocalTable(_record: Uint8Array, w: World): number {
  const v = vcpu(w, false);
  const page = w.rng.below(3) * 4096;
  mapLdtPage(w.lab.xen, v, ldtAt(v.id) + page);
  if (w.rng.chance(2)) {
    hypercall(w.lab.xen, v, H.update_va_mapping,
      [big(v.arch.ldtBase), 0n, 0n, 0n]);
  }
  return 0;
}


const oddDescriptors: Recipe[] = [
  call('update_descriptor', H.update_descriptor, (w) => {
    const frames = attacker(w).vcpus[0]!.arch.gdtFrames;
    const mfn = oneIn(w, 2, frames[0] ?? 3, loose(w));
    return [big(mfn * 4096 + 64), 0n, ...descriptor(w).map(big)];
  }),
  call('set_gdt', H.set_gdt, (w, put) => [
    put(pub.MmuextOp, { cmd: segments(w) }), 512n]),
  call('mmuext SET_LDT', H.mmuext_op, localTable, useLocalTable),
  call('callback_op', H.callback_op, (w, put) => [0n,
    put(CallbackRegister32, { type: w.rng.below(3),
      flags: w.rng.below(2), eip: 4096n,
      cs: oneIn(w, 4, 0xe101n, 0xe019n) })]),
  call('callback_op', H.callback_op, (w, put) => [1n,
    put(CallbackRegister32, { type: w.rng.below(4) })]),
  call('set_trap_table', H.set_trap_table, (w, put) => [
    raw(put, new Uint8Array([3, 0, oneIn(w, 2, 0x19, 1),
      oneIn(w, 2, 0xe0, 0xe1), 0, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0,
      0]))]),
  call('set_debugreg', H.set_debugreg, (w) => [7n,
    big(w.rng.pick([0x400, 0x2_0402, 0x2400, 0x1_0400]))]),
  call('physdev_op', H.physdev_op, (w, put) => [6n,
    put(EvtchnPort, { port: w.rng.below(8) })]),
];


function context(w: World): Uint8Array {
  const size = VcpuGuestContext32.size(4);
  const c = VcpuGuestContext32.decode(new Uint8Array(size), 4);
  const odd = w.rng.below(12);
  const flat = 0xe019n;
  const { gdtFrames } = attacker(w).vcpus[0]!.arch;
  const cs = odd === 0 ? 0xe101 : w.rng.pick([0xe019, 0xe02b]);
  const trap = { vector: 3, flags: 0, cs: 0xe019, address: 64n };
  return VcpuGuestContext32.encode({ ...c,
    flags: big(w.rng.below(32)),
    user_regs: { ...c.user_regs, cs, ss: 0xe021 },
    trap_ctxt: [trap, ...c.trap_ctxt.slice(1)],
    event_callback_cs: flat, failsafe_callback_cs: flat,
    ldt_base: odd === 1 ? 8n : 0n, ldt_ents: odd === 2 ? 9999n : 0n,
    gdt_ents: odd === 3 ? 8000n : 512n,
    gdt_frames: [big(odd === 4 ? pool.frame(w) : gdtFrames[0] ?? 3)],
    ctrlreg: [0n, 0n, 0n,
      big(pfnToCr3(odd === 5 ? pool.frame(w) : top(w)))] }, 4);
}

const setContext = (w: World): Uint8Array => {
  w.lab.bench.k.writeBytes(0x1_2000, context(w));
  return ctl.DomctlVcpucontext.encode(
    { vcpu: 1 + w.rng.below(7), ctxt: 0x1_2000n }, 8);
};


function frame(w: World): bigint[] {
  const v = vcpu(w, false);
  const esp = Number(recordAt(w, false)) + 512;
  const bad = w.rng.below(16);
  v.arch.regs.ss = bad === 0 ? 0xe101 : bad === 3 ? 1
    : w.rng.pick([0xe021, 0xe02b]);
  v.arch.regs.esp = esp;
  const words = [w.rng.below(9), 4096,
    bad === 1 ? 0xe018 : w.rng.pick([0xe019, 0xe033, 0xe02b]),
    (bad === 2 ? 0x2_0000 : 0) + w.rng.below(2) * 0x200, esp, 0xe021];
  try {
    copyToGuest(w.lab.xen, v, big(esp),
      new Uint8Array(new Uint32Array(words).buffer));
  } catch {
    // Its stack is gone: that is a case, too.
  }
  return [];
}

const crashed = (_record: Uint8Array, w: World): number =>
  attacker(w).shutdown >= 0 ? -14 : 0;

/** The bits of a port, as the guest may set them itself. */
function shake(w: World): number {
  const d = attacker(w);
  const port = pool.port(w) & 63;
  const at = d.sharedInfo * 4096
    + pub.SharedInfo.offset(4, 'evtchn_pending') + (port >> 3);
  w.lab.xen.phys.write8(at, w.rng.below(256));
  w.lab.xen.phys.write8(at + 128, w.rng.below(256));
  return port;
}


function fillPorts(d: Domain): void {
  try {
    for (;;) allocUnbound(d, 0);
  } catch {
    // Until there is no more room.
  }
}

const cpu = (op: keyof typeof VCPUOP,
  make: (w: World, put: Put) => bigint): Recipe =>
  call(`vcpu ${op}`, H.vcpu_op, (w, put) =>
    [big(VCPUOP[op]), big(w.rng.below(9)), make(w, put)]);

const oddCpus: Recipe[] = [
  cpu('initialise', (w, put) => raw(put, context(w))),
  cpu('up', () => 0n), cpu('is_up', () => 0n), cpu('down', () => 0n),
  cpu('stop_singleshot_timer', () => 0n),
  cpu('set_singleshot_timer', (w, put) => put(VcpuSetSingleshotTimer,
    { timeout_abs_ns: w.rng.pick([1n, 2n ** 60n]), flags: 0 })),
  cpu('set_periodic_timer', (w, put) => put(VcpuSetPeriodicTimer,
    { period_ns: w.rng.pick([2n ** 60n, 2n ** 30n]) })),
  call('set_timer_op', H.set_timer_op, (w) =>
    [0n, w.rng.pick([0n, 2n ** 31n])]),
  call('iret', H.iret, frame, crashed),
  call('evtchn send', H.event_channel_op, (w, put) =>
    [4n, put(EvtchnPort, { port: shake(w) })]),
  call('evtchn unmask', H.event_channel_op, (w, put) =>
    [9n, put(EvtchnPort, { port: shake(w) })]),
  call('evtchn bind_virq', H.event_channel_op, (w, put) => [1n,
    put(EvtchnBindVirq, { virq: w.rng.pick([VIRQ.TIMER, VIRQ.DEBUG]),
      vcpu: w.rng.below(3) })]),
  call('evtchn alloc_unbound', H.event_channel_op, (w, put) => {
    if (w.rng.chance(4)) fillPorts(attacker(w));
    return [6n, put(EvtchnAllocUnbound,
      { dom: DOMID.SELF, remote_dom: 0 })];
  }),
  call('sched poll', H.sched_op, (w, put) => {
    const port = oneIn(w, 5, 5000, shake(w));
    const ports = put(EvtchnPort, { port });
    return [3n, put(SchedPoll, { ports,
      nr_ports: w.rng.pick([0, 1, 1, 500]),
      timeout: big(w.rng.below(2) * 1e6) })];
  }),
];


const reserve = (op: keyof typeof mem.XENMEM, name: string,
  values: (w: World, list: bigint) => Parameters<
    typeof mem.MemoryReservation.encode>[0]): Recipe =>
  call(`memory ${name}`, H.memory_op, (w, put) => {
    const list = put(pub.MulticallEntry, { op: big(taken(w)) });
    return [big(mem.XENMEM[op]),
      put(mem.MemoryReservation, values(w, list))];
  });

/** A new domain that may have everything. */
function glutton(w: World): number {
  const id = w.created.at(-1);
  const d = id === undefined ? undefined
    : w.lab.xen.root.domains.get(id);
  if (!d) return w.attacker.domid;
  d.maxPages = 2 ** 20;
  return d.id;
}

const eat = (w: World) => w.rng.chance(2)
  ? { extent_order: w.rng.below(7), n: 3n }
  : { extent_order: 0, n: 4500n };


const oddMemory: Recipe[] = [
  call('memory exchange', H.memory_op, (w, put) => {
    const list = put(pub.MmuextOp, { cmd: mine(w) });
    const side = () => ({ extent_start: list, mem_flags: 0,
      nr_extents: oneIn(w, 6, 1n << 20n, 1n), domid: DOMID.SELF,
      extent_order: oneIn(w, 6, 10, 0) });
    return [11n, put(mem.MemoryExchange, { in: side(), out: side(),
      nr_exchanged: oneIn(w, 6, 1n, 0n) })];
  }),
  reserve('increase_reservation', 'increase_reservation', () => ({
    extent_start: 0n, nr_extents: 1n, domid: DOMID.SELF })),
  call('memory populate_physmap', H.memory_op, (w, put) => {
    const list = put(pub.MmuextOp, { cmd: 0xffff_ffff });
    return [6n, put(mem.MemoryReservation, { extent_start: list,
      nr_extents: 1n, extent_order: w.rng.below(2),
      domid: DOMID.SELF })];
  }),
  call('multicall', H.multicall, (w, put) => {
    const one = pub.MulticallEntry.encode({ op: 18n,
      args: [0n, 8n, recordAt(w, false)] }, 4);
    const all = new Uint8Array(one.length * 60);
    for (let i = 0; i < 60; i++) all.set(one, i * one.length);
    return [raw(put, all), 60n];
  }),
  call('multicall', H.multicall, () => [0n, 1n]),
  call('multicall', H.multicall, (w, put) => {
    const why = put(EvtchnPort, { port: oneIn(w, 4, 2, 99) });
    return [put(pub.MulticallEntry, { op: 29n, args: [2n, why] }), 1n];
  }),
];


const memoryBy0: Recipe[] = [
  reserve('populate_physmap', 'populate_physmap', (w, list) => ({
    extent_start: list, nr_extents: 1n, domid: DOMID.SELF })),
  call('memory populate_physmap', H.memory_op, (w, put) => {
    const { extent_order, n } = eat(w);
    return [6n, put(mem.MemoryReservation, { extent_start: 0x1_4000n,
      nr_extents: n, extent_order, domid: glutton(w) })];
  }),
  reserve('decrease_reservation', 'decrease_reservation', (w, list) =>
    ({ extent_start: list, nr_extents: 1n, domid: DOMID.SELF })),
  reserve('increase_reservation', 'increase_reservation',
    (w, list) => ({ extent_start: oneIn(w, 2, 0n, list),
      nr_extents: 1n, domid: theirs(w) })),
  call('memory maximum_gpfn', H.memory_op, (w, put) =>
    [14n, put(mem.MemoryDomain, { domid: theirs(w) })]),
  call('memory add_to_physmap', H.memory_op, (w, put) => {
    const gfn = taken(w);
    return [7n, put(mem.AddToPhysmap, { domid: DOMID.SELF,
      space: w.rng.pick([0, 1, 2]),
      idx: big(oneIn(w, 3, gfn, 30 + w.rng.below(50))),
      gpfn: big(oneIn(w, 5, 2 ** 41, gfn)) })];
  }),
  call('memory exchange', H.memory_op, (w, put) => {
    const side = { extent_start: 0x1_4000n, nr_extents: 1n,
      extent_order: 0, mem_flags: 0, domid: DOMID.SELF };
    return [11n, put(mem.MemoryExchange, { in: side, out: side })];
  }),
].map(by0);


const control = (op: keyof typeof ctl.DOMCTL,
  who: (w: World) => number,
  u: (w: World) => Uint8Array = () => new Uint8Array(16),
  outcome?: Recipe['outcome']): Recipe =>
  call(`domctl ${op}`, H.domctl, (w, put) =>
    [raw(put, ctl.encodeDomctl(ctl.DOMCTL[op], who(w), u(w)))],
  outcome);

const itself = (w: World): number => oneIn(w, 2, 0, DOMID.SELF);
const fresh = (w: World): number =>
  oneIn(w, 5, w.attacker.domid, w.created.at(-1) ?? 999);

const creation = (w: World): Uint8Array => {
  const odd = w.rng.below(8);
  return ctl.DomctlCreatedomain.encode({ max_vcpus: 1,
    iommu_opts: odd === 0 ? 1 : 0, vmtrace_size: odd === 1 ? 1 : 0,
    cpupool_id: odd === 2 ? 1 : 0 }, 8);
};

const created = (record: Uint8Array, w: World): number => {
  w.created.push(new DataView(record.buffer).getUint16(8, true));
  return 0;
};

const vcpuNumber = (w: World): Uint8Array =>
  ctl.DomctlVcpucontext.encode(
    { vcpu: w.rng.below(9), ctxt: 0x1_2000n }, 8);


const sizes = (w: World): Uint8Array => ctl.DomctlAddressSize.encode(
  { size: w.rng.pick([32, 32, 64]) }, 8);

const controls: Recipe[] = [
  control('createdomain', (w) => w.rng.pick([0, 700 + w.rng.below(90),
    w.attacker.domid]), creation, created),
  control('pausedomain', itself), control('unpausedomain', itself),
  control('destroydomain', itself), control('resumedomain', itself),
  control('getdomaininfo', itself),
  control('max_vcpus', fresh, () =>
    ctl.DomctlMaxVcpus.encode({ max: 1 }, 8)),
  control('getvcpucontext', itself, vcpuNumber),
  control('getvcpucontext', (w) => w.attacker.domid, vcpuNumber),
  control('setvcpucontext', itself, vcpuNumber),
  control('setvcpucontext', (w) => w.attacker.domid, setContext),
  control('setvcpucontext', (w) => w.attacker.domid, setContext),
  control('set_address_size', fresh, sizes),
  control('set_address_size', fresh, sizes),
  control('resumedomain', fresh), control('getdomaininfo', fresh),
  call('domctl, no such', H.domctl, (w, put) =>
    [raw(put, ctl.encodeDomctl(9999, w.attacker.domid))]),
  call('sched remote_shutdown', H.sched_op, (w, put) => [4n,
    put(SchedRemoteShutdown, { domain_id: w.created.at(-1) ?? 999,
      reason: w.rng.pick([2, 2, 0, 9]) })]),
].map(by0);


const asAny: Recipe[] = [
  cpu('register_runstate_memory_area', (w, put) =>
    put(VcpuMemoryArea, { addr: oneIn(w, 2, 0n, 0x1_3000n) })),
  cpu('register_vcpu_time_memory_area', (w, put) =>
    put(VcpuMemoryArea, { addr: oneIn(w, 2, 0n, 0x1_3000n) })),
  call('set_timer_op', H.set_timer_op, () => [2n ** 49n, 0n]),
  call('console_io', H.console_io, (w) =>
    [0n, big(w.rng.pick([8, 70_000])), 0x1_2000n]),
  call('xen_version', H.xen_version, (w, put) =>
    [oneIn(w, 2, 6n, 7n),
      oneIn(w, 2, 0n, put(EvtchnPort, { port: w.rng.below(2) }))]),
  call('evtchn bind_virq', H.event_channel_op, (w, put) => [1n,
    put(EvtchnBindVirq, { virq: VIRQ.DOM_EXC, vcpu: 0 })]),
].map(by0);

/** The recipes for what is rare. */
export const corners: readonly Recipe[] = [...domain0Grants,
  ...oddGrants, ...oddTables, ...tablesBy0, ...oddDescriptors,
  ...oddCpus, ...oddMemory, ...memoryBy0, ...controls, ...asAny,
  call('xen_version', H.xen_version, () => [7n, 0n]),
  call('xen_version', H.xen_version, (_w, put) =>
    [6n, put(EvtchnPort, { port: 1 })])];
