import type { Access, Adr, Builder, Kind, Mode, Priv, V } from
  '../machine/builder.ts';
import type { Field } from '../machine/fields.ts';
import { fieldAt, holeOf } from '../machine/record/hole.ts';
import type { Insn, Operand } from './insn.ts';
import { lookCloser, segment } from './segment.ts';
import {
  CS, EIP, ESP, FLAT, GPR, SEG, SS, STACK, UNLIMITED,
} from './state.ts';
import { FAULT } from './vectors.ts';

/** What an instruction means, in any builder. */
export type Meaning =
  <A extends Adr>(b: Builder<A>, i: Insn) => void;

/** An operand that the opcode table says is there. */
export function operand(i: Insn, k: number): Operand {
  const found = i.operands[k];
  if (!found) throw new Error(`${i.mnemonic} lacks operand ${k}`);
  return found;
}

/** A general register of 32 bits. */
export function gpr(index: number): Field<'i32'> {
  const field = fieldAt(GPR, index);
  if (!field) throw new Error(`no register ${index}`);
  return field;
}

/** Whether a byte's number is that of AH, CH, DH or BH. */
const isHigh = (index: number): boolean =>
  holeOf(index)?.high ?? index >= 4;

/** The general register that a byte is part of. */
const gprOfByte = (index: number): Field<'i32'> =>
  gpr(holeOf(index) ? index : index & 3);

/** A register's value, zero-extended. */
export function readReg<A extends Adr>(
  b: Builder<A>, index: number, bits: number,
): V<'i32'> {
  const { i32 } = b;
  if (bits === 32) return b.get(gpr(index));
  if (bits === 16) {
    return i32.and(b.get(gpr(index)), i32.const(0xffff));
  }
  const whole = b.get(gprOfByte(index));
  const byte = isHigh(index) ? i32.shru(whole, i32.const(8)) : whole;
  return i32.and(byte, i32.const(0xff));
}

/** Replaces the part of the register that `bits` names. */
export function writeReg<A extends Adr>(
  b: Builder<A>, index: number, bits: number, value: V<'i32'>,
): void {
  const high = bits === 8 && isHigh(index);
  const field = bits === 8 ? gprOfByte(index) : gpr(index);
  if (bits === 32) b.set(field, value);
  else b.set(field, insert(b, b.get(field), value, bits, high));
}

/** `whole` with its low or high part replaced. */
function insert<A extends Adr>(
  b: Builder<A>, whole: V<'i32'>, part: V<'i32'>,
  bits: number, high: boolean,
): V<'i32'> {
  const { i32 } = b;
  const by = i32.const(high ? 8 : 0);
  const mask = (1 << bits) - 1 << (high ? 8 : 0);
  return i32.or(
    i32.and(whole, i32.const(~mask)),
    i32.and(i32.shl(part, by), i32.const(mask)));
}

const NONE = -1;

/** The offset that a memory operand names, in its segment. */
export function offset<A extends Adr>(
  b: Builder<A>, i: Insn, op: Operand,
): V<'i32'> {
  const { i32 } = b;
  let sum = i32.const(op.disp);
  if (op.base !== NONE) sum = i32.add(b.get(gpr(op.base)), sum);
  if (op.idx !== NONE) {
    const index = b.get(gpr(op.idx));
    sum = i32.add(sum, i32.mul(index, i32.const(op.scale)));
  }
  return truncate(b, sum, i.addrSize);
}

/** A value cut to 16 bits, if that is the size. */
export function truncate<A extends Adr>(
  b: Builder<A>, value: V<'i32'>, bits: number,
): V<'i32'> {
  if (bits === 32) return value;
  return b.i32.and(value, b.i32.const(bits === 16 ? 0xffff : 0xff));
}

function flatness(seg: number): Mode {
  const mode = FLAT[seg];
  if (!mode) throw new Error(`no segment register ${seg}`);
  return mode;
}

/** The linear address of `bytes` bytes at `offset` of a segment. */
export function linear<A extends Adr>(
  b: Builder<A>, seg: number, offset: V<'i32'>,
  bytes: number, kind: Kind,
): V<A> {
  const { i32 } = b;
  const flat = b.hint(flatness(seg));
  if ((flat & (kind === 'r' ? 1 : 2)) !== 0) {
    return b.addr.extendU(offset);
  }
  const s = segment(seg);
  const bound = b.get(kind === 'r' ? s.reads : s.writes);
  b.if(i32.geu(offset, bound), () => {
    b.routine(lookCloser, i32.const(seg), offset,
      i32.const(bytes), i32.const(kind === 'r' ? 0 : 1));
  });
  return b.addr.extendU(i32.add(b.get(s.base), offset));
}

