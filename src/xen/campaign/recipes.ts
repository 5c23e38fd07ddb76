import * as evt from '../public/event_channel.ts';
import * as gnt from '../public/grant_table.ts';
import * as mem from '../public/memory.ts';
import * as ctl from '../public/domctl.ts';
import * as sch from '../public/sched.ts';
import * as vcp from '../public/vcpu.ts';
import * as pub from '../public/xen.ts';
import { DOMID } from '../public/xen.ts';
import type { Struct } from '../public/layout.ts';
import { pfnToCr3, VcpuGuestContext32 } from
  '../public/arch-x86.ts';
import * as pool from './pools.ts';
import type { Put, Recipe } from './recipe.ts';
import { scribbleGrant, type World } from './world.ts';

const H = pub.HYPERVISOR;
const big = (n: number): bigint => BigInt(n);

/** A sub-operation whose argument is one record. */
function simple<T>(name: string, nr: number, op: number,
  layout: Struct<T>, values: (w: World) => Partial<T>,
  outcome?: Recipe['outcome']): Recipe {
  const make = (w: World, put: Put) => [
    big(op), put(layout, values(w)), big(w.rng.chance(30)
      ? pool.small(w) : 1)];
  return outcome ? { name, nr, make, outcome } : { name, nr, make };
}

const word = (bytes: Uint8Array, at: number): number =>
  new DataView(bytes.buffer).getUint32(at, true);
const short = (bytes: Uint8Array, at: number): number =>
  new DataView(bytes.buffer).getInt16(at, true);

const event = <T>(op: keyof typeof evt.EVTCHNOP, layout: Struct<T>,
  values: (w: World) => Partial<T>, portAt?: number): Recipe =>
  simple(`evtchn ${op}`, H.event_channel_op, evt.EVTCHNOP[op], layout,
    values, portAt === undefined ? undefined : (record, w) => {
      w.ports.push(word(record, portAt));
      if (w.ports.length > 20) w.ports.shift();
      return 0;
    });

const onPort = (w: World) => ({ port: pool.port(w) });

const events: Recipe[] = [
  event('alloc_unbound', evt.EvtchnAllocUnbound, (w) => ({
    dom: pool.domid(w), remote_dom: pool.domid(w) }), 4),
  event('bind_interdomain', evt.EvtchnBindInterdomain, (w) =>
    w.rng.chance(2) ? { remote_dom: w.bystander.domid,
      remote_port: w.rng.pick(w.offers) }
      : { remote_dom: pool.domid(w), remote_port: pool.port(w) }, 8),
  event('bind_virq', evt.EvtchnBindVirq, (w) => ({
    virq: w.rng.below(26), vcpu: w.rng.chance(4) ? 1 : 0 }), 8),
  event('bind_ipi', evt.EvtchnBindIpi,
    (w) => ({ vcpu: w.rng.below(2) }), 4),
  event('bind_pirq', evt.EvtchnBindPirq,
    (w) => ({ pirq: pool.small(w) })),
  event('bind_vcpu', evt.EvtchnBindVcpu,
    (w) => ({ port: pool.port(w), vcpu: w.rng.chance(4) ? 1 : 0 })),
  event('close', evt.EvtchnPort, onPort),
  event('send', evt.EvtchnPort, onPort),
  event('unmask', evt.EvtchnPort, onPort),
  event('status', evt.EvtchnStatus,
    (w) => ({ dom: pool.domid(w), port: pool.port(w) })),
  event('reset', evt.EvtchnReset, (w) => ({ dom: pool.domid(w) })),
  event('expand_array', evt.EvtchnPort, onPort),
  event('set_priority', evt.EvtchnPort, onPort),
  event('init_control', evt.EvtchnInitControl, () => ({})),
];

const grant = <T>(op: keyof typeof gnt.GNTTABOP, layout: Struct<T>,
  values: (w: World) => Partial<T>, statusAt?: number): Recipe =>
  simple(`grant ${op}`, H.grant_table_op, gnt.GNTTABOP[op], layout,
    values, statusAt === undefined ? undefined
      : (record) => short(record, statusAt));

