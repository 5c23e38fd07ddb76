import { runXen, startXen } from '../xen/boot.ts';
import { kernelOf } from '../xen/common/program.ts';
import { copyFromGuest, copyToGuest } from
  '../xen/common/guest-access.ts';
import { hypercall } from '../xen/common/hypercall.ts';
import type { Struct } from '../xen/public/layout.ts';
import { virtualOf } from '../dom0/builder/plan.ts';
import type { Vcpu, Xen } from '../xen/common/xen.ts';
import { DOMCTL } from '../xen/public/domctl.ts';
import type { Kernel, Program } from '../xen/public/kernel.ts';
import { domctl, type Bench } from '../dom0/builder/bench.ts';
import { buildDomain, type Built } from '../dom0/builder/build.ts';
import { pvImage, type PvOptions } from './pv-image.ts';

/** A hypervisor, and domain 0's hands. */
export interface Lab {
  xen: Xen; k: Kernel; bench: Bench; log: string[];
}

const idle: Program<unknown> = { init: () => 0, dispatch: () => false };

/** Start a hypervisor on a machine with this much memory. */
export function openLab(ramMiB = 24): Lab {
  const log: string[] = [];
  const xen = startXen({ ramBytes: ramMiB << 20, program: idle,
    dom0Bytes: 1 << 20, hooks: { log: (line) => log.push(line) } });
  const k = kernelOf(xen, vcpuOf(xen, 0));
  const bench = { k, scratch: 0x1_0000, window: 2 ** 32,
    windowFrames: 256 };
  return { xen, k, bench, log };
}

export function vcpuOf(xen: Xen, domid: number): Vcpu {
  const v = xen.root.domains.get(domid)?.vcpus[0];
  if (!v) throw new Error(`no domain ${domid}`);
  return v;
}

/** Build a guest from its source; it starts paused. */
export function addGuest(lab: Lab, source: string,
  options: PvOptions & { memoryMiB?: number; cmdline?: string } = {},
): Built {
  return buildDomain(lab.bench, {
    kernel: { name: 'guest', bytes: pvImage(source, options) },
    cmdline: options.cmdline ?? '', vcpus: 1,
    memoryMiB: options.memoryMiB ?? 4,
  });
}

/** Let a domain run, with all others, until nothing can. */
export function runGuest(lab: Lab, domid: number, limit = 1e8): void {
  domctl(lab.bench, DOMCTL.unpausedomain, domid);
  runXen(lab.xen, lab.xen.clock.time() + limit);
}

/** Call as a guest: its errno and the record afterwards. */
export function callAs(lab: Lab, guest: Built, nr: number,
  op: number, record: Uint8Array, count = 1) {
  const { xen } = lab;
  const v = vcpuOf(xen, guest.domid);
  const at = virtualOf(guest.plan, guest.plan.stack);
  copyToGuest(xen, v, at, record);
  const rc = Number(
    hypercall(xen, v, nr, [BigInt(op), at, BigInt(count), 0n, 0n, 0n]));
  return { rc, record: copyFromGuest(xen, v, at, record.length) };
}

/** Call with a record of this layout; decoded afterwards. */
export function callWith<T>(lab: Lab, guest: Built, nr: number,
  op: number, layout: Struct<T>, values: Partial<T>) {
  const { rc, record } =
    callAs(lab, guest, nr, op, layout.encode(values, 4));
  return { ...layout.decode(record, 4), rc };
}
