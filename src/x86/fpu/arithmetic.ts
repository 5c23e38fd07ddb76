import {
  add, compare, div, type Heir, integral, mul, operate, sqrt, sub,
} from '../../machine/float/arithmetic.ts';
import { isNan, type Num } from '../../machine/float/format.ts';
import { remainder } from '../../machine/float/remainder.ts';
import {
  DE, IE, type Outcome, type Rounding,
} from '../../machine/float/round.ts';
import type { Cpu } from '../cpu.ts';
import { pop, writeSt } from './registers.ts';
import {
  C0, C1, C2, C3, DEFAULT, numberAt, raise, registerStyle, roundingOf,
  setConditions, settle, stackFault, unmasked,
} from './status.ts';

/** The NaN that x87 passes on: a quiet one before a signalling one,
 * then the larger significand, then the positive one.
 * SDM vol. 1, table 4-7. */
export const largerNan: Heir = (a, b) => {
  if (!isNan(b)) return a;
  if (!isNan(a)) return b;
  if (a.kind !== b.kind) return a.kind === 'quiet' ? a : b;
  if (a.sig !== b.sig) return a.sig > b.sig ? a : b;
  return a.sign === 0 ? a : b;
};

type Core = (a: Num, b: Num) => Outcome;

/** The eight operations in the order of their encoding; the two that
 * compare leave gaps. */
const CORES: readonly ((mode: Rounding) => Core)[] = [
  add, () => mul, () => mul, () => mul,
  sub, (mode) => (a, b) => sub(mode)(b, a),
  () => div, () => (a, b) => div(b, a),
];

/** ST(to) = a op b, rounded; pops if `pops`. */
export function binary(
  cpu: Cpu, op: number, to: number,
  a: Num | undefined, b: Num | undefined, pops: boolean,
): void {
  const core = CORES[op]?.(roundingOf(cpu));
  if (!core) throw new Error(`no operation ${op}`);
  const result = a && b
    ? settle(cpu, operate(a, b, largerNan, core))
    : stackFault(cpu, false) ? DEFAULT : undefined;
  if (result === undefined) return;
  writeSt(cpu, to, result);
  if (pops) pop(cpu);
}

/** A result for ST(0), from what may be missing: a stack fault. */
export function replace(
  cpu: Cpu, operands: readonly (Num | undefined)[],
  compute: () => Outcome, full = true,
): boolean {
  const result = operands.includes(undefined)
    ? stackFault(cpu, false) ? DEFAULT : undefined
    : settle(cpu, compute(), registerStyle(cpu, full));
  if (result !== undefined) writeSt(cpu, 0, result);
  return result !== undefined;
}

export function squareRoot(cpu: Cpu): void {
  const a = numberAt(cpu, 0);
  replace(cpu, [a], () =>
    operate(a!, a!, largerNan, sqrt), false);
}

/** FRNDINT. */
export function roundToInteger(cpu: Cpu): void {
  const a = numberAt(cpu, 0);
  let up = false;
  const stored = replace(cpu, [a], () =>
    operate(a!, a!, largerNan, () => {
      const r = integral(a!, roundingOf(cpu));
      up = r.up;
      return r;
    }));
  if (stored && up) setConditions(cpu, C1, C1);
}

/** FPREM and FPREM1: C2 says "not done yet". */
export function partialRemainder(cpu: Cpu, nearest: boolean): void {
  const [a, b] = [numberAt(cpu, 0), numberAt(cpu, 1)];
  let bits = -1;
  const core: Core = () => {
    const r = remainder(a!, b!, nearest);
    const { quotient: q } = r;
    if (r.flags !== 0) return r;
    bits = (r.partial ? C2 : 0) | (q & 4 ? C0 : 0)
      | (q & 2 ? C3 : 0) | (q & 1 ? C1 : 0);
    return r;
  };
  const stored = replace(cpu, [a, b], () =>
    operate(a!, b!, largerNan, core));
  if (bits < 0 || !stored) return setConditions(cpu, 0, C2);
  setConditions(cpu, bits & ~C1, C0 | C2 | C3);
  if ((bits & C1) !== 0) setConditions(cpu, C1, C1);
}

/** How two numbers compare, as FCOM has it in C3, C2 and C0. */
function relation(a: Num, b: Num): number {
  if (isNan(a) || isNan(b)) return C3 | C2 | C0;
  if (a.kind === 'unsupported' || b.kind === 'unsupported') {
    return C3 | C2 | C0;
  }
  const order = compare(a, b);
  return order > 0 ? 0 : order < 0 ? C0 : C3;
}

/** Exceptions of a comparison. `quiet`: a NaN is no error unless it
 * signals. */
export function complaints(a: Num, b: Num, quiet: boolean): number {
  const kinds = [a.kind, b.kind];
  const bad = kinds.includes('unsupported')
    || kinds.includes('signalling');
  const nan = isNan(a) || isNan(b);
  if (bad || nan && !quiet) return IE;
  return !nan && kinds.includes('denormal') ? DE : 0;
}

/** Compares: the relation, and whether the instruction may go on
 * and pop. */
export function compared(
  cpu: Cpu, a: Num | undefined, b: Num | undefined, quiet: boolean,
): { relation: number; on: boolean } {
  if (!a || !b) {
    return { relation: C3 | C2 | C0, on: stackFault(cpu, false) };
  }
  const flags = complaints(a, b, quiet);
  raise(cpu, flags);
  return { relation: relation(a, b), on: unmasked(cpu, flags) === 0 };
}

const CLASSES = {
  unsupported: 0, quiet: C0, signalling: C0, normal: C2,
  infinity: C2 | C0, zero: C3, denormal: C3 | C2,
} as const;

/** FXAM: what ST(0) is; `sign` comes from an empty one as well. */
export function examine(cpu: Cpu, sign: number): void {
  const a = numberAt(cpu, 0);
  const kind = a ? CLASSES[a.kind] : C3 | C0;
  setConditions(cpu, kind | (sign === 0 ? 0 : C1));
}
