import { makeCpu } from '../x86/fast/fast.ts';
import { allocDomainFrames } from './common/frames.ts';
import { createDomain, createVcpu } from './common/domain.ts';
import { runProgram } from './common/program.ts';
import {
  fireTimers, nextTimer, pick, switchTo, wake,
} from './common/sched.ts';
import { addToPhysmap } from './common/memory.ts';
import type { Hooks, Root, Xen } from './common/xen.ts';
import type { Program } from './public/kernel.ts';
import { hypercallTable } from './table.ts';
import {
  newArchRoot, newFrames, setUpM2p, setUpTemplate, takeFrames,
} from './x86/setup.ts';
import {
  handleHostcall, interruptGuest, runGuest,
} from './x86/entry.ts';
import { startProcessor } from './x86/start.ts';

/** Why `runXen` came back. */
export type XenStop = 'limit' | 'idle' | 'hostcall';

/** Runs until virtual time `until`, until so many instructions are
 * retired in all, or until all sleep. */
export function runXen(
  xen: Xen, until = Infinity, retired = Infinity,
): XenStop {
  const { clock, root } = xen;
  let asked = true;
  while (clock.time() < until && xen.cpu.retired < retired) {
    if (root.arch.hostcall >= 0 && !asked
      && xen.hooks.stopAtHostcall?.(xen)) return 'hostcall';
    asked = false;
    if (root.arch.entering && root.arch.hostcall < 0) {
      interruptGuest(xen, retired);
      continue;
    }
    if (root.arch.hostcall >= 0) handleHostcall(xen);
    fireTimers(xen);
    const v = pick(xen);
    if (root.arch.inGuest && v !== root.current) {
      interruptGuest(xen, retired);
      continue;
    }
    switchTo(xen, v);
    if (v) {
      if (v.domain.translated) runProgram(xen, v);
      else {
        const tickAt = Math.min(root.sliceEnd, nextTimer(xen));
        runGuest(xen, v, tickAt, until, retired);
      }
      continue;
    }
    const next = nextTimer(xen);
    if (next === Infinity) return 'idle';
    const step = Math.min(next, until) - clock.time();
    clock.charge(Math.max(0, step));
    root.sliceEnd = 0;
  }
  return 'limit';
}

export interface XenOptions {
  /** Bytes of the host's memory, a multiple of 2 MiB. */
  readonly ramBytes: number;
  /** Domain 0's kernel, and bytes of its memory. */
  readonly program?: Program<unknown>;
  readonly dom0Bytes?: number;
  /** Seconds since 1970 at virtual time 0. */
  readonly wallClock?: number;
  readonly hooks?: Hooks;
  /** Whether code is translated; else the reference runs it. */
  readonly translated?: boolean;
}

const DOM0_BYTES = 0x100_0000;

function createDom0(xen: Xen, bytes: number): void {
  const d = createDomain(xen, {
    id: 0, width: 8, translated: true, privileged: true, maxVcpus: 1,
    handle: new Uint8Array(16), maxEvtchnPort: 4095,
    maxGrantFrames: 64, maxMaptrackFrames: 1024,
  });
  d.controllerPauses = 0;
  d.maxPages = bytes / 4096;
  for (let gfn = 0; gfn < d.maxPages; gfn++) {
    addToPhysmap(xen, d, gfn, allocDomainFrames(xen, d, 0));
  }
  const v = createVcpu(xen, d, 0);
  v.initialised = true;
  v.online = true;
}

function newRoot(options: XenOptions): Root {
  return {
    domains: new Map(),
    frames: newFrames(options.ramBytes),
    runQueue: [], current: undefined, sliceEnd: 0, nextDomid: 1,
    input: [],
    charges: {
      hypercall: 500, trap: 500, dispatch: 1000, contextSwitch: 1000,
      slice: 1_000_000,
      mmu: 50,
    },
    counts: { hypercalls: {}, traps: {} },
    consoleLog: [], wallClock: options.wallClock ?? 1_700_000_000,
    arch: newArchRoot(),
  };
}

/** A machine, a hypervisor on it, and domain 0. */
export function startXen(options: XenOptions): Xen {
  const cpu = makeCpu(options.ramBytes, options.translated ?? false);
  const { phys } = cpu;
  const xen: Xen = {
    root: newRoot(options), phys, cpu, clock: cpu,
    programs: new Map(), hooks: options.hooks ?? {},
    hypercalls: hypercallTable,
  };
  const m2pBytes = setUpM2p(xen);
  takeFrames(xen);
  setUpTemplate(xen, m2pBytes);
  startProcessor(xen);
  xen.root.arch.hostcall = -1;
  if (options.program) {
    xen.programs.set(0, options.program);
    createDom0(xen, options.dom0Bytes ?? DOM0_BYTES);
  }
  return xen;
}

/** Gives domain 0 input; no bytes mean the end of it. */
export function hostInput(
  xen: Xen, channel: number, bytes: Uint8Array,
): void {
  xen.root.input.push({ channel, bytes, time: xen.clock.time() });
  for (const v of xen.root.domains.get(0)?.vcpus ?? []) wake(v);
}
