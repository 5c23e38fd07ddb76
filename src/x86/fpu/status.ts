import {
  EXTENDED, INDEFINITE, type Num, pack, unpack,
} from '../../machine/float/format.ts';
import {
  DE, IE, OE, type Outcome, PE, round, type Rounding, type Style, UE,
  ZE,
} from '../../machine/float/round.ts';
import type { Cpu } from '../cpu.ts';
import { FPU_CW, FPU_SW, IGNNE } from '../state.ts';
import { noteOpcode } from './pointers.ts';
import {
  isEmpty, readSt, setTop, topOf, writeSt,
} from './registers.ts';

/** The status word's bits. SDM vol. 1 §8.1.3. */
export const SF = 0x40;
export const ES = 0x80;
export const C0 = 0x100;
export const C1 = 0x200;
export const C2 = 0x400;
export const C3 = 0x4000;
const BUSY = 0x8000;

/** Exceptions that the control word lets through, in `flags`. */
export const unmasked = (cpu: Cpu, flags: number): number =>
  flags & 0x3f & ~cpu.get(FPU_CW);

/** Sets ES and B if an exception that is not masked is noted. */
export function refresh(cpu: Cpu): void {
  const sw = cpu.get(FPU_SW);
  const on = unmasked(cpu, sw) !== 0 ? ES | BUSY : 0;
  cpu.set(FPU_SW, sw & ~(ES | BUSY) | on);
  if (on === 0) cpu.set(IGNNE, 0);
}

/** Notes exceptions. */
export function raise(cpu: Cpu, flags: number): void {
  if (flags === 0) return;
  cpu.set(FPU_SW, cpu.get(FPU_SW) | flags);
  if (unmasked(cpu, flags) !== 0) noteOpcode(cpu);
  refresh(cpu);
}

/** Sets the condition bits in `which` to those of `bits`. */
export function setConditions(
  cpu: Cpu, bits: number, which = C0 | C1 | C2 | C3,
): void {
  cpu.set(FPU_SW, cpu.get(FPU_SW) & ~which | bits);
}

/** A register that should be full is empty, or the other way about
 * (`over`). True if the program wants to live with it. */
export function stackFault(cpu: Cpu, over: boolean): boolean {
  setConditions(cpu, over ? C1 : 0, C1);
  raise(cpu, IE | SF);
  return unmasked(cpu, IE) === 0;
}

export const DEFAULT = pack(EXTENDED, INDEFINITE);
const PRECISIONS = [24, 24, 53, 64];

export const roundingOf = (cpu: Cpu): Rounding =>
  (cpu.get(FPU_CW) >>> 10 & 3) as Rounding;

/** How a result is made to fit a register. */
export function registerStyle(cpu: Cpu, full = false): Style {
  const control = cpu.get(FPU_CW);
  return {
    format: EXTENDED, rounding: roundingOf(cpu),
    precision: full ? 64 : PRECISIONS[control >>> 8 & 3] ?? 64,
    wrapped: ~control & (OE | UE), wrap: 24576, beyond: PE,
    flush: false,
  };
}

/** Rounds a result for a register, and notes what there is to note.
 * Undefined if it must not be stored. */
export function settle(
  cpu: Cpu, { num, flags }: Outcome, style = registerStyle(cpu),
): bigint | undefined {
  setConditions(cpu, 0, C1);
  const early = flags & (IE | DE | ZE);
  raise(cpu, early);
  if (unmasked(cpu, early) !== 0) return undefined;
  const rounded = round(num, style);
  setConditions(cpu, rounded.up ? C1 : 0, C1);
  raise(cpu, flags | rounded.flags);
  return pack(EXTENDED, rounded.num);
}

/** ST(i) taken apart; undefined if it is empty. */
export const numberAt = (cpu: Cpu, i: number): Num | undefined =>
  isEmpty(cpu, i) ? undefined : unpack(EXTENDED, readSt(cpu, i));

/** Pushes a value: on a full stack, the default NaN. */
export function push(cpu: Cpu, bits: bigint): void {
  const over = !isEmpty(cpu, 7);
  if (over && !stackFault(cpu, true)) return;
  setTop(cpu, topOf(cpu) - 1);
  writeSt(cpu, 0, over ? DEFAULT : bits);
}
