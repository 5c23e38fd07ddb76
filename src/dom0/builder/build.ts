import { call, domctl, populate, writeFrames, type Bench }
  from './bench.ts';
import { ImageError, parseElf } from './elf.ts';
import { firstContext32, startInfo, type News } from './letter.ts';
import { kernelParams, type KernelParams } from './params.ts';
import { planDomain, virtualOf, type Plan } from './plan.ts';
import { fill } from './tables.ts';
import * as ctl from '../../xen/public/domctl.ts';
import { DOMID, HYPERVISOR, MMUEXT, MmuextOp } from
  '../../xen/public/xen.ts';
import { EVTCHNOP, EvtchnAllocUnbound } from
  '../../xen/public/event_channel.ts';
import { GNTTABOP, GrantEntry, GrantSetupTable, GTF } from
  '../../xen/public/grant_table.ts';

export interface File { name: string; bytes: Uint8Array }

/** What a user asks for. */
export interface Request {
  kernel: File;
  ramdisk?: File;
  cmdline: string;
  memoryMiB: number;
  vcpus: number;
  handle?: Uint8Array;
}

/** A built domain, paused, and where its two rings are. */
export interface Built {
  domid: number;
  plan: Plan;
  store: { mfn: number; port: number };
  console: { mfn: number; port: number };
}

/** Build a domain; throws ImageError or CallError, leaving nothing. */
export function buildDomain(bench: Bench, request: Request): Built {
  const plan = planFor(request);
  const domid = createDomain(bench, request, plan.params);
  try {
    return furnish({ bench, request, plan, domid });
  } catch (error) {
    domctl(bench, ctl.DOMCTL.destroydomain, domid);
    throw error;
  }
}

/** Read the kernel and plan, before anything is made. */
export function planFor(request: Request): Plan {
  const { kernel, ramdisk } = request;
  try {
    const params = kernelParams(parseElf(kernel.bytes));
    return planDomain(params, request.memoryMiB * 256,
      ramdisk?.bytes.length ?? 0);
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    throw new ImageError(`${kernel.name}: ${error.message}`);
  }
}

function createDomain(
  bench: Bench, request: Request, { width }: KernelParams): number {
  const made = domctl(bench, ctl.DOMCTL.createdomain, 0,
    ctl.DomctlCreatedomain.encode({
      handle: request.handle ?? new Uint8Array(16),
      max_vcpus: request.vcpus, max_evtchn_port: 0xffff_ffff,
      max_grant_frames: -1, max_maptrack_frames: -1, grant_opts: 1,
    }, 8));
  const domid = ctl.DomctlHeader.decode(made, 8).domain;
  domctl(bench, ctl.DOMCTL.set_address_size, domid,
    ctl.DomctlAddressSize.encode({ size: width * 8 }, 8));
  domctl(bench, ctl.DOMCTL.max_vcpus, domid,
    ctl.DomctlMaxVcpus.encode({ max: request.vcpus }, 8));
  domctl(bench, ctl.DOMCTL.max_mem, domid,
    ctl.DomctlMaxMem.encode(
      { max_memkb: BigInt(request.memoryMiB) * 1024n }, 8));
  return domid;
}

interface Site {
  bench: Bench; request: Request; plan: Plan; domid: number;
}

function furnish(site: Site): Built {
  const { bench, request, plan, domid } = site;
  const mfns = populate(bench, domid, plan.total);
  const put = (pfn: number, offset: number, bytes: Uint8Array) =>
    writeFrames(bench, domid, mfns, pfn * 4096 + offset, bytes);
  const ports = { store: 0, console: 0 };
  ports.store = offerPort(bench, domid);
  ports.console = offerPort(bench, domid);
  const news: News = { mfns, ports, sharedInfo: sharedFrame(site),
    cmdline: request.cmdline,
    moduleBytes: request.ramdisk?.bytes.length ?? 0 };
  loadImage(site, put);
  put(plan.p2m.pfn, 0, p2mBytes(plan, mfns));
  put(plan.startInfo, 0, startInfo(plan, news));
  for (const table of plan.tables) {
    put(table.pfn, 0, tableBytes(plan, table, mfns));
  }
  maskUpcalls(site, news.sharedInfo);
  const page = plan.params.hypercallPage;
  if (page !== undefined) {
    const pfn = Number((page - plan.params.virtBase) / 4096n);
    const gmfn = BigInt(mfns[pfn] ?? 0);
    domctl(bench, ctl.DOMCTL.hypercall_init, domid,
      ctl.DomctlHypercallInit.encode({ gmfn }, 8));
  }
  seedGrants(bench, domid, [plan.console, plan.store].map(
    (pfn) => mfns[pfn] ?? 0));
  bench.k.writeBytes(bench.scratch, MmuextOp.encode({
    cmd: MMUEXT.PIN_L3_TABLE,
    arg1: BigInt(mfns[plan.tableRun.pfn] ?? 0),
  }, 8));
  call(bench, HYPERVISOR.mmuext_op, BigInt(bench.scratch), 1n, 0n,
    BigInt(domid));
  setContext(site, mfns);
  const end = (pfn: number, port: number) =>
    ({ mfn: mfns[pfn] ?? 0, port });
  return { domid, plan, store: end(plan.store, ports.store),
    console: end(plan.console, ports.console) };
}