const mapFlags = [2, 2, 2, 6, 6, 1, 3, 10, 18, 0];

function mapping(w: World) {
  if (w.rng.chance(2)) {
    return { flags: w.rng.pick([2, 6, 3, 1]), ref: 8 + w.rng.below(4),
      dom: w.bystander.domid, host_addr: big(pool.address(w)) };
  }
  scribbleGrant(w);
  const flags = w.rng.pick(mapFlags);
  const at = (flags & 16) !== 0 ? slotAddress(w) : pool.address(w);
  return { flags, host_addr: big(at), ref: 8 + w.rng.below(8),
    dom: w.rng.chance(4) ? pool.domid(w)
      : w.rng.pick([w.attacker.domid, w.bystander.domid]) };
}

/** The machine address of an entry of one of the own tables. */
export const slotAddress = (w: World): number =>
  (w.rng.chance(6) ? pool.frame(w) : w.rng.pick(w.tables)) * 4096
    + w.rng.below(512) * 8 + (w.rng.chance(20) ? 4 : 0);

/** An end of a copy, by frame or by reference. */
const copyEnd = (w: World, byRef: boolean) => ({
  u: big(byRef ? 8 + w.rng.below(6)
    : w.rng.chance(3) ? pool.frame(w) : loose(w)),
  domid: w.rng.chance(6) ? pool.domid(w)
    : byRef ? w.bystander.domid : DOMID.SELF,
  offset: w.rng.below(2200) });

function acceptingRef(w: World): number {
  const { xen } = w.lab;
  const { grants } = xen.root.domains.get(w.attacker.domid)!;
  const ref = 8 + w.rng.below(8);
  if (grants.active.has(ref)) return ref;
  const at = grants.frames[0]! * 4096 + ref * 8;
  xen.phys.write16(at, gnt.GTF.accept_transfer);
  xen.phys.write16(at + 2, w.attacker.domid);
  return ref;
}

const grants: Recipe[] = [
  simple('grant map_grant_ref', H.grant_table_op, 0,
    gnt.GrantMapGrantRef, mapping, (record, w) => {
      const status = short(record, 18);
      if (status === 0) w.handles.push(word(record, 20));
      return status;
    }),
  grant('unmap_grant_ref', gnt.GrantUnmapGrantRef, (w) => {
    const handle = pool.handle(w);
    const bus = w.rng.chance(5) ? pool.frame(w) * 4096 : 0;
    return { handle, dev_bus_addr: big(bus),
      host_addr: big(grantedAt(w, handle)) };
  }, 20),
  grant('unmap_and_replace', gnt.GrantUnmapAndReplace, (w) => {
    const handle = pool.handle(w);
    return { handle, host_addr: big(grantedAt(w, handle)),
      new_addr: big(w.rng.chance(3) ? 0 : pool.address(w)) };
  }, 20),
  grant('setup_table', gnt.GrantSetupTable, (w) => ({
    dom: pool.domid(w), nr_frames: w.rng.pick([0, 1, 1, 2, 64, 65]),
    frame_list: big(pool.address(w)) }), 8),
  grant('query_size', gnt.GrantQuerySize,
    (w) => ({ dom: pool.domid(w) }), 12),
  grant('transfer', gnt.GrantTransfer, (w) => {
    const ref = acceptingRef(w);
    return { mfn: big(w.rng.chance(3) ? pool.frame(w) : loose(w)),
      domid: w.rng.chance(3) ? pool.domid(w) : w.attacker.domid,
      ref: w.rng.chance(4) ? w.rng.below(24) : ref };
  }, 12),
  grant('copy', gnt.GrantCopy, (w) => {
    const flags = w.rng.below(4);
    return { source: copyEnd(w, (flags & 1) !== 0), flags,
      dest: copyEnd(w, (flags & 2) !== 0), len: w.rng.below(2200) };
  }, 20),
  grant('swap_grant_ref', gnt.GrantSwapGrantRef, (w) => ({
    ref_a: 8 + w.rng.below(8), ref_b: 8 + w.rng.below(600) }), 8),
];

