import type { Vcpu } from '../common/xen.ts';

/** Machine frames (or addresses) of Xen's own structures. */
export interface ArchRoot {
  /** Machine address of the machine-to-physical table. */
  m2p: number;
  idleL3: number;
  /** The four L3 entries that the processor loads. */
  l3Cache: number;
  /** An L2 whose upper entries every guest's last L2 copies. */
  templateL2: number;
  /** Maps the pages of Xen's own. */
  xenL1: number;
  text: number;
  idt: number;
  tss: number;
  gdtPage: number;
  stack: number;
  zeroPage: number;
  /** Addresses of the stubs, by name. */
  symbols: Record<string, number>;
  /** A hostcall that is not handled yet, or -1. */
  hostcall: number;
  /** The slice is over: interrupt the guest. */
  tick: boolean;
  /** The tick was sent, and its stub is not through yet. */
  entering: boolean;
  /** Whose tables the processor has, as `domain.vcpu`. */
  loaded: string;
  /** They changed: load them again. */
  reload: boolean;
  /** The processor stopped in the middle of a guest. */
  inGuest: boolean;
  /** Whose numeric registers the processor has. */
  fpuOwner: Vcpu | undefined;
}

export interface ArchDomain {
  /** L1 tables of the per-domain area. */
  readonly perdomain: number[];
}

export interface UserRegs {
  eax: number; ebx: number; ecx: number; edx: number;
  esi: number; edi: number; ebp: number; esp: number;
  eip: number; eflags: number;
  cs: number; ss: number; ds: number; es: number; fs: number;
  gs: number;
  error_code: number;
  entry_vector: number;
}

export interface FarPointer { cs: number; eip: number }

export interface TrapEntry extends FarPointer { flags: number }

export interface ArchVcpu {
  regs: UserRegs;
  readonly traps: (TrapEntry | undefined)[];
  readonly gdtFrames: number[];
  gdtEntries: number;
  ldtBase: number;
  ldtEntries: number;
  kernelSs: number;
  kernelSp: number;
  /** Machine frame of its top-level page table, or -1. */
  guestTable: number;
  /** CR0 and CR4 as the guest believes them to be. */
  cr0: number;
  cr4: number;
  readonly debugreg: number[];
  event: FarPointer;
  failsafe: FarPointer & { masks: boolean };
  iopl: number;
  /** The numeric registers as FXSAVE has them, while the processor
   * has another virtual CPU's; and whether there are any. */
  fpu: Uint8Array;
  fpuValid: boolean;
}

export function newUserRegs(): UserRegs {
  return {
    eax: 0, ebx: 0, ecx: 0, edx: 0, esi: 0, edi: 0, ebp: 0, esp: 0,
    eip: 0, eflags: 0x202, cs: 0, ss: 0, ds: 0, es: 0, fs: 0, gs: 0,
    error_code: 0, entry_vector: 0,
  };
}

export function newArchDomain(): ArchDomain {
  return {
    perdomain: [],
  };
}

/** Numeric registers after FNINIT, and MXCSR after a reset. */
export function newFpu(): Uint8Array {
  const image = new Uint8Array(512);
  image.set([0x7f, 0x03]);
  image.set([0x80, 0x1f], 24);
  return image;
}

export function newArchVcpu(): ArchVcpu {
  return {
    regs: newUserRegs(), traps: Array.from({ length: 256 }),
    gdtFrames: [], gdtEntries: 0, ldtBase: 0, ldtEntries: 0,
    kernelSs: 0, kernelSp: 0, guestTable: -1,
    cr0: 0x8001_0033, cr4: 0, debugreg: [0, 0, 0, 0, 0, 0, 0, 0],
    event: { cs: 0, eip: 0 },
    failsafe: { cs: 0, eip: 0, masks: false },
    iopl: 0, fpu: newFpu(), fpuValid: false,
  };
}
