import type { Adr, Builder, Routine, V } from
  '../../machine/builder.ts';
import type { Cpu } from '../cpu.ts';
import { PAT } from '../state.ts';
import type { Meaning } from '../operands.ts';
import {
  CPL, CR4, EAX, EBX, ECX, EDX, TSC_OFFSET,
} from '../state.ts';

/** The features that CPUID's leaf 1 reports in EDX. */
const FEATURES = [
  4, // TSC: RDTSC
  5, // MSR: RDMSR and WRMSR
  8, // CX8: CMPXCHG8B
  15, // CMOV
  1, // VME
  2, // DE
  3, // PSE
  6, // PAE
  13, // PGE
  16, // PAT
  17, // PSE-36
  0, // x87
  23, // MMX
  24, // FXSAVE and FXRSTOR
  25, // SSE
  26, // SSE2
];

type Leaf = readonly [number, number, number, number];

/** EAX, EBX, ECX, EDX for a leaf. A leaf that we lack gives the last
 * basic one, as on Intel's processors (SDM vol. 2A, "CPUID"). */
export function cpuidLeaf(leaf: number): Leaf {
  switch (leaf) {
    case 0: return [2, ...VENDOR];
    // Family 6, model 1, stepping 9: a Pentium Pro.
    case 1: return [0x619, 0, 0, features()];
    case 0x8000_0000: return [0x8000_0008, 0, 0, 0];
    case 0x8000_0002: return nameFrom(0);
    case 0x8000_0003: return nameFrom(16);
    case 0x8000_0004: return nameFrom(32);
    case 0x8000_0008: return [0x2034, 0, 0, 0];
    case 0x8000_0001: case 0x8000_0005: case 0x8000_0006:
    case 0x8000_0007: return [0, 0, 0, 0];
    // Descriptors of its TLBs and caches.
    default: return [0x0302_0101, 0, 0, 0x0604_0a42];
  }
}

/** "GenuineIntel" in EBX, ECX, EDX. */
const VENDOR = [0x756e_6547, 0x6c65_746e, 0x4965_6e69] as const;

const features = (): number =>
  FEATURES.reduce((all, bit) => all | 1 << bit, 0);

const identify: Routine<Cpu> = {
  name: 'cpuid',
  run(cpu) {
    const [eax, ebx, ecx, edx] = cpuidLeaf(cpu.get(EAX));
    cpu.set(EAX, eax);
    cpu.set(EBX, ebx);
    cpu.set(ECX, ecx);
    cpu.set(EDX, edx);
    return 0;
  },
};

/** #GP(0) outside of ring 0. */
export function privileged<A extends Adr>(b: Builder<A>): void {
  b.if(b.get(CPL), () => b.trap(13, b.i32.const(0)));
}

/** The time-stamp counter. */
export function timeStamp(cpu: Cpu): bigint {
  const offset = cpu.state.i64[TSC_OFFSET.id] ?? 0n;
  return BigInt.asUintN(64, BigInt(cpu.time()) + offset);
}

const readTime: Routine<Cpu> = {
  name: 'rdtsc',
  run(cpu) {
    const closed = (cpu.get(CR4) & 4) !== 0;
    if (closed && cpu.get(CPL) !== 0) cpu.trap(13, 0);
    const time = timeStamp(cpu);
    cpu.set(EAX, Number(time & 0xffff_ffffn));
    cpu.set(EDX, Number(time >> 32n));
    return 0;
  },
};

const rdtsc: Meaning = (b) => { b.routine(readTime); };

const TSC = 0x10;

const readMsr: Routine<Cpu> = {
  name: 'rdmsr',
  run(cpu) {
    if (cpu.get(ECX) === PAT_MSR) return readPat(cpu);
    if (cpu.get(ECX) !== TSC) cpu.trap(13, 0);
    return readTime.run(cpu);
  },
};

const writeMsr: Routine<Cpu> = {
  name: 'wrmsr',
  run(cpu) {
    if (cpu.get(ECX) === PAT_MSR) return writePat(cpu);
    if (cpu.get(ECX) !== TSC) cpu.trap(13, 0);
    const high = BigInt(cpu.get(EDX)) << 32n;
    const time = high | BigInt(cpu.get(EAX));
    const { evaluator } = cpu;
    const now = evaluator.i64.const(cpu.time());
    const value = time as unknown as typeof now;
    evaluator.set(TSC_OFFSET, evaluator.i64.sub(value, now));
    return 0;
  },
};

const rdmsr: Meaning = (b) => {
  privileged(b);
  b.routine(readMsr);
};

const wrmsr: Meaning = (b) => {
  privileged(b);
  b.routine(writeMsr);
};

const PCE = 0x100; // CR4: RDPMC in all rings

/** The two performance counters, which count nothing here. */
const readCounter: Routine<Cpu> = {
  name: 'rdpmc',
  run(cpu) {
    const open = cpu.get(CPL) === 0 || (cpu.get(CR4) & PCE) !== 0;
    if (!open || cpu.get(ECX) > 1) cpu.trap(13, 0);
    cpu.set(EAX, 0);
    cpu.set(EDX, 0);
    return 0;
  },
};

/** Caches are not simulated: there is nothing to write back. */
const flush: Meaning = (b) => privileged(b);

export const identification: Record<string, Meaning> = {
  cpuid: (b) => { b.routine(identify); },
  rdpmc: (b) => { b.routine(readCounter); },
  rdtsc, rdmsr, wrmsr, invd: flush, wbinvd: flush,
};

const NAME = 'Ringfence IA-32';

/** Sixteen letters of the processor's name. */
function nameFrom(at: number): [number, number, number, number] {
  const word = (n: number): number => [3, 2, 1, 0].reduce((all, k) =>
    all << 8 | (NAME.charCodeAt(at + 4 * n + k) || 0), 0) >>> 0;
  return [word(0), word(1), word(2), word(3)];
}

const PAT_MSR = 0x277;
const TYPES = new Set([0, 1, 4, 5, 6, 7]);

function readPat(cpu: Cpu): number {
  const pat = BigInt.asUintN(64, cpu.state.i64[PAT.id] ?? 0n);
  cpu.set(EAX, Number(pat & 0xffff_ffffn));
  cpu.set(EDX, Number(pat >> 32n));
  return 0;
}

function writePat(cpu: Cpu): number {
  const pat = BigInt(cpu.get(EDX)) << 32n | BigInt(cpu.get(EAX));
  for (let at = 0n; at < 64n; at += 8n) {
    if (!TYPES.has(Number(pat >> at & 0xffn))) cpu.trap(13, 0);
  }
  cpu.evaluator.set(PAT, pat as unknown as V<'i64'>);
  return 0;
}
