import {
  getGuestContext, guestFrame, readContext, setGuestContext,
  writeHypercallPage,
} from '../arch.ts';
import {
  EACCES, EBUSY, EEXIST, EINVAL, ENODATA, ENOSYS, EPERM, ESRCH,
} from '../public/errno.ts';
import {
  CDF, DOMCTL, DOMCTL_BYTES, DOMCTL_U, DomctlAddressSize,
  DomctlCreatedomain, DomctlGetdomaininfo, DomctlGetvcpuinfo,
  DomctlHeader, DomctlHypercallInit, DomctlMaxMem, DomctlMaxVcpus,
  DomctlSetdomainhandle, DomctlSettimeoffset, DomctlVcpucontext,
  DOMINF, XEN_DOMCTL_INTERFACE_VERSION,
} from '../public/domctl.ts';
import type { Struct } from '../public/layout.ts';
import { SHUTDOWN } from '../public/sched.ts';
import { DOMID } from '../public/xen.ts';
import { killDomain } from './destroy.ts';
import { createDomain, createVcpu, domainById } from './domain.ts';
import { copyFromGuest, copyToGuest } from './guest-access.ts';
import { updateRunstate, wake } from './sched.ts';
import { updateWallClock } from './time.ts';
import type { Domain, Handler, Vcpu, Xen } from './xen.ts';
import { getPageType, PGT, putPageType } from '../arch.ts';

/** One call: the caller, the record, and its domain. */
interface Call {
  readonly xen: Xen;
  readonly v: Vcpu;
  readonly whole: Uint8Array;
  readonly domain: number;
}

type Op = (call: Call, d: Domain) => number;

const read = <V>({ whole }: Call, type: Struct<V>): V =>
  type.decode(whole, 8, DOMCTL_U);

function answer<V>(
  { whole }: Call, type: Struct<V>, value: Partial<V>,
): void {
  whole.set(type.encode(value, 8), DOMCTL_U);
}

const MAX_VCPUS = 32;
const FLAGS = CDF.xs_domain;

function freeDomid(xen: Xen, wish: number): number {
  const free = (id: number) => !xen.root.domains.has(id);
  if (wish > 0 && wish < DOMID.FIRST_RESERVED) {
    return free(wish) ? wish : -1;
  }
  for (let n = 0; n < DOMID.FIRST_RESERVED; n++) {
    const id = (xen.root.nextDomid + n) % DOMID.FIRST_RESERVED;
    if (id === 0 || !free(id)) continue;
    xen.root.nextDomid = id + 1;
    return id;
  }
  return -1;
}

function create(call: Call): number {
  const c = read(call, DomctlCreatedomain);
  if (c.flags & ~FLAGS) return -EINVAL;
  if (c.iommu_opts || c.vmtrace_size) return -EINVAL;
  if (c.max_vcpus < 1 || c.max_vcpus > MAX_VCPUS) return -EINVAL;
  if (c.cpupool_id || c.arch.emulation_flags) return -EINVAL;
  const id = freeDomid(call.xen, call.domain);
  if (id < 0) return -EEXIST;
  createDomain(call.xen, {
    id, width: 4, translated: false, privileged: false,
    maxVcpus: c.max_vcpus, handle: c.handle,
    maxEvtchnPort: c.max_evtchn_port,
    maxGrantFrames: c.max_grant_frames,
    maxMaptrackFrames: c.max_maptrack_frames,
  });
  const at = DomctlHeader.offset(8, 'domain');
  new DataView(call.whole.buffer).setUint16(at, id, true);
  return 0;
}

const maxVcpus: Op = (call, d) => {
  const { max } = read(call, DomctlMaxVcpus);
  if (max !== d.maxVcpus || d === call.v.domain) return -EINVAL;
  while (d.vcpus.length < max) {
    createVcpu(call.xen, d, d.vcpus.length);
  }
  return 0;
};

const maxMem: Op = (call, d) => {
  const { max_memkb } = read(call, DomctlMaxMem);
  d.maxPages = Number(max_memkb >> 2n);
  return 0;
};

const setContext: Op = (call, d) => {
  const { vcpu, ctxt } = read(call, DomctlVcpucontext);
  const of = d.vcpus[vcpu];
  if (d === call.v.domain || !of) return -EINVAL;
  const context = readContext(call.xen, call.v, ctxt, d.width);
  return setGuestContext(call.xen, of, context);
};

const getContext: Op = (call, d) => {
  const { vcpu, ctxt } = read(call, DomctlVcpucontext);
  const of = d.vcpus[vcpu];
  if (d === call.v.domain || !of) return -EINVAL;
  if (!of.initialised) return -ENODATA;
  copyToGuest(call.xen, call.v, ctxt, getGuestContext(call.xen, of));
  return 0;
};

const vcpuInfo: Op = (call, d) => {
  const { vcpu } = read(call, DomctlGetvcpuinfo);
  const of = d.vcpus[vcpu];
  if (!of) return -ESRCH;
  updateRunstate(call.xen, of);
  answer(call, DomctlGetvcpuinfo, {
    vcpu, online: Number(of.online), blocked: Number(of.blocked),
    running: Number(of === call.xen.root.current),
    cpu_time: BigInt(of.stateTime[0]), cpu: 0,
  });
  return 0;
};

const pause: Op = ({ v }, d) => {
  if (d === v.domain) return -EINVAL;
  d.controllerPauses++;
  return 0;
};