/** Where the attacker sees a granted frame, if it does. */
export function grantedAt(w: World, handle: number): number {
  if (w.rng.chance(6)) return pool.address(w);
  const { xen } = w.lab;
  const map = xen.root.domains.get(w.attacker.domid)
    ?.grants.mappings[handle];
  const act = map && xen.root.domains.get(map.domid)
    ?.grants.active.get(map.ref);
  if (!map || !act) return pool.address(w);
  const wanted = (map.flags & 16) !== 0;
  for (const table of w.tables) {
    for (let i = 0; i < 512; i++) {
      const slot = table * 4096 + i * 8;
      const entry = xen.phys.read64(slot);
      if (Number(entry >> 12n) !== act.mfn || !(entry & 1n)) continue;
      return wanted ? slot : addressOf(w, table, i);
    }
  }
  return pool.address(w);
}

/** Which address an entry of a boot page table stands for. */
function addressOf(w: World, table: number, index: number): number {
  const run = w.attacker.plan.tables;
  const known = run.find((t) =>
    t.level === 1 && mfnOfTable(w, t.pfn) === table);
  return known ? Number(known.base) + index * 4096 : 0;
}

const mfnOfTable = (w: World, pfn: number): number =>
  w.tables.find((mfn) =>
    w.lab.xen.phys.read32(w.lab.xen.root.arch.m2p + mfn * 4) === pfn)
    ?? -1;

const more: Recipe[] = [
  grant('set_version', gnt.GrantSetVersion,
    (w) => ({ version: w.rng.below(4) })),
  grant('get_version', gnt.GrantGetVersion,
    (w) => ({ dom: pool.domid(w) })),
  grant('get_status_frames', gnt.GrantGetStatusFrames, (w) => ({
    dom: pool.domid(w), nr_frames: w.rng.below(2),
    frame_list: big(pool.address(w)) }), 6),
  grant('cache_flush', gnt.GrantCacheFlush, (w) => ({
    address: big(pool.frame(w) * 4096), offset: w.rng.below(4200),
    length: w.rng.below(3) * 100, op: w.rng.below(5) })),
  grant('dump_table', gnt.GrantGetVersion, () => ({})),
];

const extents = (w: World, put: Put): bigint[] => {
  const list = put(pub.MmuextOp, {
    cmd: w.rng.chance(4) ? pool.number(w) : pool.frame(w) });
  return [list, put(mem.MemoryReservation, { extent_start: list,
    nr_extents: big(w.rng.pick([1, 1, 1, 0, 2])),
    extent_order: w.rng.pick([0, 0, 0, 0, 1, 9, 10, 19]),
    domid: pool.domid(w) })];
};

const memory = (op: keyof typeof mem.XENMEM,
  make: (w: World, put: Put) => bigint): Recipe => ({
  name: `memory ${op}`, nr: H.memory_op,
  make: (w, put) => [big(mem.XENMEM[op]), make(w, put)],
});

const reservation = (w: World, put: Put): bigint =>
  extents(w, put)[1]!;
const about = (w: World, put: Put): bigint =>
  put(mem.MemoryDomain, { domid: pool.domid(w) });

const memories: Recipe[] = [
  memory('increase_reservation', reservation),
  memory('decrease_reservation', reservation),
  memory('populate_physmap', reservation),
  memory('exchange', (w, put) => {
    const list = put(pub.MulticallEntry, { op: big(loose(w)) });
    const half = () => ({ extent_start: list, nr_extents:
      big(w.rng.chance(5) ? pool.small(w) : 1), extent_order: 0,
      mem_flags: 0, domid: pool.domid(w) });
    return put(mem.MemoryExchange, {
      in: half(), out: half(), nr_exchanged: 0n });
  }),
  memory('maximum_ram_page', () => 0n),
  memory('current_reservation', about),
  memory('maximum_reservation', about),
  memory('maximum_gpfn', about),
  memory('machphys_mapping', (w) => big(pool.address(w))),
  memory('machphys_mfn_list', (w, put) => put(mem.MachphysMfnList, {
    max_extents: w.rng.below(9),
    extent_start: big(pool.address(w)) })),
  memory('memory_map', (w, put) => put(mem.MemoryMap,
    { nr_entries: w.rng.below(200), buffer: big(pool.address(w)) })),
  memory('set_memory_map', (w, put) => put(mem.ForeignMemoryMap, {
    domid: pool.domid(w), map: { nr_entries: w.rng.below(200),
      buffer: big(pool.address(w)) } })),
  memory('add_to_physmap', (w, put) => put(mem.AddToPhysmap, {
    domid: pool.domid(w), space: w.rng.below(7),
    idx: big(pool.small(w)), gpfn: big(pool.number(w)) })),
  memory('remove_from_physmap', (w, put) => put(mem.RemoveFromPhysmap,
    { domid: pool.domid(w), gpfn: big(pool.small(w)) })),
];

