import type { Phys } from '../../machine/phys.ts';
import type { ArchDomain, ArchVcpu } from '../arch.ts';
import type { Program } from '../public/kernel.ts';
import type { Width } from '../public/layout.ts';
import type { ArchRoot, Cpu } from '../arch.ts';
import type { Channel } from './event.ts';
import type { GrantTable } from './grant.ts';

/** Where a page of a translated domain leads. */
export interface P2mEntry {
  mfn: number;
  /** Names as in Xen's p2m_type_t. */
  type: 'ram_rw' | 'map_foreign' | 'grant_map_rw' | 'grant_map_ro';
  /** Whose frame it is. */
  domain: number;
}

export interface Domain {
  readonly id: number;
  handle: Uint8Array;
  readonly width: Width;
  /** Guest-physical addresses, translated by `p2m`. */
  readonly translated: boolean;
  readonly privileged: boolean;
  readonly vcpus: Vcpu[];
  readonly maxVcpus: number;
  readonly maxEvtchnPort: number;
  readonly maxGrantFrames: number;
  readonly maxMaptrackFrames: number;
  totPages: number;
  maxPages: number;
  /** Machine frame of the shared_info page. */
  sharedInfo: number;
  readonly p2m: Map<number, P2mEntry>;
  /** Reasons to hold it: the controller's, and our own. */
  controllerPauses: number;
  pauseCount: number;
  /** A SHUTDOWN reason, or -1. */
  shutdown: number;
  dying: 'no' | 'dying' | 'dead';
  vmAssist: number;
  timeOffset: number;
  memoryMap: Uint8Array | undefined;
  crash: CrashReport | undefined;
  /** The last hypercalls, newest last, for the crash report. */
  readonly recent: HypercallRecord[];
  readonly arch: ArchDomain;
  /** Event channels by port. */
  readonly events: Channel[];
  readonly grants: GrantTable;
}

export interface Vcpu {
  readonly id: number;
  readonly domain: Domain;
  /** Given a context (domctl) and not taken down (vcpu_op). */
  initialised: boolean;
  online: boolean;
  blocked: boolean;
  pauseCount: number;
  /** RUNSTATE number, when entered, ns in each. */
  runstate: number;
  stateEntered: number;
  readonly stateTime: [number, number, number, number];
  /** Machine address of its vcpu_info. */
  vcpuInfo: number;
  vcpuInfoMoved: boolean;
  runstateArea: bigint;
  timeArea: bigint;
  /** Absolute ns of the one-shot timer, or Infinity. */
  timer: number;
  /** Period in ns and next expiry of the periodic timer. */
  period: number;
  periodicNext: number;
  /** State of a TypeScript kernel. */
  program: unknown;
  readonly arch: ArchVcpu;
  /** The port of each virtual interrupt, or 0. */
  readonly virqPorts: number[];
  /** Asleep in SCHEDOP_poll: for this port, or 0 for several, and
   * until when. */
  polling: boolean;
  pollPort: number;
  pollUntil: number;
}

export interface HypercallRecord {
  readonly nr: number;
  readonly args: readonly bigint[];
  result: bigint;
}

export interface CrashReport {
  readonly reason: string;
  readonly vcpu: number;
  readonly time: number;
  readonly registers: Record<string, number>;
  readonly disassembly: readonly string[];
  readonly pageWalk: readonly string[];
  readonly stack: readonly number[];
  readonly hypercalls: readonly HypercallRecord[];
}

export interface FrameTable {
  readonly count: number;
  /** No frame below it is free. */
  firstFree: number;
  readonly owner: Uint16Array;
  readonly refs: Uint32Array;
  /** Bits of `common/frames.ts`. */
  readonly flags: Uint8Array;
  /** PGT number, and how many uses need it. */
  readonly type: Uint8Array;
  readonly typeCount: Uint32Array;
  /** Over 0: entries of other L2s use it as an L1. Under 0: so many
   * entries of its own use other L2s so. */
  readonly linear: Int32Array;
}

/** Owner of a free frame. */
export const NOBODY = 0xffff;

export interface Charges {
  hypercall: number;
  trap: number;
  dispatch: number;
  contextSwitch: number;
  slice: number;
  /** One page-table update or extended operation. */
  mmu: number;
}

export interface Counts {
  readonly hypercalls: Record<string, number>;
  readonly traps: Record<string, number>;
}

export interface HostInput {
  readonly channel: number;
  readonly bytes: Uint8Array;
  readonly time: number;
}

export interface Root {
  readonly domains: Map<number, Domain>;
  readonly frames: FrameTable;
  /** All virtual CPUs in the order of their next turn. */
  readonly runQueue: Vcpu[];
  /** Who runs; undefined while idle. */
  current: Vcpu | undefined;
  sliceEnd: number;
  nextDomid: number;
  readonly input: HostInput[];
  readonly charges: Charges;
  readonly counts: Counts;
  readonly consoleLog: string[];
  wallClock: number;
  readonly arch: ArchRoot;
}

/** What common code needs of a processor. */
export interface Clock {
  time(): number;
  charge(time: number): void;
}

export interface Hooks {
  hypercall?(v: Vcpu, record: HypercallRecord): void;
  trap?(v: Vcpu, vector: number): void;
  hostcall?(xen: Xen): void;
  /** True: `runXen` returns before handling this hostcall. */
  stopAtHostcall?(xen: Xen): boolean;
  output?(channel: number, bytes: Uint8Array): void;
  log?(line: string): void;
}

export type Handler = (xen: Xen, v: Vcpu, args: bigint[]) =>
  number | bigint;

export interface Xen {
  root: Root;
  readonly phys: Phys;
  readonly clock: Clock;
  readonly programs: Map<number, Program<unknown>>;
  readonly hooks: Hooks;
  readonly hypercalls: ReadonlyMap<number, Handler>;
  readonly cpu: Cpu;
}