const unpause: Op = ({ v }, d) => {
  if (d === v.domain || d.controllerPauses === 0) return -EINVAL;
  d.controllerPauses--;
  return 0;
};

const destroy: Op = ({ xen, v }, d) => {
  if (d === v.domain) return -EINVAL;
  killDomain(xen, d);
  return 0;
};

/** Lets a domain that suspended go on where it stopped. */
const resume: Op = ({ v }, d) => {
  if (d === v.domain) return -EINVAL;
  if (d.shutdown === SHUTDOWN.suspend) {
    d.shutdown = -1;
    for (const of of d.vcpus) wake(of);
  }
  return 0;
};

function flagsOf(xen: Xen, d: Domain): number {
  const states = d.vcpus.filter((v) => v.initialised && v.online);
  const blocked = states.every((v) => v.blocked);
  const runs = states.some((v) => v === xen.root.current);
  return (d.dying !== 'no' ? DOMINF.dying : 0)
    | (d.shutdown >= 0
      ? DOMINF.shutdown | d.shutdown << DOMINF.shutdownshift : 0)
    | (d.controllerPauses > 0 ? DOMINF.paused : 0)
    | (blocked ? DOMINF.blocked : 0) | (runs ? DOMINF.running : 0);
}

function getInfo(call: Call): number {
  const { domains } = call.xen.root;
  const ids = [...domains.keys()].filter((id) => id >= call.domain);
  const d = domains.get(Math.min(...ids));
  if (!d) return -ESRCH;
  answer(call, DomctlGetdomaininfo, infoOf(call.xen, d));
  const at = DomctlHeader.offset(8, 'domain');
  new DataView(call.whole.buffer).setUint16(at, d.id, true);
  return 0;
}

function infoOf(xen: Xen, d: Domain) {
  for (const v of d.vcpus) updateRunstate(xen, v);
  const time = d.vcpus.reduce((sum, v) => sum + v.stateTime[0], 0);
  return {
    domain: d.id, flags: flagsOf(xen, d),
    tot_pages: BigInt(d.totPages), max_pages: BigInt(d.maxPages),
    shared_info_frame: BigInt(d.sharedInfo), cpu_time: BigInt(time),
    nr_online_vcpus: d.vcpus.filter((v) => v.online).length,
    max_vcpu_id: d.vcpus.length > 0
      ? d.vcpus.length - 1 : 0xffff_ffff,
    handle: d.handle, gpaddr_bits: 32,
  };
}

const setHandle: Op = (call, d) => {
  d.handle = read(call, DomctlSetdomainhandle).handle;
  return 0;
};

const setTimeOffset: Op = (call, d) => {
  const { seconds } = read(call, DomctlSettimeoffset);
  d.timeOffset = Number(BigInt.asIntN(32, seconds));
  updateWallClock(call.xen, d);
  return 0;
};

const setAddressSize: Op = (call, d) => {
  const { size } = read(call, DomctlAddressSize);
  if (d.totPages > 0) return -EACCES;
  return size === d.width * 8 ? 0 : -EINVAL;
};

const getAddressSize: Op = (call, d) => {
  answer(call, DomctlAddressSize, { size: d.width * 8 });
  return 0;
};

const hypercallInit: Op = (call, d) => {
  const { gmfn } = read(call, DomctlHypercallInit);
  const mfn = guestFrame(call.xen, d, gmfn);
  if (mfn < 0 || call.xen.root.frames.owner[mfn] !== d.id) {
    return -EACCES;
  }
  const error = getPageType(call.xen, mfn, PGT.writable);
  if (error) return -EINVAL;
  writeHypercallPage(call.xen, mfn);
  putPageType(call.xen, mfn);
  return 0;
};

const ops: Record<number, Op> = {
  [DOMCTL.destroydomain]: destroy,
  [DOMCTL.pausedomain]: pause,
  [DOMCTL.unpausedomain]: unpause,
  [DOMCTL.max_mem]: maxMem,
  [DOMCTL.max_vcpus]: maxVcpus,
  [DOMCTL.setvcpucontext]: setContext,
  [DOMCTL.getvcpucontext]: getContext,
  [DOMCTL.getvcpuinfo]: vcpuInfo,
  [DOMCTL.setdomainhandle]: setHandle,
  [DOMCTL.hypercall_init]: hypercallInit,
  [DOMCTL.settimeoffset]: setTimeOffset,
  [DOMCTL.resumedomain]: resume,
  [DOMCTL.set_address_size]: setAddressSize,
  [DOMCTL.get_address_size]: getAddressSize,
};

function run(call: Call, cmd: number): number {
  if (cmd === DOMCTL.createdomain) return create(call);
  if (cmd === DOMCTL.getdomaininfo) return getInfo(call);
  const op = ops[cmd];
  if (!op) return -ENOSYS;
  const id = call.domain === DOMID.SELF
    ? call.v.domain.id : call.domain;
  return op(call, domainById(call.xen, id));
}

/** Xen: common/domctl.c do_domctl. */
export const domctl: Handler = (xen, v, [at = 0n]) => {
  if (!v.domain.privileged) return -EPERM;
  const whole = copyFromGuest(xen, v, at, DOMCTL_BYTES);
  const header = DomctlHeader.decode(whole, 8);
  if (header.interface_version !== XEN_DOMCTL_INTERFACE_VERSION) {
    return -EACCES;
  }
  const call = { xen, v, whole, domain: header.domain };
  const result = run(call, header.cmd);
  if (result >= 0) copyToGuest(xen, v, at, whole);
  return result;
};
