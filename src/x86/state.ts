import { type Field, Layout, type State } from
  '../machine/fields.ts';
import type { Mode } from '../machine/builder.ts';

/** All state of the processor that instructions can reach. */
export const layout = new Layout();

export const EAX = layout.i32('eax');
export const ECX = layout.i32('ecx');
export const EDX = layout.i32('edx');
export const EBX = layout.i32('ebx');
export const ESP = layout.i32('esp');
export const EBP = layout.i32('ebp');
export const ESI = layout.i32('esi');
export const EDI = layout.i32('edi');

/** The general registers in the order of their numbers. */
export const GPR = [EAX, ECX, EDX, EBX, ESP, EBP, ESI, EDI] as const;

/** During an instruction: where it starts. */
export const EIP = layout.i32('eip');

/** ZF is set if this is 0. */
export const ZR = layout.i32('zr');
/** SF is its sign, PF the parity of its low byte. */
export const SR = layout.i32('sr');
/** Carries: CF is bit 31, OF bit 31 ^ bit 30, AF bit 3. */
export const CO = layout.i32('co');
/** All other bits of EFLAGS, in their places. */
export const EFLAGS = layout.i32('eflags');

/** What the processor keeps of a segment. */
export interface Segment {
  readonly selector: Field<'i32'>;
  readonly base: Field<'i32'>;
  /** Offset of the last valid byte. */
  readonly limit: Field<'i32'>;
  /** Bits 8–23 of the descriptor's second word: type, S, DPL, P,
   * AVL, L, D/B, G (SDM vol. 3A §3.4.5). */
  readonly rights: Field<'i32'>;
  /** Offsets below these start an access of up to
   * 16 bytes without a further look. */
  readonly reads: Field<'i32'>;
  readonly writes: Field<'i32'>;
}

function segment(name: string): Segment {
  return {
    selector: layout.i32(name),
    base: layout.i32(`${name}.base`),
    limit: layout.i32(`${name}.limit`),
    rights: layout.i32(`${name}.rights`),
    reads: layout.i32(`${name}.reads`),
    writes: layout.i32(`${name}.writes`),
  };
}

/** Segment registers by number; LDTR and TR stand behind. */
export const SEG = [
  segment('es'), segment('cs'), segment('ss'), segment('ds'),
  segment('fs'), segment('gs'), segment('ldtr'), segment('tr'),
] as const;

export const ES = 0;
export const CS = 1;
export const SS = 2;
export const DS = 3;
export const FS = 4;
export const GS = 5;
export const LDTR = 6;
export const TR = 7;

/** The current privilege level, 0 to 3. */
export const CPL = layout.i32('cpl');

const WIDE = 0x4000; // D/B in a segment's rights

/** 16 or 32: the size of addresses and operands in the code. */
export const CODE: Mode = {
  name: 'code',
  of: (state) => (state.get(SEG[CS].rights) & WIDE ? 32 : 16),
};

/** 16 or 32: whether the stack is addressed by SP or ESP. */
export const STACK: Mode = {
  name: 'stack',
  of: (state) => (state.get(SEG[SS].rights) & WIDE ? 32 : 16),
};

const isWhole = (state: State, bound: Field<'i32'>): number =>
  Number(state.get(bound) === 0xffff_fff1);

/** Bit 0: the segment is all of the address space, from 0, and can
 * be read; bit 1: written, too. */
export const FLAT: readonly Mode[] = SEG.map(
  ({ base, reads, writes }, s) => ({
    name: `flat${s}`,
    of(state) {
      if (state.get(base) !== 0) return 0;
      return isWhole(state, reads) | isWhole(state, writes) << 1;
    },
  }));

/** 1: code may be anywhere. */
export const UNLIMITED: Mode = {
  name: 'unlimited',
  of: (state) => Number(state.get(SEG[CS].limit) === 0xffff_ffff),
};

/** 32-bit code and data in one flat address space. */
export function flat(state: State): void {
  for (const segment of SEG) {
    state.set(segment.limit, 0xffff_ffff);
    state.set(segment.rights, 0xc093);
    state.set(segment.reads, 0xffff_fff1);
    state.set(segment.writes, 0xffff_fff1);
  }
  state.set(SEG[CS].rights, 0xc09b);
  state.set(EFLAGS, 0x0002);
  state.set(DR[6], 0xffff_0ff0);
  state.set(DR[7], 0x0000_0400);
  state.set(ZR, 1);
  state.set(FPU_CW, 0x37f);
  state.set(MXCSR, 0x1f80);
}

export const GDTR_BASE = layout.i32('gdtr.base');
export const GDTR_LIMIT = layout.i32('gdtr.limit');
export const IDTR_BASE = layout.i32('idtr.base');
export const IDTR_LIMIT = layout.i32('idtr.limit');
export const CR0 = layout.i32('cr0');
export const CR2 = layout.i32('cr2');
export const CR3 = layout.i32('cr3');
export const CR4 = layout.i32('cr4');

/** Debug registers 0 to 7 (4 and 5 are other names of 6 and 7). */
export const DR = [
  layout.i32('dr0'), layout.i32('dr1'), layout.i32('dr2'),
  layout.i32('dr3'), layout.i32('dr4'), layout.i32('dr5'),
  layout.i32('dr6'), layout.i32('dr7'),
] as const;

/** The page-directory pointers that a CR3 load reads under PAE. */
export const PDPTE = [
  layout.i64('pdpte0'), layout.i64('pdpte1'),
  layout.i64('pdpte2'), layout.i64('pdpte3'),
] as const;

/** Added to virtual time, gives the time-stamp counter. */
export const TSC_OFFSET = layout.i64('tsc.offset');
/** 1 after HLT, until an interrupt. */
export const HALTED = layout.i32('halted');
/** 1 after STI or MOV SS: no interrupt before the next one. */
export const SHADOW = layout.i32('shadow');

/** Not 0 if no bound of a segment may admit anything: breakpoints on
 * data or alignment checking want to see every access. */
export const CAREFUL = layout.i32('careful');

/** IA32_PAT: what the caching bits of page entries mean. */
export const PAT = layout.i64('pat');

/** The x87 registers as they lie in the chip: significands, which
 * are also the MMX registers, and signs with exponents. */
export const FPR = [0, 1, 2, 3, 4, 5, 6, 7].map((n) => ({
  sig: layout.i64(`mm${n}`), exp: layout.i32(`fpr${n}.exp`),
}));
/** A bit for each of them that is not empty. */
export const FPU_FULL = layout.i32('fpu.full');
export const FPU_CW = layout.i32('fpu.cw');
export const FPU_SW = layout.i32('fpu.sw');
/** The last instruction, its operand and, after an exception that
 * was not masked, its opcode. SDM vol. 1 §8.1.8. */
export const FPU_IP = layout.i32('fpu.ip');
export const FPU_CS = layout.i32('fpu.cs');
export const FPU_DP = layout.i32('fpu.dp');
export const FPU_DS = layout.i32('fpu.ds');
export const FPU_OP = layout.i32('fpu.op');
/** The wire IGNNE#: errors are not waited for. */
export const IGNNE = layout.i32('ignne');

export const XMM = [0, 1, 2, 3, 4, 5, 6, 7].map((n) =>
  layout.v128(`xmm${n}`));
export const MXCSR = layout.i32('mxcsr');
