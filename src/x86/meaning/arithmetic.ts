import type { Adr, Builder, V } from '../../machine/builder.ts';
import {
  borrowsOfSub, carriesOfAdd, carry, setCarries, setResult,
} from '../flags.ts';
import {
  type Meaning, operand, place, read, readAt, writeAt,
} from '../operands.ts';
import { CO } from '../state.ts';

/** Computes a result and sets the flags. */
type Operation = <A extends Adr>(
  b: Builder<A>, bits: number, x: V<'i32'>, y: V<'i32'>,
) => V<'i32'>;

export const add: Operation = (b, bits, x, y) =>
  added(b, bits, x, y, b.i32.add(x, y));

export const adc: Operation = (b, bits, x, y) =>
  added(b, bits, x, y, b.i32.add(b.i32.add(x, y), carry(b)));

function added<A extends Adr>(
  b: Builder<A>, bits: number,
  x: V<'i32'>, y: V<'i32'>, r: V<'i32'>,
): V<'i32'> {
  setCarries(b, bits, carriesOfAdd(b, x, y, r));
  setResult(b, bits, r);
  return r;
}

export const sub: Operation = (b, bits, x, y) =>
  subtracted(b, bits, x, y, b.i32.sub(x, y));

export const sbb: Operation = (b, bits, x, y) =>
  subtracted(b, bits, x, y, b.i32.sub(b.i32.sub(x, y), carry(b)));

function subtracted<A extends Adr>(
  b: Builder<A>, bits: number,
  x: V<'i32'>, y: V<'i32'>, r: V<'i32'>,
): V<'i32'> {
  setCarries(b, bits, borrowsOfSub(b, x, y, r));
  setResult(b, bits, r);
  return r;
}

function logical<A extends Adr>(
  b: Builder<A>, bits: number, r: V<'i32'>,
): V<'i32'> {
  b.set(CO, b.i32.const(0));
  setResult(b, bits, r);
  return r;
}

const and: Operation = (b, bits, x, y) =>
  logical(b, bits, b.i32.and(x, y));
const or: Operation = (b, bits, x, y) =>
  logical(b, bits, b.i32.or(x, y));
const xor: Operation = (b, bits, x, y) =>
  logical(b, bits, b.i32.xor(x, y));

/** Operand 0 becomes the result. */
const into = (operation: Operation): Meaning => (b, i) => {
  const at = place(b, i, 0, 'rw');
  const x = readAt(b, i, 0, at, 'rw');
  const y = read(b, i, 1);
  writeAt(b, i, 0, at, operation(b, operand(i, 0).bits, x, y));
};

/** Only the flags are kept. */
const flagsOf = (operation: Operation): Meaning => (b, i) => {
  operation(b, operand(i, 0).bits, read(b, i, 0), read(b, i, 1));
};

/** As if by 1, but CF keeps its value. */
const step = (operation: Operation): Operation => (b, bits, x, y) => {
  const { i32 } = b;
  const before = b.get(CO);
  const r = operation(b, bits, x, y);
  const after = b.get(CO);
  const changed = i32.and(i32.xor(before, after), i32.const(1 << 31));
  // Bit 31 changes back; bit 30 goes with it, so OF stays.
  const both = i32.or(changed, i32.shru(changed, i32.const(1)));
  b.set(CO, i32.xor(after, both));
  return r;
};

const unary = (f: Operation, constant: number): Meaning => (b, i) => {
  const at = place(b, i, 0, 'rw');
  const x = readAt(b, i, 0, at, 'rw');
  const y = b.i32.const(constant);
  writeAt(b, i, 0, at, f(b, operand(i, 0).bits, x, y));
};

const negated: Operation = (b, bits, x, zero) =>
  sub(b, bits, zero, x);

const not: Meaning = (b, i) => {
  const at = place(b, i, 0, 'rw');
  writeAt(b, i, 0, at, b.i32.not(readAt(b, i, 0, at, 'rw')));
};

export const arithmetic: Record<string, Meaning> = {
  add: into(add), adc: into(adc), sub: into(sub), sbb: into(sbb),
  and: into(and), or: into(or), xor: into(xor),
  cmp: flagsOf(sub), test: flagsOf(and),
  inc: unary(step(add), 1), dec: unary(step(sub), 1),
  neg: unary(negated, 0), not,
};
