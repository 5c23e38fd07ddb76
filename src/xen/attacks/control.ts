import type { Built } from '../../dom0/builder/build.ts';
import { virtualOf } from '../../dom0/builder/plan.ts';
import * as ctl from '../public/domctl.ts';
import {
  EACCES, EEXIST, EFAULT, EINVAL, ENODATA, ENOENT, ENOSYS, EPERM,
  ESRCH, ETIME,
} from '../public/errno.ts';
import type { Struct } from '../public/layout.ts';
import {
  SCHEDOP, SchedRemoteShutdown, SchedShutdown,
} from '../public/sched.ts';
import * as vc from '../public/vcpu.ts';
import { XenFeatureInfo, XENVER } from '../public/version.ts';
import {
  CONSOLEIO, DOMID, HYPERVISOR, MMUEXT, VcpuInfo, VMASST,
} from '../public/xen.ts';
import { ext } from './paging.ts';
import type { Attack, Rig } from './rig.ts';

const { DOMCTL } = ctl;
const { VCPUOP } = vc;

/** domctl `cmd` on a domain, by domain 0 unless it is said who. */
export function control(r: Rig, cmd: number, domid: number,
  u?: Uint8Array, who: Built | 0 = 0): number {
  r.put(who, r.record(who), ctl.encodeDomctl(cmd, domid, u));
  return r.call(who, HYPERVISOR.domctl, r.record(who));
}

const create = (r: Rig, wish: number,
  more: Parameters<typeof ctl.DomctlCreatedomain.encode>[0] = {}) =>
  control(r, DOMCTL.createdomain, wish, ctl.DomctlCreatedomain.encode(
    { max_vcpus: 1, arch: NO_DEVICES, ...more }, 8));

const NO_DEVICES = { emulation_flags: 0, misc_flags: 0 };

const sizes = (bytes: number) =>
  ctl.DomctlAddressSize.encode({ size: bytes * 8 }, 8);
const vcpus = (max: number) => ctl.DomctlMaxVcpus.encode({ max }, 8);
const contextAt = (vcpu: number) =>
  ctl.DomctlVcpucontext.encode({ vcpu, ctxt: 0x1_2000n }, 8);
const pageAt = (gmfn: number | bigint) =>
  ctl.DomctlHypercallInit.encode({ gmfn: BigInt(gmfn) }, 8);

function vcpuOp<T>(r: Rig, nr: number, layout?: Struct<T>,
  values: Partial<T> = {}, vcpu = 0): number {
  if (layout) r.put(r.me, r.record(), layout.encode(values, 4));
  return r.call(r.me, HYPERVISOR.vcpu_op,
    BigInt(nr), BigInt(vcpu), r.record());
}

const infoAt = (r: Rig, mfn: number | bigint, offset = 0, vcpu = 0) =>
  vcpuOp(r, VCPUOP.register_vcpu_info, vc.VcpuRegisterVcpuInfo,
    { mfn: BigInt(mfn), offset }, vcpu);

const period = (r: Rig, period_ns: bigint) =>
  vcpuOp(r, VCPUOP.set_periodic_timer, vc.VcpuSetPeriodicTimer,
    { period_ns });

const singleshot = (r: Rig, timeout_abs_ns: bigint, vcpu = 0,
  flags = 0) => vcpuOp(r, VCPUOP.set_singleshot_timer,
  vc.VcpuSetSingleshotTimer, { timeout_abs_ns, flags }, vcpu);

const remote = (r: Rig, who: Built | 0, domain_id: number,
  reason = 0) => r.ask(who, HYPERVISOR.sched_op,
  SCHEDOP.remote_shutdown, SchedRemoteShutdown,
  { domain_id, reason }).rc;

const own = (r: Rig, nr: number, reason: number) => r.ask(r.me,
  HYPERVISOR.sched_op, nr, SchedShutdown, { reason }).rc;

