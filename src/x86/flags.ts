import type { Adr, Builder, V } from '../machine/builder.ts';
import type { Cpu } from './cpu.ts';
import { CO, EFLAGS, SR, ZR } from './state.ts';

/** Sets ZF, SF and PF by a result of 8, 16 or 32 bits, whose
 * higher bits do not matter. */
export function setResult<A extends Adr>(
  b: Builder<A>, bits: number, result: V<'i32'>,
): void {
  const signed = signExtend(b, bits, result);
  b.set(ZR, signed);
  b.set(SR, signed);
}

export function signExtend<A extends Adr>(
  b: Builder<A>, bits: number, value: V<'i32'>,
): V<'i32'> {
  if (bits === 32) return value;
  return bits === 8
    ? b.i32.extend8s(value) : b.i32.extend16s(value);
}

/** Sets CF, OF and AF by the carries out of each bit. */
export function setCarries<A extends Adr>(
  b: Builder<A>, bits: number, carries: V<'i32'>,
): void {
  b.set(CO, placeCarries(b, bits, carries));
}

function placeCarries<A extends Adr>(
  b: Builder<A>, bits: number, carries: V<'i32'>,
): V<'i32'> {
  if (bits === 32) return carries;
  const { i32 } = b;
  const top = i32.shl(carries, i32.const(32 - bits));
  return i32.or(top, i32.and(carries, i32.const(8)));
}

/** The carries out of each bit of r = x + y (+ 1). */
export function carriesOfAdd<A extends Adr>(
  { i32 }: Builder<A>, x: V<'i32'>, y: V<'i32'>, r: V<'i32'>,
): V<'i32'> {
  const propagated = i32.and(i32.or(x, y), i32.not(r));
  return i32.or(i32.and(x, y), propagated);
}


/** The borrows out of each bit of r = x - y (- 1). */
export function borrowsOfSub<A extends Adr>(
  { i32 }: Builder<A>, x: V<'i32'>, y: V<'i32'>, r: V<'i32'>,
): V<'i32'> {
  const notX = i32.not(x);
  const propagated = i32.and(i32.or(notX, y), r);
  return i32.or(i32.and(notX, y), propagated);
}

/** CF, 0 or 1; likewise the functions after it. */
export function carry<A extends Adr>(b: Builder<A>): V<'i32'> {
  return b.i32.shru(b.get(CO), b.i32.const(31));
}

export function overflow<A extends Adr>(b: Builder<A>): V<'i32'> {
  const { i32 } = b;
  const co = b.get(CO);
  const differ = i32.xor(co, i32.shl(co, i32.const(1)));
  return i32.shru(differ, i32.const(31));
}

export function auxiliary<A extends Adr>(b: Builder<A>): V<'i32'> {
  const { i32 } = b;
  return i32.and(i32.shru(b.get(CO), i32.const(3)), i32.const(1));
}

export function zero<A extends Adr>(b: Builder<A>): V<'i32'> {
  return b.i32.eqz(b.get(ZR));
}

export function sign<A extends Adr>(b: Builder<A>): V<'i32'> {
  return b.i32.shru(b.get(SR), b.i32.const(31));
}

export function parity<A extends Adr>(b: Builder<A>): V<'i32'> {
  const { i32 } = b;
  const low = i32.and(b.get(SR), i32.const(0xff));
  return i32.and(i32.not(i32.popcnt(low)), i32.const(1));
}

/** Whether condition 0 to 15 holds, in the order of the encoding
 * (SDM vol. 2D, table B-10). Odd ones negate. */
export function condition<A extends Adr>(
  b: Builder<A>, code: number,
): V<'i32'> {
  const { i32 } = b;
  const holds = positive(b, code >>> 1);
  return (code & 1) === 0 ? holds : i32.xor(holds, i32.const(1));
}

function positive<A extends Adr>(
  b: Builder<A>, code: number,
): V<'i32'> {
  const { i32 } = b;
  switch (code) {
    case 0: return overflow(b);
    case 1: return carry(b);
    case 2: return zero(b);
    case 3: return i32.or(carry(b), zero(b));
    case 4: return sign(b);
    case 5: return parity(b);
    case 6: return i32.xor(sign(b), overflow(b));
    default:
      return i32.or(zero(b), i32.xor(sign(b), overflow(b)));
  }
}