type Put = (pfn: number, offset: number, bytes: Uint8Array) => void;

function loadImage({ plan, request }: Site, put: Put): void {
  const { segments, virtBase } = plan.params;
  for (const { vaddr, bytes } of segments) {
    put(0, Number(vaddr - virtBase), bytes);
  }
  if (plan.module && request.ramdisk) {
    put(plan.module.pfn, 0, request.ramdisk.bytes);
  }
}

/** The p2m: the machine frame of each frame, in guest words. */
function p2mBytes(plan: Plan, mfns: number[]): Uint8Array {
  const { width } = plan.params;
  const view = new DataView(new ArrayBuffer(mfns.length * width));
  mfns.forEach((mfn, pfn) => {
    if (width === 4) view.setUint32(pfn * 4, mfn, true);
    else view.setBigUint64(pfn * 8, BigInt(mfn), true);
  });
  return new Uint8Array(view.buffer);
}

function tableBytes(
  plan: Plan, table: Plan['tables'][number], mfns: number[]) {
  const tablePfns = new Set(plan.tables.map((t) => t.pfn));
  const leaf = (va: bigint) => {
    const pfn = frameAt(plan, va);
    return pfn === undefined ? undefined
      : { pfn, readOnly: tablePfns.has(pfn) };
  };
  return fill(table, plan.tables, leaf, (pfn) => mfns[pfn] ?? 0);
}

/** Which frame the first page tables show at an address. */
function frameAt(plan: Plan, va: bigint): number | undefined {
  const { initP2m } = plan.params;
  if (initP2m !== undefined && va >= initP2m) {
    const index = Number((va - initP2m) / 4096n);
    const own = plan.p2m.frames - plan.tables.filter(
      (t) => t.pfn >= plan.p2m.pfn).length;
    if (index < own) return plan.p2m.pfn + index;
  }
  const pfn = Number((va - plan.params.virtBase) / 4096n);
  const inside = va >= plan.params.virtBase && pfn < plan.mapped;
  return inside ? pfn : undefined;
}

function sharedFrame({ bench, domid }: Site): number {
  const info = ctl.decodeDomctl(
    domctl(bench, ctl.DOMCTL.getdomaininfo, domid),
    ctl.DomctlGetdomaininfo);
  return Number(info.shared_info_frame);
}

function maskUpcalls({ bench, domid }: Site, shared: number): void {
  for (let vcpu = 0; vcpu < 32; vcpu++) {
    writeFrames(bench, domid, [shared], vcpu * 64 + 1,
      Uint8Array.of(1));
  }
}

function setContext({ bench, domid, plan }: Site, mfns: number[]) {
  if (plan.params.width === 8) {
    throw new ImageError('64-bit domains are planned, not yet run');
  }
  const at = bench.scratch + 4096;
  bench.k.writeBytes(at, firstContext32(plan, mfns));
  domctl(bench, ctl.DOMCTL.setvcpucontext, domid,
    ctl.DomctlVcpucontext.encode({ vcpu: 0, ctxt: BigInt(at) }, 8));
}

/** A port of the guest's, offered to domain 0. */
function offerPort(bench: Bench, dom: number): number {
  const { scratch, k } = bench;
  k.writeBytes(scratch, EvtchnAllocUnbound.encode(
    { dom, remote_dom: DOMID.SELF }, 8));
  call(bench, HYPERVISOR.event_channel_op,
    BigInt(EVTCHNOP.alloc_unbound), BigInt(scratch));
  return EvtchnAllocUnbound.decode(k.readBytes(scratch, 8), 8).port;
}

/** Write grants 0, 1, … of a new domain, all to domain 0. */
function seedGrants(bench: Bench, dom: number, frames: number[]) {
  const { scratch, k } = bench;
  const frame_list = BigInt(scratch + 64);
  k.writeBytes(scratch, GrantSetupTable.encode(
    { dom, nr_frames: 1, frame_list }, 8));
  call(bench, HYPERVISOR.grant_table_op,
    BigInt(GNTTABOP.setup_table), BigInt(scratch), 1n);
  const table = Number(k.read64(scratch + 64));
  frames.forEach((frame, ref) => {
    writeFrames(bench, dom, [table], ref * 8, GrantEntry.encode(
      { flags: GTF.permit_access, domid: 0, frame }, 8));
  });
}