const theirs = (w: World): number =>
  w.rng.chance(3) ? pool.domid(w) : w.attacker.domid;
const high = (w: World): bigint => 2n ** 21n + big(w.rng.below(64));

const forDom0: Recipe[] = [
  memory('set_memory_map', (w, put) => put(mem.ForeignMemoryMap, {
    domid: theirs(w), map: { nr_entries: w.rng.below(3),
      buffer: 0x1_2000n } })),
  memory('add_to_physmap', (w, put) => put(mem.AddToPhysmap, {
    domid: DOMID.SELF, space: w.rng.pick([0, 1, 2, 5]),
    idx: big(w.rng.below(3)), gpfn: high(w) })),
  memory('add_to_physmap_batch', (w, put) => {
    const list = put(pub.MmuextOp, { cmd: 0,
      arg1: big(pool.frame(w)), arg2: high(w) });
    return put(mem.AddToPhysmapBatch, { domid: DOMID.SELF, size: 1,
      space: w.rng.pick([4, 4, 4, 0]), u: theirs(w), idxs: list + 8n,
      gpfns: list + 16n, errs: list + 24n });
  }),
  memory('remove_from_physmap', (w, put) => {
    const { p2m } = w.lab.xen.root.domains.get(0)!;
    const there = [...p2m.keys()].filter((gfn) => gfn >= 2 ** 21);
    const gpfn = there.length === 0 || w.rng.chance(4) ? high(w)
      : big(w.rng.pick(there));
    return put(mem.RemoveFromPhysmap, { domid: DOMID.SELF, gpfn });
  }),
  memory('populate_physmap', (w, put) => {
    const list = put(pub.MulticallEntry, { op: 5n });
    return put(mem.MemoryReservation, { extent_start: list,
      nr_extents: 1n, domid: theirs(w) });
  }),
].map((r) => ({ ...r, privileged: true }));

/** A frame of the attacker's that nothing constrains. */
export function loose(w: World): number {
  const { typeCount, refs, owner } = w.lab.xen.root.frames;
  for (let i = 0; i < 20; i++) {
    const mfn = w.own[w.own.length - 1 - w.rng.below(500)]!;
    if (typeCount[mfn] === 0 && refs[mfn] === 1
      && owner[mfn] === w.attacker.domid) return mfn;
  }
  return pool.frame(w);
}

/** As if the guest had written it while it was writable. */
function scribble(w: World, mfn: number): void {
  const { typeCount, owner } = w.lab.xen.root.frames;
  if (typeCount[mfn] !== 0 || owner[mfn] !== w.attacker.domid) return;
  const { phys } = w.lab.xen;
  phys.fill(mfn * 4096, 4096, 0);
  for (let n = w.rng.below(4); n > 0; n--) {
    phys.write64(mfn * 4096 + w.rng.below(512) * 8, pool.entry(w));
  }
}

/** A copy of the current top table with a fresh last L2. */
function addressSpace(w: World): number {
  const { phys } = w.lab.xen;
  const [l3, l2] = [loose(w), loose(w)];
  const { typeCount } = w.lab.xen.root.frames;
  if (l3 === l2 || typeCount[l3] || typeCount[l2]) return l3;
  const top = w.lab.xen.root.domains.get(w.attacker.domid)!
    .vcpus[0]!.arch.guestTable;
  phys.fill(l2 * 4096, 4096, 0);
  phys.writeBytes(l3 * 4096, phys.readBytes(top * 4096, 24));
  phys.write64(l3 * 4096 + 24, big(l2) << 12n | 1n);
  return l3;
}

