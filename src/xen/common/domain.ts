import {
  archFrames, initArchDomain, newArchDomain, newArchVcpu,
} from '../arch.ts';
import { DOMID, VcpuInfo, XEN_LEGACY_MAX_VCPUS } from
  '../public/xen.ts';
import { ENOMEM, EPERM, ESRCH } from '../public/errno.ts';
import { RUNSTATE } from '../public/vcpu.ts';
import type { Width } from '../public/layout.ts';
import { Errno } from './errno.ts';
import { allocXenFrames, shareXenFrame } from './frames.ts';
import type { Domain, Vcpu, Xen } from './xen.ts';
import { updateWallClock } from './time.ts';
import { initEvents } from './event.ts';
import { NR_VIRQS } from '../public/xen.ts';
import { growTable } from './grant.ts';

export interface DomainConfig {
  readonly id: number;
  readonly width: Width;
  readonly translated: boolean;
  readonly privileged: boolean;
  readonly maxVcpus: number;
  readonly handle: Uint8Array;
  readonly maxEvtchnPort: number;
  readonly maxGrantFrames: number;
  readonly maxMaptrackFrames: number;
}

function newDomain(config: DomainConfig, sharedInfo: number): Domain {
  return {
    ...config,
    vcpus: [],
    totPages: 0,
    maxPages: 0,
    sharedInfo,
    p2m: new Map(),
    controllerPauses: 1,
    pauseCount: 0,
    shutdown: -1,
    dying: 'no',
    vmAssist: 0,
    timeOffset: 0,
    memoryMap: undefined,
    crash: undefined,
    recent: [],
    arch: newArchDomain(),
    events: [],
    grants: { frames: [], active: new Map(), mappings: [] },
  };
}

/** Creates a domain, paused. Xen: common/domain.c domain_create. */
export function createDomain(xen: Xen, config: DomainConfig): Domain {
  const frames = allocXenFrames(xen, 1 + archFrames(config.maxVcpus));
  if (!frames) throw new Errno(ENOMEM);
  const [shared, ...rest] = frames;
  const d = newDomain(config, shared!);
  shareXenFrame(xen, d.sharedInfo, d);
  initArchDomain(xen, d, rest);
  xen.root.domains.set(d.id, d);
  updateWallClock(xen, d);
  initEvents(d);
  growTable(xen, d, 1);
  return d;
}

/** Adds virtual CPU `id`, offline. Xen: vcpu_create. */
export function createVcpu(xen: Xen, d: Domain, id: number): Vcpu {
  const at = Math.min(id, XEN_LEGACY_MAX_VCPUS - 1);
  const v: Vcpu = {
    id, domain: d, initialised: false, online: false, blocked: false,
    pauseCount: 0, runstate: RUNSTATE.offline,
    stateEntered: xen.clock.time(), stateTime: [0, 0, 0, 0],
    vcpuInfo: d.sharedInfo * 4096 + at * VcpuInfo.size(d.width),
    vcpuInfoMoved: false, runstateArea: 0n, timeArea: 0n,
    timer: Infinity, period: 0, periodicNext: Infinity,
    program: undefined,
    arch: newArchVcpu(),
    virqPorts: new Array<number>(NR_VIRQS).fill(0),
    polling: false, pollPort: 0, pollUntil: Infinity,
  };
  d.vcpus.push(v);
  xen.root.runQueue.push(v);
  return v;
}

/** Domain `id`, for anyone. Xen: rcu_lock_domain_by_id. */
export function domainById(xen: Xen, id: number): Domain {
  const d = xen.root.domains.get(id);
  if (!d || d.dying === 'dead') throw new Errno(ESRCH);
  return d;
}

/** The domain that a call of `v` is about: itself by DOMID_SELF or
 * by number, another one if it is privileged. */
export function targetDomain(xen: Xen, v: Vcpu, id: number): Domain {
  if (id === DOMID.SELF) return v.domain;
  const d = domainById(xen, id);
  if (d !== v.domain && !v.domain.privileged) throw new Errno(EPERM);
  return d;
}