export const CF = 0x0001;
export const PF = 0x0004;
export const AF = 0x0010;
export const ZF = 0x0040;
export const SF = 0x0080;
export const TF = 0x0100;
export const IF = 0x0200;
export const DF = 0x0400;
export const OF = 0x0800;
export const IOPL = 0x3000;
export const NT = 0x4000;
export const RF = 0x1_0000;
export const VM = 0x2_0000;
export const AC = 0x4_0000;
export const VIF = 0x8_0000;
export const VIP = 0x10_0000;
export const ID = 0x20_0000;

/** The six that arithmetic sets. */
export const ARITHMETIC = CF | PF | AF | ZF | SF | OF;

function placed<A extends Adr>(
  { i32 }: Builder<A>, flag: V<'i32'>, bit: number,
): V<'i32'> {
  return i32.shl(flag, i32.const(bit));
}

/** All of EFLAGS as a number. */
export function readFlags<A extends Adr>(b: Builder<A>): V<'i32'> {
  const { i32 } = b;
  let all = i32.or(b.get(EFLAGS), carry(b));
  all = i32.or(all, placed(b, parity(b), 2));
  all = i32.or(all, placed(b, auxiliary(b), 4));
  all = i32.or(all, placed(b, zero(b), 6));
  all = i32.or(all, placed(b, sign(b), 7));
  return i32.or(all, placed(b, overflow(b), 11));
}

/** One bit of a value, moved to another place. */
function bitTo<A extends Adr>(
  { i32 }: Builder<A>, value: V<'i32'>, from: number, to: number,
): V<'i32'> {
  const bit = i32.and(i32.shru(value, i32.const(from)), i32.const(1));
  return i32.shl(bit, i32.const(to));
}

/** Sets the flags that `mask` names to those of `value`. */
export function writeFlags<A extends Adr>(
  b: Builder<A>, value: V<'i32'>, mask: number,
): void {
  const { i32 } = b;
  const kept = i32.and(readFlags(b), i32.const(~mask));
  const all = i32.or(kept, i32.and(value, i32.const(mask)));
  b.set(EFLAGS, i32.and(all, i32.const(~ARITHMETIC)));
  const one = i32.const(1);
  b.set(ZR, i32.xor(bitTo(b, all, 6, 0), one));
  // An odd low byte is one with PF clear.
  const odd = i32.xor(bitTo(b, all, 2, 0), one);
  b.set(SR, i32.or(bitTo(b, all, 7, 31), odd));
  const below = i32.xor(bitTo(b, all, 0, 30), bitTo(b, all, 11, 30));
  const carries = i32.or(bitTo(b, all, 0, 31), below);
  b.set(CO, i32.or(carries, bitTo(b, all, 4, 3)));
}

/** EFLAGS for routines. */
export function readEflags(cpu: Cpu): number {
  return readFlags(cpu.evaluator) as unknown as number;
}

export function writeEflags(
  cpu: Cpu, value: number, mask: number,
): void {
  const { evaluator } = cpu;
  writeFlags(evaluator, evaluator.i32.const(value), mask);
}

/** Sets CF and OF, each 0 or 1 (higher bits are ignored), and
 * clears AF. */
export function setCarryOverflow<A extends Adr>(
  b: Builder<A>, cf: V<'i32'>, of: V<'i32'>,
): void {
  b.set(CO, carryOverflow(b, cf, of));
}

function carryOverflow<A extends Adr>(
  { i32 }: Builder<A>, cf: V<'i32'>, of: V<'i32'>,
): V<'i32'> {
  const below = i32.and(i32.xor(cf, of), i32.const(1));
  return i32.or(
    i32.shl(cf, i32.const(31)), i32.shl(below, i32.const(30)));
}

/** Sets CF and OF only. */
export function setRotated<A extends Adr>(
  b: Builder<A>, cf: V<'i32'>, of: V<'i32'>,
): void {
  const kept = b.i32.and(b.get(CO), b.i32.const(8));
  b.set(CO, b.i32.or(kept, carryOverflow(b, cf, of)));
}

/** Sets CF to 0 or 1 and nothing else. */
export function setCarry<A extends Adr>(
  b: Builder<A>, cf: V<'i32'>,
): void {
  const { i32 } = b;
  const changes = i32.xor(carry(b), cf);
  // Both upper bits change, so that OF stays.
  const both = i32.mul(changes, i32.const(0xc000_0000));
  b.set(CO, i32.xor(b.get(CO), both));
}