const extended = (name: keyof typeof pub.MMUEXT,
  arg1: (w: World) => number, arg2 = pool.address): Recipe => ({
  name: `mmuext ${name}`, nr: H.mmuext_op,
  make: (w, put) => [put(pub.MmuextOp, { cmd: pub.MMUEXT[name],
    arg1: big(arg1(w)), arg2: big(arg2(w)) }),
  w.rng.chance(30) ? big(pool.small(w)) : 1n,
  w.rng.chance(9) ? big(pool.address(w)) : 0n, big(pool.domid(w))],
});

const table = (w: World): number => {
  const mfn = loose(w);
  if (w.rng.chance(2)) scribble(w, mfn);
  return w.rng.chance(4) ? pool.frame(w) : mfn;
};
const space = (w: World): number =>
  w.rng.chance(3) ? pool.frame(w) : addressSpace(w);

const mmuext: Recipe[] = [
  extended('PIN_L1_TABLE', table), extended('PIN_L2_TABLE', table),
  extended('PIN_L3_TABLE', space), extended('PIN_L4_TABLE', table),
  extended('UNPIN_TABLE', pinned), extended('NEW_BASEPTR', space),
  extended('TLB_FLUSH_LOCAL', () => 0),
  extended('INVLPG_LOCAL', pool.address),
  extended('TLB_FLUSH_MULTI', () => 0),
  extended('INVLPG_MULTI', pool.address),
  extended('TLB_FLUSH_ALL', () => 0),
  extended('INVLPG_ALL', pool.address),
  extended('FLUSH_CACHE', () => 0),
  extended('SET_LDT', (w) => pool.address(w) & ~0xfff, pool.small),
  extended('NEW_USER_BASEPTR', space),
  extended('CLEAR_PAGE', table), extended('COPY_PAGE', table, loose),
];

/** A frame that is pinned, if there is one. */
function pinned(w: World): number {
  const { flags } = w.lab.xen.root.frames;
  const some = w.own.filter((mfn) => (flags[mfn]! & 8) !== 0);
  return some.length > 1 && !w.rng.chance(4)
    ? w.rng.pick(some) : pool.frame(w);
}

const update = (name: string, kind: number): Recipe => ({
  name: `mmu_update ${name}`, nr: H.mmu_update,
  make: (w, put) => [put(pub.MmuUpdate, {
    ptr: big(kind === 1 ? pool.frame(w) * 4096 : slotAddress(w))
      | big(kind), val: kind === 1 ? big(pool.small(w))
      : pool.entry(w) }),
  w.rng.chance(30) ? big(pool.small(w)) : 1n,
  w.rng.chance(9) ? big(pool.address(w)) : 0n, big(pool.domid(w))],
});

const tables: Recipe[] = [
  update('NORMAL', 0), update('MACHPHYS', 1),
  update('PRESERVE_AD', 2), update('NO_TRANSLATE', 3),
  { name: 'update_va_mapping', nr: H.update_va_mapping,
    make: (w) => {
      const entry = pool.entry(w);
      return [big(pool.address(w)), entry & 0xffff_ffffn,
        entry >> 32n, big(w.rng.below(8))];
    } },
  { name: 'update_va_mapping_otherdomain',
    nr: H.update_va_mapping_otherdomain,
    make: (w) => {
      const entry = pool.entry(w);
      return [big(pool.address(w)), entry & 0xffff_ffffn,
        entry >> 32n, big(w.rng.below(8)), big(pool.domid(w))];
    } },
  { name: 'set_gdt', nr: H.set_gdt, make: (w, put) => [
    put(pub.MmuextOp, { cmd: table(w) }),
    big(w.rng.pick([0, 1, 512, 513, 7168, 7169]))] },
  { name: 'update_descriptor', nr: H.update_descriptor, make: (w) => [
    big(pool.frame(w) * 4096 + w.rng.below(512) * 8), 0n,
    big(w.rng.pick([0xffff, 0, pool.number(w)])),
    big(w.rng.pick([0x00cf_ba00, 0x00cf_b200, pool.number(w)]))] },
];

