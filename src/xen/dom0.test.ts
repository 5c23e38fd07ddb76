import { expect, test } from 'vitest';
import { hostInput, runXen, startXen } from './boot.ts';
import { DOMCTL, DomctlCreatedomain, DomctlGetdomaininfo,
  DomctlHeader, DomctlMaxMem, DomctlMaxVcpus, decodeDomctl,
  encodeDomctl } from './public/domctl.ts';
import { EACCES, ENOSYS, ESRCH } from './public/errno.ts';
import type { Kernel } from './public/kernel.ts';
import { AddToPhysmapBatch, MemoryReservation, XENMAPSPACE, XENMEM }
  from './public/memory.ts';
import { SCHEDOP } from './public/sched.ts';
import { DOMID, HYPERVISOR } from './public/xen.ts';

const PAGE = 0x1000;

/** Runs `task` as domain 0's only work. */
function asDom0(task: (k: Kernel) => void) {
  const xen = startXen({
    ramBytes: 0x400_0000,
    program: {
      init: () => ({ done: false }),
      dispatch: (k, state) => {
        const s = state as { done: boolean };
        if (!s.done) task(k);
        const busy = !s.done;
        s.done = true;
        return busy;
      },
    },
  });
  expect(runXen(xen)).toBe('idle');
  return xen;
}

function domctl(k: Kernel, cmd: number, dom: number, u?: Uint8Array) {
  k.writeBytes(PAGE, encodeDomctl(cmd, dom, u));
  const error = Number(BigInt.asIntN(
    64, k.hypercall(HYPERVISOR.domctl, BigInt(PAGE))));
  return { error, bytes: k.readBytes(PAGE, 144) };
}

function build(k: Kernel): number {
  const made = domctl(k, DOMCTL.createdomain, 0,
    DomctlCreatedomain.encode({ max_vcpus: 1 }, 8));
  expect(made.error).toBe(0);
  const dom = DomctlHeader.decode(made.bytes, 8).domain;
  const mem = DomctlMaxMem.encode({ max_memkb: 1024n }, 8);
  expect(domctl(k, DOMCTL.max_mem, dom, mem).error).toBe(0);
  const max = DomctlMaxVcpus.encode({ max: 1 }, 8);
  expect(domctl(k, DOMCTL.max_vcpus, dom, max).error).toBe(0);
  return dom;
}

function populate(k: Kernel, domid: number, n: number): bigint {
  for (let i = 0; i < n; i++) {
    k.write64(2 * PAGE + i * 8, BigInt(i));
  }
  k.writeBytes(PAGE, MemoryReservation.encode({
    extent_start: BigInt(2 * PAGE), nr_extents: BigInt(n), domid,
  }, 8));
  return k.hypercall(HYPERVISOR.memory_op,
    BigInt(XENMEM.populate_physmap), BigInt(PAGE));
}

function mapForeign(k: Kernel, u: number, mfn: bigint, at: bigint) {
  k.write64(3 * PAGE, mfn);
  k.write64(3 * PAGE + 8, at);
  k.writeBytes(PAGE, AddToPhysmapBatch.encode({
    domid: DOMID.SELF, space: XENMAPSPACE.gmfn_foreign, size: 1, u,
    idxs: BigInt(3 * PAGE), gpfns: BigInt(3 * PAGE + 8),
    errs: BigInt(3 * PAGE + 16),
  }, 8));
  expect(k.hypercall(HYPERVISOR.memory_op,
    BigInt(XENMEM.add_to_physmap_batch), BigInt(PAGE))).toBe(0n);
  return k.read32(3 * PAGE + 16) | 0;
}

test('dom0 builds, fills and destroys a domain', () => {
  let before = 0;
  const xen = asDom0((k) => {
    const dom = build(k);
    expect(populate(k, dom, 300)).toBe(256n);
    const mfn = k.read64(2 * PAGE + 8);
    expect(mapForeign(k, dom, mfn, 0x9000n)).toBe(0);
    k.write32(0x900_0000 + 8, 0x1234_5678);
    before = Number(mfn);
    const info = domctl(k, DOMCTL.getdomaininfo, 1);
    expect(decodeDomctl(info.bytes, DomctlGetdomaininfo))
      .toMatchObject({ domain: dom, tot_pages: 256n });
    expect(domctl(k, DOMCTL.destroydomain, dom).error).toBe(0);
  });
  expect(xen.phys.read32(before * 4096 + 8)).toBe(0x1234_5678);
  expect([...xen.root.domains.keys()]).toEqual([0, 1]);
  expect(xen.root.domains.get(1)).toMatchObject(
    { dying: 'dead', totPages: 1 });
});

test('unmapping the last page lets the shell go', () => {
  const xen = asDom0((k) => {
    const dom = build(k);
    populate(k, dom, 4);
    expect(mapForeign(k, dom, k.read64(2 * PAGE), 0x9000n)).toBe(0);
    domctl(k, DOMCTL.destroydomain, dom);
    k.write64(PAGE, 0x7ff0n);
    k.write64(PAGE + 8, 0x9000n);
    expect(k.hypercall(HYPERVISOR.memory_op,
      BigInt(XENMEM.remove_from_physmap), BigInt(PAGE))).toBe(0n);
  });
  expect([...xen.root.domains.keys()]).toEqual([0]);
});

test('refusals are numbers', () => {
  asDom0((k) => {
    const call = (nr: number, ...args: number[]) =>
      Number(k.hypercall(nr, ...args.map(BigInt)));
    expect(call(100)).toBe(-ENOSYS);
    expect(call(HYPERVISOR.sched_op, 77)).toBe(-ENOSYS);
    expect(call(HYPERVISOR.memory_op, 6, 0x7fff_0000)).toBe(-14);
    k.writeBytes(PAGE, new Uint8Array(144));
    expect(call(HYPERVISOR.domctl, PAGE)).toBe(-EACCES);
    const none = domctl(k, DOMCTL.pausedomain, 77);
    expect(none.error).toBe(-ESRCH);
  });
});

test('time jumps to the timer', () => {
  const times: number[] = [];
  const xen = startXen({
    ramBytes: 0x400_0000,
    program: {
      init: () => ({}),
      dispatch: (k) => {
        times.push(xen.clock.time());
        if (times.length > 1) return k.hostRead(7) !== undefined;
        k.hypercall(HYPERVISOR.set_timer_op, 5_000_000n);
        k.hypercall(HYPERVISOR.sched_op, BigInt(SCHEDOP.block));
        return true;
      },
    },
  });
  expect(runXen(xen)).toBe('idle');
  expect(times.length).toBe(2);
  expect(times[1]! - 5_000_000).toBeLessThan(3000);
  hostInput(xen, 7, Uint8Array.of(1));
  expect(runXen(xen)).toBe('idle');
  expect(times.length).toBe(4);
});
