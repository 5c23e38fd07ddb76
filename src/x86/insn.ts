/** How wide addresses and operands are unless a prefix says so. */
export type Mode = 16 | 32 | 64;

export type OperandKind = 'reg' | 'mem' | 'imm' | 'rel' | 'far';

/** A file of registers: general, segment, control, debug, x87,
 *  MMX, XMM. */
export type RegClass =
  'gpr' | 'seg' | 'cr' | 'dr' | 'st' | 'mmx' | 'xmm';

export const ES = 0, CS = 1, SS = 2, DS = 3, FS = 4, GS = 5;
export const EAX = 0, ECX = 1, EDX = 2, EBX = 3;
export const ESP = 4, EBP = 5, ESI = 6, EDI = 7;

/** As a base: the address of the next instruction (64-bit only). */
export const RIP = 16;

/** One operand. Which fields count depends on `kind`. */
export interface Operand {
  readonly kind: OperandKind;
  /** reg: the file of registers. */
  readonly cls: RegClass;
  /** reg: its number as encoded (of 8 bits, AH CH DH BH are 4 to
   *  7, or SPL BPL SIL DIL where a REX prefix came before, which
   *  only 64-bit mode has); far: the selector. */
  readonly index: number;
  /** Width in bits; 0 where only the address counts. */
  readonly bits: number;
  /** mem: the effective segment; base and index register, or -1. */
  readonly seg: number;
  readonly base: number;
  readonly idx: number;
  readonly scale: number;
  /** mem: the displacement; rel: the distance. Signed. */
  readonly disp: number;
  /** imm: sign-extended where the encoding says so, then cut to
   *  `bits`, unsigned; far: the offset. */
  readonly value: number;
  /** Bits 32 to 63 of `value` (or `disp`), unsigned. */
  readonly high: number;
}

import type { Row } from './opcodes.ts';

/** One decoded instruction. It does not know where it stood. */
export interface Insn {
  readonly row: Row;
  /** The row's name, the key of its meaning; or `(bad)`. */
  readonly mnemonic: string;
  /** Bytes, prefixes included: 1 to 15. */
  readonly length: number;
  readonly mode: Mode;
  /** Effective operand and address size in bits. */
  readonly opSize: Mode;
  readonly addrSize: Mode;
  readonly operands: readonly Operand[];
  readonly lock: boolean;
  readonly rep: 0 | 0xf2 | 0xf3;
  /** The segment of an override, if there was one. */
  readonly segment: number | undefined;
  /** As read: the prefixes in order; ModRM and SIB, or -1. */
  readonly prefixes: readonly number[];
  readonly modrm: number;
  readonly sib: number;
  /** The vector of the exception that decoding itself calls for:
   *  6 (#UD), 13 (#GP), or 0 for none. */
  readonly fault: 0 | 6 | 13;
}