const cpu = <T>(op: keyof typeof vcp.VCPUOP, layout: Struct<T>,
  values: (w: World) => Partial<T>): Recipe => ({
  name: `vcpu ${op}`, nr: H.vcpu_op, make: (w, put) => [
    big(vcp.VCPUOP[op]), big(w.rng.chance(5) ? pool.small(w) : 0),
    put(layout, values(w))] });

const cpus: Recipe[] = [
  cpu('initialise', vcp.VcpuGetPhysid, () => ({})),
  cpu('up', vcp.VcpuGetPhysid, () => ({})),
  cpu('is_up', vcp.VcpuGetPhysid, () => ({})),
  cpu('get_runstate_info', vcp.VcpuRunstateInfo, () => ({})),
  cpu('register_runstate_memory_area', vcp.VcpuMemoryArea,
    (w) => ({ addr: big(pool.address(w)) })),
  cpu('set_periodic_timer', vcp.VcpuSetPeriodicTimer,
    (w) => ({ period_ns: big(pool.number(w)) })),
  cpu('stop_periodic_timer', vcp.VcpuGetPhysid, () => ({})),
  cpu('set_singleshot_timer', vcp.VcpuSetSingleshotTimer, (w) => ({
    timeout_abs_ns: big(pool.number(w)), flags: w.rng.below(2) })),
  cpu('stop_singleshot_timer', vcp.VcpuGetPhysid, () => ({})),
  cpu('register_vcpu_info', vcp.VcpuRegisterVcpuInfo, (w) => ({
    mfn: big(pool.frame(w)), offset: w.rng.below(80) * 64 })),
  cpu('get_physid', vcp.VcpuGetPhysid, () => ({})),
  cpu('register_vcpu_time_memory_area', vcp.VcpuMemoryArea,
    (w) => ({ addr: big(pool.address(w)) })),
  simple('sched yield', H.sched_op, 0, sch.SchedShutdown, () => ({})),
  simple('sched block', H.sched_op, 1, sch.SchedShutdown, () => ({})),
  simple('sched shutdown', H.sched_op, 2, sch.SchedShutdown,
    (w) => ({ reason: w.rng.chance(9) ? w.rng.below(6)
      : 6 + pool.number(w) })),
  simple('sched poll', H.sched_op, 3, sch.SchedPoll, (w) => ({
    ports: big(pool.address(w)), nr_ports: w.rng.below(3),
    timeout: big(w.rng.below(2) * 1e6) })),
  simple('sched remote_shutdown', H.sched_op, 4,
    sch.SchedRemoteShutdown, (w) => ({ domain_id: pool.domid(w),
      reason: w.rng.below(9) })),
  simple('sched shutdown_code', H.sched_op, 5, sch.SchedShutdown,
    (w) => ({ reason: w.rng.below(9) })),
];

const plain = (name: keyof typeof H,
  make: (w: World) => number[]): Recipe => ({
  name, nr: H[name], make: (w) => make(w).map(big) });

const others: Recipe[] = [
  plain('xen_version', (w) => [w.rng.below(13), pool.address(w)]),
  plain('console_io', (w) =>
    [w.rng.below(3), w.rng.below(99), pool.address(w)]),
  plain('vm_assist', (w) => [w.rng.below(3), pool.small(w)]),
  plain('set_timer_op', (w) => [pool.number(w), pool.small(w)]),
  plain('stack_switch', (w) =>
    [w.rng.pick([0xe021, 0xe019, 0xe033, 8]), pool.address(w)]),
  plain('set_trap_table', (w) => [pool.address(w)]),
  plain('set_callbacks', (w) => [w.rng.pick([0xe019, 0xe008]),
    pool.address(w), w.rng.pick([0xe019, 0xe02b]), pool.address(w)]),
  plain('callback_op', (w) => [w.rng.below(3), pool.address(w)]),
  plain('fpu_taskswitch', (w) => [w.rng.below(2)]),
  plain('set_debugreg', (w) => [w.rng.below(9), pool.number(w)]),
  plain('get_debugreg', (w) => [w.rng.below(9)]),
  plain('physdev_op', (w) => [w.rng.below(30), pool.address(w)]),
  { name: 'no such call', nr: 61, make: () => [0n] },
  { name: 'multicall', nr: H.multicall, make: (w, put) => [
    put(pub.MulticallEntry, { op: big(w.rng.pick([14, 17, 29, 13])),
      args: [0, 1, 2].map(() => big(pool.small(w))) }),
    big(w.rng.below(3))] },
];