export const controlAttacks: Attack[] = [
  {
    name: 'destroy the victim',
    tries: 'to end another domain',
    stops: ['common/domctl.ts#domctl#1'], refused: -EPERM,
    run: (r) => control(
      r, DOMCTL.destroydomain, r.victim.domid, undefined, r.me),
  },
  {
    name: 'shut the victim down',
    tries: 'to stop another domain',
    stops: ['common/sched-op.ts#remoteShutdown#2'], refused: -EPERM,
    run: (r) => {
      const rc = remote(r, r.me, r.victim.domid);
      r.reach(r.d(r.victim).shutdown >= 0, 'the victim has stopped');
      return rc;
    },
  },
  {
    name: 'a domain of a number that is taken',
    tries: "to own what is another's by its number",
    stops: [
      'common/domctl.ts#freeDomid#3', 'common/domctl.ts#create#8',
    ],
    refused: -EEXIST,
    run: (r) => {
      const rc = create(r, r.victim.domid);
      r.reach(rc === 0, "a domain has another's number");
      return rc;
    },
  },
  {
    name: "a domain of the hypervisor's number",
    tries: "to own what is the hypervisor's by its number",
    stops: ['common/domctl.ts#freeDomid#2'], refused: 0,
    run: (r) => {
      const rc = create(r, DOMID.XEN);
      r.reach(r.xen.root.domains.has(DOMID.XEN),
        "the hypervisor's frames are a domain's");
      return rc;
    },
  },
  {
    name: 'a domain of number 0',
    tries: 'to be domain 0',
    stops: [], refused: 0,
    run: (r) => create(r, 0),
  },
  {
    name: 'a domain of 64 processors',
    tries: "to have its tables run into the hypervisor's pages",
    stops: ['common/domctl.ts#create#5'], refused: -EINVAL,
    run: (r) => {
      const rc = create(r, 40, { max_vcpus: 64 });
      const d = r.xen.root.domains.get(40);
      r.reach((d?.arch.perdomain.length ?? 0) > 2,
        "its tables take the place of the hypervisor's");
      return rc;
    },
  },
  {
    name: 'a domain without processors',
    tries: 'to have one that never runs',
    stops: [], refused: -EINVAL,
    run: (r) => create(r, 0, { max_vcpus: 0 }),
  },
  {
    name: 'more processors than were asked for',
    tries: 'to use tables for which there is no room',
    stops: ['common/domctl.ts#maxVcpus#1'], refused: -EINVAL,
    run: (r) => {
      const rc = control(r, DOMCTL.max_vcpus, r.me.domid, vcpus(3));
      r.reach(r.d().vcpus.length > r.d().maxVcpus,
        'it has more processors than its tables have room for');
      return rc;
    },
  },
  ...([
    ['a kind', { flags: ctl.CDF.hvm }], ['an IOMMU', { iommu_opts: 1 }],
    ['a trace', { vmtrace_size: 1 }], ['a pool', { cpupool_id: 1 }],
    ['devices', { arch: { ...NO_DEVICES, emulation_flags: 1 } }],
  ] as const).map(([what, more]) => ({
    name: `a domain with ${what} that there is not`,
    tries: 'to have what this hypervisor does not know',
    stops: [], refused: -EINVAL,
    run: (r: Rig) => create(r, 0, more),
  })),
  {
    name: 'domain 0 pauses itself',
    tries: 'to sleep until somebody wakes it',
    stops: ['common/domctl.ts#pause#1'], refused: -EINVAL,
    run: (r) => {
      const rc = control(r, DOMCTL.pausedomain, 0);
      r.reach(r.d(0).controllerPauses > 0, 'domain 0 never runs again');
      return rc;
    },
  },
  {
    name: 'domain 0 destroys itself',
    tries: 'to end the only domain that can end others',
    stops: ['common/domctl.ts#destroy#1'], refused: -EINVAL,
    run: (r) => {
      const { domains } = r.xen.root;
      const rc = control(r, DOMCTL.destroydomain, 0);
      r.reach(domains.get(0)?.dying !== 'no', 'domain 0 is dead');
      return rc;
    },
  },
  {
    name: 'wake a domain twice',
    tries: 'to owe it a pause',
    stops: ['common/domctl.ts#unpause#2'], refused: -EINVAL,
    run: (r) => {
      control(r, DOMCTL.unpausedomain, r.friend.domid);
      const rc = control(r, DOMCTL.unpausedomain, r.friend.domid);
      r.reach(r.d(r.friend).controllerPauses < 0,
        'a domain that is not paused never runs again');
      return rc;
    },
  },
  ...(['unpausedomain', 'resumedomain'] as const).map((name) => ({
    name: `${name} of domain 0 by itself`,
    tries: 'to wake one that is awake',
    stops: [], refused: -EINVAL,
    run: (r: Rig) => {
      const rc = control(r, DOMCTL[name], 0);
      r.reach(r.d(0).controllerPauses < 0, 'domain 0 never runs again');
      return rc;
    },
  })),
  ...(['setvcpucontext', 'getvcpucontext'] as const).map((name) => ({
    name: `${name} of domain 0 by itself`,
    tries: 'to change registers while they are in use',
    stops: [], refused: -EINVAL,
    run: (r: Rig) => control(r, DOMCTL[name], 0, contextAt(0)),
  })),
  {
    name: 'processors for domain 0',
    tries: 'to have more of them',
    stops: [], refused: -EINVAL,
    run: (r) => control(r, DOMCTL.max_vcpus, 0, vcpus(1)),
  },
  {
    name: 'a context for a processor that does not exist',
    tries: 'to crash the hypervisor with a number',
    stops: ['common/domctl.ts#setContext#2'], refused: -EINVAL,
    run: (r) => control(
      r, DOMCTL.setvcpucontext, r.me.domid, contextAt(9)),
  },
  {
    name: 'the context of a processor that does not exist',
    tries: 'to crash the hypervisor with a number',
    stops: ['common/domctl.ts#getContext#2'], refused: -EINVAL,
    run: (r) => control(
      r, DOMCTL.getvcpucontext, r.me.domid, contextAt(9)),
  },
  {
    name: 'the context of a processor that has none',
    tries: 'to read what is not there',
    stops: [], refused: -ENODATA,
    run: (r) => control(
      r, DOMCTL.getvcpucontext, r.me.domid, contextAt(1)),
  },
  {
    name: 'the state of a processor that does not exist',
    tries: 'to crash the hypervisor with a number',
    stops: ['common/domctl.ts#vcpuInfo#1'], refused: -ESRCH,
    run: (r) => control(r, DOMCTL.getvcpuinfo, r.me.domid,
      ctl.DomctlGetvcpuinfo.encode({ vcpu: 9 }, 8)),
  },
  {
    name: 'the first domain after the last',
    tries: 'to crash the hypervisor with a number',
    stops: ['common/domctl.ts#getInfo#1'], refused: -ESRCH,
    run: (r) => control(r, DOMCTL.getdomaininfo, 0x7000),
  },
  {
    name: 'a control operation that does not exist',
    tries: 'to crash the hypervisor with a number',
    stops: ['common/domctl.ts#run#1'], refused: -ENOSYS,
    run: (r) => control(r, 9999, r.me.domid),
  },
  {
    name: 'a control operation of another version',
    tries: 'to have a record read that is laid out in another way',
    stops: [], refused: -EACCES,
    run: (r) => {
      const record = ctl.encodeDomctl(
        DOMCTL.get_address_size, r.me.domid);
      record[4]!++;
      r.put(0, r.record(0), record);
      return r.call(0, HYPERVISOR.domctl, r.record(0));
    },
  },
  {
    name: "a hypercall page in the victim's memory",
    tries: "to have another's page written over",
    stops: ['common/domctl.ts#hypercallInit#2'], refused: -EACCES,
    run: (r) => control(r, DOMCTL.hypercall_init, r.me.domid,
      pageAt(r.frameOf(r.victim))),
  },
  {
    name: 'a hypercall page in a page table',
    tries: 'to have entries written that nobody checked',
    stops: ['common/domctl.ts#hypercallInit#3'], refused: -EINVAL,
    run: (r) => {
      const l1 = r.table();
      ext(r, MMUEXT.PIN_L1_TABLE, l1);
      const rc = control(
        r, DOMCTL.hypercall_init, r.me.domid, pageAt(l1));
      r.reach(rc === 0, 'a page table is full of instructions');
      return rc;
    },
  },
  {
    name: 'a hypercall page that is not there',
    tries: 'to crash the hypervisor with a number',
    stops: [], refused: -EACCES,
    run: (r) => control(
      r, DOMCTL.hypercall_init, r.me.domid, pageAt(1n << 40n)),
  },
  {
    name: 'another width for a domain with memory',
    tries: 'to have its records read in another way',
    stops: [], refused: -EACCES,
    run: (r) => control(
      r, DOMCTL.set_address_size, r.me.domid, sizes(4)),
  },
  {
    name: 'a width that there is not',
    tries: 'to have its records read in another way',
    stops: [], refused: -EINVAL,
    run: (r) => {
      create(r, 40);
      return control(r, DOMCTL.set_address_size, 40, sizes(8));
    },
  },
  {
    name: "vcpu_info in the victim's page",
    tries: "to have the hypervisor write another's memory",
    stops: ['common/vcpu-op.ts#registerVcpuInfo#6'], refused: -EINVAL,
    run: (r) => infoAt(r, r.frameOf(r.victim)),
  },
  {
    name: 'vcpu_info in a page table',
    tries: 'to have the hypervisor write its entries',
    stops: ['common/vcpu-op.ts#registerVcpuInfo#7'], refused: -EINVAL,
    run: (r) => {
      const l1 = r.table();
      ext(r, MMUEXT.PIN_L1_TABLE, l1);
      return infoAt(r, l1);
    },
  },
  {
    name: 'vcpu_info over the end of its page',
    tries: "to have the hypervisor write another's memory",
    stops: ['common/vcpu-op.ts#registerVcpuInfo#1'], refused: -EINVAL,
    run: (r) => {
      const { owner, refs } = r.frames;
      const last = owner.findIndex((id, i) => id === r.me.domid
        && refs[i] === 1 && owner[i + 1] !== r.me.domid);
      const next = (last + 1) * 4096;
      const read = () =>
        r.phys.readBytes(next, VcpuInfo.size(4)).join();
      const before = read();
      const rc = infoAt(r, last, 4092);
      r.reach(read() !== before,
        `frame ${last + 1} of somebody else has other contents`);
      return rc;
    },
  },
  {
    name: 'vcpu_info moved twice',
    tries: 'to hold a reference that is never given back',
    stops: ['common/vcpu-op.ts#registerVcpuInfo#3'], refused: -EINVAL,
    run: (r) => {
      infoAt(r, r.spare());
      return infoAt(r, r.spare());
    },
  },
  {
    name: 'vcpu_info of another processor that runs',
    tries: 'to move it while it is written',
    stops: [], refused: -EINVAL,
    run: (r) => {
      r.d().vcpus[1]!.online = true;
      return infoAt(r, r.spare(), 0, 1);
    },
  },
  {
    name: 'vcpu_info at an odd address',
    tries: 'to have words written across their bounds',
    stops: [], refused: -EINVAL,
    run: (r) => infoAt(r, r.spare(), 2),
  },
  {
    name: 'vcpu_info in a frame that is not there',
    tries: 'to crash the hypervisor with a number',
    stops: [], refused: -EINVAL,
    run: (r) => infoAt(r, 1n << 40n),
  },
  {
    name: 'a timer of one nanosecond',
    tries: 'to keep the hypervisor busy with it alone',
    stops: ['common/vcpu-op.ts#setPeriodic#1'], refused: -EINVAL,
    run: (r) => {
      const rc = period(r, 1n);
      r.reach(r.v().period > 0 && r.v().period < 100_000,
        'its timer goes off more often than it can be served');
      return rc;
    },
  },
  {
    name: 'a timer of 26 days',
    tries: 'to have a time computed that is none',
    stops: [], refused: -EINVAL,
    run: (r) => period(r, 1n << 51n),
  },
  {
    name: 'a timer for another processor',
    tries: 'to wake it when it likes',
    stops: [], refused: -EINVAL,
    run: (r) => singleshot(r, 1n << 40n, 1),
  },
  {
    name: 'stop the timer of another processor',
    tries: 'to let it sleep',
    stops: [], refused: -EINVAL,
    run: (r) => vcpuOp(
      r, VCPUOP.stop_singleshot_timer, undefined, {}, 1),
  },
  {
    name: 'a timer that is over',
    tries: 'to have an event at once',
    stops: [], refused: -ETIME,
    run: (r) => singleshot(r, 1n, 0, vc.VCPU_SSHOTTMR_future),
  },
  {
    name: 'a timer in three hundred years',
    tries: 'to have a time computed that is none',
    stops: [], refused: 0,
    run: (r) => singleshot(r, (1n << 63n) + 1n),
  },
  {
    name: 'a processor that does not exist',
    tries: 'to crash the hypervisor with a number',
    stops: ['common/vcpu-op.ts#vcpuOp#1'], refused: -ENOENT,
    run: (r) => vcpuOp(r, VCPUOP.up, undefined, {}, 9),
  },
  {
    name: 'a processor without a context',
    tries: 'to have it run where it is',
    stops: [], refused: -EINVAL,
    run: (r) => vcpuOp(r, VCPUOP.up, undefined, {}, 1),
  },
  {
    name: 'a processor operation that does not exist',
    tries: 'to crash the hypervisor with a number',
    stops: ['common/vcpu-op.ts#vcpuOp#2'], refused: -ENOSYS,
    run: (r) => vcpuOp(r, 99),
  },
  {
    name: 'a message without end',
    tries: "to wash everybody else's out of the log",
    stops: ['common/console-io.ts#consoleIo#1'], refused: -EINVAL,
    run: (r) => {
      const { plan } = r.me;
      const before = r.xen.root.consoleLog.length;
      const rc = r.call(r.me, HYPERVISOR.console_io,
        BigInt(CONSOLEIO.write), 17n * 4096n,
        virtualOf(plan, plan.mapped - 64));
      r.reach(r.xen.root.consoleLog.length > before,
        'one call fills the log');
      return rc;
    },
  },
  {
    name: 'a console operation that does not exist',
    tries: 'to find out what it does',
    stops: [], refused: -ENOSYS,
    run: (r) => r.call(r.me, HYPERVISOR.console_io, 9n),
  },
  {
    name: 'a shutdown for no reason',
    tries: 'to tell domain 0 a number that it does not know',
    stops: [], refused: -EINVAL,
    run: (r) => own(r, SCHEDOP.shutdown, 99),
  },
  {
    name: 'the announcement of a shutdown for no reason',
    tries: 'to tell domain 0 a number that it does not know',
    stops: [], refused: -EINVAL,
    run: (r) => own(r, SCHEDOP.shutdown_code, 99),
  },
  {
    name: 'the shutdown of another for no reason',
    tries: 'to tell a number that nobody knows',
    stops: [], refused: -EINVAL,
    run: (r) => remote(r, 0, r.friend.domid, 99),
  },
  {
    name: 'the shutdown of a domain that does not exist',
    tries: 'to crash the hypervisor with a number',
    stops: [], refused: -ESRCH,
    run: (r) => remote(r, 0, 999),
  },
  {
    name: 'a scheduler operation that does not exist',
    tries: 'to find out what it does',
    stops: [], refused: -ENOSYS,
    run: (r) => r.call(r.me, HYPERVISOR.sched_op, 99n, r.record()),
  },
  {
    name: 'the page size of something',
    tries: 'to have a pointer followed',
    stops: [], refused: -EINVAL,
    run: (r) => r.call(
      r.me, HYPERVISOR.xen_version, BigInt(XENVER.pagesize), 1n),
  },
  {
    name: 'a version of nothing',
    tries: 'to find out what there is',
    stops: [], refused: -ENOSYS,
    run: (r) => r.call(r.me, HYPERVISOR.xen_version, 99n),
  },
  {
    name: 'features at address 0',
    tries: 'to crash the hypervisor with a bad pointer',
    stops: [], refused: -EFAULT,
    run: (r) => r.call(
      r.me, HYPERVISOR.xen_version, BigInt(XENVER.get_features), 0n),
  },
  {
    name: 'features of a later version',
    tries: 'to find out what there is',
    stops: [], refused: -EINVAL,
    run: (r) => r.ask(r.me, HYPERVISOR.xen_version,
      XENVER.get_features, XenFeatureInfo, { submap_idx: 1 }).rc,
  },
  {
    name: 'help that is not offered',
    tries: 'to switch on what there is not',
    stops: [], refused: -EINVAL,
    run: (r) => r.call(
      r.me, HYPERVISOR.vm_assist, BigInt(VMASST.CMD_enable), 31n),
  },
  {
    name: 'something else to do with help',
    tries: 'to find out what it does',
    stops: [], refused: -ENOSYS,
    run: (r) => r.call(r.me, HYPERVISOR.vm_assist,
      9n, BigInt(VMASST.TYPE_4gb_segments)),
  },
];
