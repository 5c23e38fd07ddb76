import {
  DOUBLE, type Format, isNan, type Num, SINGLE, unpack, zero,
} from '../../machine/float/format.ts';
import { type Heir } from '../../machine/float/arithmetic.ts';
import {
  OE, type Rounding, type Style, UE,
} from '../../machine/float/round.ts';
import type { Cpu } from '../cpu.ts';
import { CR4, MXCSR } from '../state.ts';
import { FAULT } from '../vectors.ts';

/** MXCSR: flags in bits 0 to 5, their masks from bit 7 on. SDM
 * vol. 1 §10.2.3. */
const DAZ = 0x40;
const FTZ = 0x8000;
const OSXMMEXCPT = 0x400; // CR4

export const formatOf = (bits: number): Format =>
  bits === 32 ? SINGLE : DOUBLE;

export const roundingOf = (cpu: Cpu): Rounding =>
  (cpu.get(MXCSR) >>> 13 & 3) as Rounding;

const masksOf = (cpu: Cpu): number => cpu.get(MXCSR) >>> 7 & 63;

/** How results are made to fit `bits` bits. */
export function styleOf(cpu: Cpu, bits: number): Style {
  const format = formatOf(bits);
  const masks = masksOf(cpu);
  const flush = (cpu.get(MXCSR) & FTZ) !== 0 && (masks & UE) !== 0;
  return {
    format, precision: format.precision, rounding: roundingOf(cpu),
    wrapped: ~masks & (OE | UE), wrap: bits === 32 ? 192 : 1536,
    beyond: 0, flush,
  };
}

/** Notes exceptions. One that is not masked ends the instruction:
 * #XM, or #UD if the system has not said that it knows #XM. */
export function raise(cpu: Cpu, flags: number): void {
  if ((flags & ~masksOf(cpu)) === 0) {
    return cpu.set(MXCSR, cpu.get(MXCSR) | flags);
  }
  // The flags stay, although the instruction is undone.
  cpu.evaluator.undo();
  cpu.set(MXCSR, cpu.get(MXCSR) | flags);
  cpu.commit();
  const known = (cpu.get(CR4) & OSXMMEXCPT) !== 0;
  cpu.trap(known ? FAULT.XM : FAULT.UD);
}

/** A number from its bits; denormals may count as zeros. */
export function take(cpu: Cpu, bits: number, raw: bigint): Num {
  const n = unpack(formatOf(bits), BigInt.asUintN(bits, raw));
  const tiny = n.kind === 'denormal' && (cpu.get(MXCSR) & DAZ) !== 0;
  return tiny ? zero(n.sign) : n;
}

/** The NaN that SSE passes on: the first operand's. */
export const firstNan: Heir = (a, b) => isNan(a) ? a : b;
