import { ALLOCATED, PINNED, VALIDATED, XEN_HEAP } from
  '../common/frames.ts';
import { NOBODY, type Domain, type Vcpu, type Xen } from
  '../common/xen.ts';
import { GNTMAP } from '../public/grant_table.ts';
import { ldtAt } from '../x86/layout.ts';
import { perdomainSlot } from '../x86/load.ts';
import { PGT } from '../x86/page-type.ts';
import { DOMID } from '../public/xen.ts';

/** References and types, as counted by looking. */
interface Ledger { refs: Uint32Array; types: Uint32Array }

const firstHoleSlot = 0xf580_0000 / 2 ** 21 & 511;

/** Count everything again. */
export function recount(xen: Xen): Ledger {
  const { frames } = xen.root;
  const ledger = { refs: new Uint32Array(frames.count),
    types: new Uint32Array(frames.count) };
  for (let mfn = 0; mfn < frames.count; mfn++) {
    const flags = frames.flags[mfn]!;
    const owner = frames.owner[mfn]!;
    const xens = owner >= DOMID.FIRST_RESERVED && owner !== NOBODY;
    if (flags & ALLOCATED || xens) ledger.refs[mfn]!++;
    if (flags & XEN_HEAP && !xens) ledger.types[mfn]!++;
    if (flags & PINNED) hold(ledger, mfn, true);
    const type = frames.type[mfn]!;
    const live = frames.typeCount[mfn]! > 0 && flags & VALIDATED;
    if (live && type >= PGT.l1 && type <= PGT.l2xen) {
      countTable(xen, ledger, mfn, type);
    }
  }
  for (const d of xen.root.domains.values()) {
    countDomain(xen, ledger, d);
  }
  return ledger;
}

function hold(l: Ledger, mfn: number, typed: boolean): void {
  l.refs[mfn]!++;
  if (typed) l.types[mfn]!++;
}

function countTable(
  xen: Xen, l: Ledger, mfn: number, type: number): void {
  const n = type === PGT.l3 ? 4
    : type === PGT.l2xen ? firstHoleSlot : 512;
  const view = new DataView(
    xen.phys.readBytes(mfn * 4096, n * 8).buffer);
  for (let i = 0; i < n; i++) {
    const low = view.getUint32(i * 8, true);
    if ((low & 1) === 0) continue;
    const high = view.getUint32(i * 8 + 4, true) & 0xf_ffff;
    const to = high * 2 ** 20 + (low >>> 12);
    if (type === PGT.l1) hold(l, to, (low & 2) !== 0);
    else if (to !== mfn) hold(l, to, true);
  }
}

function countLdt(xen: Xen, l: Ledger, v: Vcpu): void {
  for (let page = 0; page < 16; page++) {
    const entry = xen.phys.read64(
      perdomainSlot(v, ldtAt(v.id) + page * 4096));
    if (entry & 1n) hold(l, Number(entry >> 12n & 0xff_ffffn), true);
  }
}

function countDomain(xen: Xen, l: Ledger, d: Domain): void {
  for (const v of d.translated ? [] : d.vcpus) countLdt(xen, l, v);
  for (const { arch, vcpuInfo, vcpuInfoMoved } of d.vcpus) {
    if (vcpuInfoMoved) hold(l, Math.floor(vcpuInfo / 4096), true);
    if (arch.guestTable >= 0) hold(l, arch.guestTable, true);
    for (const mfn of arch.gdtFrames) hold(l, mfn, true);
  }
  for (const { type, mfn } of d.p2m.values()) {
    if (type === 'map_foreign') hold(l, mfn, false);
  }
  for (const map of d.grants.mappings) {
    const act = map && xen.root.domains.get(map.domid)
      ?.grants.active.get(map.ref);
    if (!map || !act) continue;
    const typed = (map.flags & GNTMAP.readonly) === 0;
    if (map.flags & GNTMAP.device_map) hold(l, act.mfn, typed);
    const host = (map.flags & GNTMAP.host_map) !== 0;
    if (host && d.translated) hold(l, act.mfn, typed);
  }
}

/** Throws if the books and the world differ. */
export function audit(xen: Xen): void {
  const { refs, types } = recount(xen);
  const { frames } = xen.root;
  for (let mfn = 0; mfn < frames.count; mfn++) {
    if (refs[mfn] !== frames.refs[mfn]
      || types[mfn] !== frames.typeCount[mfn]) {
      throw new Error(`frame ${mfn} of domain ${frames.owner[mfn]}, `
        + `type ${frames.type[mfn]}: counted ${refs[mfn]} references `
        + `and ${types[mfn]} types, the books say `
        + `${frames.refs[mfn]} and ${frames.typeCount[mfn]}`);
    }
  }
  for (const d of xen.root.domains.values()) {
    auditChannels(xen, d);
    auditGrants(xen, d);
    auditWall(xen, d);
  }
}

function auditChannels(xen: Xen, d: Domain): void {
  d.events.forEach((c, port) => {
    if (c.state !== 'interdomain') return;
    const back = xen.root.domains.get(c.remote)?.events[c.remotePort];
    const fits = back?.state === 'interdomain'
      && back.remote === d.id && back.remotePort === port;
    if (!fits) throw new Error(`port ${port} of ${d.id} is one-sided`);
  });
}

function auditGrants(xen: Xen, d: Domain): void {
  for (const [ref, act] of d.grants.active) {
    let uses = 0;
    for (const map of xen.root.domains.get(act.domid)?.grants.mappings
      ?? []) {
      if (map?.domid !== d.id || map.ref !== ref) continue;
      uses += Number((map.flags & GNTMAP.host_map) !== 0)
        + Number((map.flags & GNTMAP.device_map) !== 0);
    }
    const { hostRead, hostWrite, devRead, devWrite } = act;
    if (hostRead + hostWrite + devRead + devWrite !== uses) {
      throw new Error(`grant ${ref} of ${d.id}: ${uses} mappings`);
    }
  }
}

function auditWall(xen: Xen, d: Domain): void {
  const { owner, type, typeCount, flags, count } = xen.root.frames;
  const { domains } = xen.root;
  const granted = new Set(d.grants.mappings.map((map) => map
    && domains.get(map.domid)?.grants.active.get(map.ref)?.mfn));
  for (let mfn = 0; mfn < count; mfn++) {
    if (owner[mfn] !== d.id || type[mfn] !== PGT.l1
      || !typeCount[mfn] || !(flags[mfn]! & VALIDATED)) continue;
    const view = new DataView(
      xen.phys.readBytes(mfn * 4096, 4096).buffer);
    for (let i = 0; i < 512; i++) {
      const low = view.getUint32(i * 8, true);
      if ((low & 1) === 0) continue;
      const to = (view.getUint32(i * 8 + 4, true) & 0xf_ffff)
        * 2 ** 20 + (low >>> 12);
      const foreign = owner[to] !== d.id && !granted.has(to);
      const table = (low & 2) !== 0 && typeCount[to]! > 0
        && type[to] !== PGT.writable;
      if (foreign || table) {
        throw new Error(`entry ${i} of table ${mfn} of domain ${d.id} `
          + `leads to ${foreign ? 'foreign frame' : 'table'} ${to}`);
      }
    }
  }
}
