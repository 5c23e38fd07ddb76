import { hashOf } from '../machine/hash.ts';
import type { Pages } from '../machine/pages.ts';
import type { SavedCpu } from '../x86/cpu.ts';
import { makeCpu } from '../x86/fast/fast.ts';
import type { SavedTlb } from '../x86/tlb.ts';
import type { XenOptions } from './boot.ts';
import type { Root, Xen } from './common/xen.ts';
import { hypercallTable } from './table.ts';
import { wire } from './x86/start.ts';

export interface Snapshot {
  readonly root: Root;
  readonly ram: Pages;
  readonly cpu: SavedCpu;
  readonly tlb: SavedTlb;
}

/** The whole state, between two steps of `runXen`. */
export function saveXen(xen: Xen): Snapshot {
  return {
    root: structuredClone(xen.root),
    ram: xen.phys.save(),
    cpu: xen.cpu.save(),
    tlb: xen.cpu.memory.mmu.tlb.save(),
  };
}

/** Puts a running hypervisor back to where `saved` was made. */
export function rewindXen(xen: Xen, saved: Snapshot): void {
  xen.root = structuredClone(saved.root);
  xen.phys.restore(saved.ram);
  xen.cpu.restore(saved.cpu);
  xen.cpu.memory.mmu.tlb.restore(saved.tlb);
}

/** A new hypervisor that goes on where `saved` was made. */
export function restoreXen(saved: Snapshot, options: XenOptions): Xen {
  const cpu = makeCpu(options.ramBytes, options.translated ?? false);
  const { phys } = cpu;
  const xen: Xen = {
    root: saved.root, phys, cpu, clock: cpu,
    programs: new Map(), hooks: options.hooks ?? {},
    hypercalls: hypercallTable,
  };
  rewindXen(xen, saved);
  if (options.program) xen.programs.set(0, options.program);
  wire(xen);
  return xen;
}

/** A hash of the whole state but the TLB. */
export function stateHash(xen: Xen): string {
  const { root, ram, cpu } = saveXen(xen);
  return hashOf([root, cpu, ram]);
}