const control = (op: keyof typeof ctl.DOMCTL, privileged: boolean,
  u: (w: World) => Uint8Array): Recipe => ({
  name: `domctl ${op}`, nr: H.domctl, privileged,
  make: (w, put) => {
    const other = w.created.at(-1) ?? 999;
    const whole = ctl.encodeDomctl(ctl.DOMCTL[op],
      w.rng.chance(4) ? 999 : w.rng.chance(3) ? other
        : w.attacker.domid, u(w));
    if (w.rng.chance(20)) whole[4] = 9;
    return [put({ encode: () => whole } as never, {})];
  } });

const controls = [true, false].flatMap((by) => [
  control('pausedomain', by, () => new Uint8Array(8)),
  control('unpausedomain', by, () => new Uint8Array(8)),
  control('getdomaininfo', by, () => new Uint8Array(8)),
  control('max_mem', by, (w) => ctl.DomctlMaxMem.encode(
    { max_memkb: big(w.rng.pick([6144, 8192, pool.number(w)])) }, 8)),
  control('max_vcpus', by, (w) => ctl.DomctlMaxVcpus.encode(
    { max: w.rng.below(3) }, 8)),
  control('getvcpucontext', by, (w) => ctl.DomctlVcpucontext.encode(
    { vcpu: w.rng.below(2), ctxt: 0x1_2000n }, 8)),
  control('getvcpuinfo', by, (w) => ctl.DomctlGetvcpuinfo.encode(
    { vcpu: w.rng.below(2) }, 8)),
  control('setdomainhandle', by, () => new Uint8Array(16)),
  control('settimeoffset', by, () => new Uint8Array(8)),
  control('hypercall_init', by, (w) => ctl.DomctlHypercallInit.encode(
    { gmfn: big(pool.frame(w)) }, 8)),
  control('resumedomain', by, () => new Uint8Array(8)),
  control('get_address_size', by, () => new Uint8Array(8)),
  control('setvcpucontext', by, (w) => {
    w.lab.bench.k.writeBytes(0x1_2000, VcpuGuestContext32.encode({
      ctrlreg: [0n, 0n, 0n, big(pfnToCr3(w.rng.chance(2)
        ? w.tables[0]! : pool.frame(w)))] }, 4));
    return ctl.DomctlVcpucontext.encode(
      { vcpu: w.rng.below(2), ctxt: 0x1_2000n }, 8);
  }),
  control('set_address_size', by, (w) => ctl.DomctlAddressSize.encode(
    { size: w.rng.pick([32, 64, 16]) }, 8)),
]);

const lives: Recipe[] = [
  { name: 'domctl createdomain', nr: H.domctl, privileged: true,
    make: (w, put) => {
      const whole = ctl.encodeDomctl(ctl.DOMCTL.createdomain, 0,
        ctl.DomctlCreatedomain.encode({ max_vcpus: w.rng.below(3),
          flags: w.rng.chance(5) ? pool.small(w) : 0 }, 8));
      return [put({ encode: () => whole } as never, {})];
    },
    outcome: (record, w) => {
      w.created.push(short(record, 8));
      return 0;
    } },
  { name: 'domctl destroydomain', nr: H.domctl, privileged: true,
    make: (w, put) => {
      const whole = ctl.encodeDomctl(ctl.DOMCTL.destroydomain,
        w.rng.chance(3) ? 999 : w.created.at(-1) ?? 998);
      return [put({ encode: () => whole } as never, {})];
    } },
];

export const recipes: readonly Recipe[] = [...events, ...grants,
  ...more, ...memories, ...forDom0, ...mmuext, ...tables, ...cpus,
  ...others, ...controls, ...lives];