/** Where a memory operand lies; nothing for a register. */
export function place<A extends Adr>(
  b: Builder<A>, i: Insn, k: number, kind: Kind,
): V<A> | undefined {
  const op = operand(i, k);
  if (op.kind !== 'mem') return undefined;
  return linear(b, op.seg, offset(b, i, op), op.bits >>> 3, kind);
}

/** The value of operand `k`, which lies `at`, zero-extended. */
export function readAt<A extends Adr>(
  b: Builder<A>, i: Insn, k: number, at: V<A> | undefined, kind: Kind,
): V<'i32'> {
  const op = operand(i, k);
  if (at !== undefined) return b.load('i32', at, access(op.bits, kind));
  if (op.kind === 'reg') return readReg(b, op.index, op.bits);
  return b.i32.const(op.value);
}

export function writeAt<A extends Adr>(
  b: Builder<A>, i: Insn, k: number, at: V<A> | undefined,
  value: V<'i32'>,
): void {
  const op = operand(i, k);
  if (at === undefined) writeReg(b, op.index, op.bits, value);
  else b.store('i32', at, value, access(op.bits, 'w'));
}

/** Reads operand `k`; 8 and 16 bits come zero-extended. */
export function read<A extends Adr>(
  b: Builder<A>, i: Insn, k: number,
): V<'i32'> {
  return readAt(b, i, k, place(b, i, k, 'r'), 'r');
}

export function write<A extends Adr>(
  b: Builder<A>, i: Insn, k: number, value: V<'i32'>,
): void {
  writeAt(b, i, k, place(b, i, k, 'w'), value);
}

/** SP or ESP, as the stack segment says. */
export function stackPointer<A extends Adr>(b: Builder<A>): V<'i32'> {
  return truncate(b, b.get(ESP), b.mode(STACK));
}

export function setStackPointer<A extends Adr>(
  b: Builder<A>, value: V<'i32'>,
): void {
  writeReg(b, 4, b.mode(STACK), value);
}

export function push<A extends Adr>(
  b: Builder<A>, bits: number, value: V<'i32'>,
): void {
  const bytes = b.i32.const(bits >>> 3);
  const below = b.i32.sub(stackPointer(b), bytes);
  const top = truncate(b, below, b.mode(STACK));
  const at = linear(b, SS, top, bits >>> 3, 'w');
  b.store('i32', at, value, access(bits, 'w'));
  setStackPointer(b, top);
}

export function pop<A extends Adr>(
  b: Builder<A>, bits: number,
): V<'i32'> {
  const top = stackPointer(b);
  const at = linear(b, SS, top, bits >>> 3, 'r');
  const value = b.load('i32', at, access(bits, 'r'));
  setStackPointer(b, b.i32.add(top, b.i32.const(bits >>> 3)));
  return value;
}

/** The offset of the next instruction. */
export function next<A extends Adr>(
  b: Builder<A>, i: Insn,
): V<'i32'> {
  return b.i32.add(b.get(EIP), b.i32.const(i.length));
}

/** Where a relative jump leads. */
export function relative<A extends Adr>(
  b: Builder<A>, i: Insn, k = 0,
): V<'i32'> {
  return b.i32.add(next(b, i), b.i32.const(operand(i, k).disp));
}

/** An offset of the same code segment, as a place to go on at. */
export function nearTarget<A extends Adr>(
  b: Builder<A>, i: Insn, to: V<'i32'>,
): V<A> {
  const target = truncate(b, to, i.opSize);
  if (b.hint(UNLIMITED) === 0) {
    const outside = b.i32.gtu(target, b.get(SEG[CS].limit));
    b.if(outside, () => b.trap(FAULT.GP, b.i32.const(0)));
  }
  return b.addr.extendU(target);
}

/** Goes on at an offset of the same code segment. */
export function jumpNear<A extends Adr>(
  b: Builder<A>, i: Insn, to: V<'i32'>,
): void {
  b.jump(nearTarget(b, i, to));
}

/** Goes on at the target of a relative jump. */
export function jumpRelative<A extends Adr>(
  b: Builder<A>, i: Insn, k = 0,
): void {
  jumpNear(b, i, relative(b, i, k));
}

function accesses(kind: Kind, priv: Priv): Access[] {
  const table: Access[] = [];
  for (const bits of [8, 16, 32, 64, 128] as const) {
    table[bits >>> 3] = { bits, kind, priv, big: false };
  }
  return table;
}

function kinds(priv: Priv): Record<Kind, Access[]> {
  return {
    r: accesses('r', priv), w: accesses('w', priv),
    rw: accesses('rw', priv), x: accesses('x', priv),
  };
}

const ACCESSES = { cpl: kinds('cpl'), sys: kinds('sys') };

/** A little-endian access, made beforehand. */
export function access(
  bits: number, kind: Kind, priv: Priv = 'cpl',
): Access {
  const found = ACCESSES[priv][kind][bits >>> 3];
  if (!found) throw new Error(`no access of ${bits} bits`);
  return found;
}
