import type { Adr, Builder, V } from '../../machine/builder.ts';
import {
  carry, setCarryOverflow, setResult, setRotated, signExtend,
} from '../flags.ts';
import type { Insn } from '../insn.ts';
import {
  type Meaning, operand, place, read, readAt, truncate, writeAt,
} from '../operands.ts';

/** What a shift gives: the result, CF and OF in their bits 0. */
interface Shifted {
  readonly r: V<'i32'>;
  readonly cf: V<'i32'>;
  readonly of: V<'i32'>;
}

/** Shifts x by 1 to 31. */
type Shift = <A extends Adr>(
  b: Builder<A>, bits: number, x: V<'i32'>, count: V<'i32'>,
) => Shifted;

/** Bit n of a value, moved to bit 0; higher bits are garbage. */
function bit<A extends Adr>(
  { i32 }: Builder<A>, value: V<'i32'>, n: number,
): V<'i32'> {
  return i32.shru(value, i32.const(n));
}

function less1<A extends Adr>(
  { i32 }: Builder<A>, count: V<'i32'>,
): V<'i32'> {
  return i32.sub(count, i32.const(1));
}

const shl: Shift = (b, bits, x, count) => {
  const { i32 } = b;
  const r = i32.shl(x, count);
  const cf = bit(b, i32.shl(x, less1(b, count)), bits - 1);
  return { r, cf, of: i32.xor(cf, bit(b, r, bits - 1)) };
};

const shr: Shift = (b, bits, x, count) => {
  const { i32 } = b;
  const r = i32.shru(x, count);
  const top = i32.xor(bit(b, r, bits - 1), bit(b, r, bits - 2));
  return { r, cf: i32.shru(x, less1(b, count)), of: top };
};

const sar: Shift = (b, bits, x, count) => {
  const { i32 } = b;
  const wide = signExtend(b, bits, x);
  const cf = i32.shrs(wide, less1(b, count));
  return { r: i32.shrs(wide, count), cf, of: i32.const(0) };
};

/** Runs `then` unless the count is 0: with a count of 0 no flag
 * and no register changes. */
function unlessZero<A extends Adr>(
  b: Builder<A>, count: V<'i32'>, then: () => void,
): void {
  const known = b.known(count);
  if (known === undefined) b.if(count, then);
  else if (known !== 0) then();
}

/** The count in the last operand, modulo 32. */
function countOf<A extends Adr>(b: Builder<A>, i: Insn): V<'i32'> {
  const last = i.operands.length - 1;
  return b.i32.and(read(b, i, last), b.i32.const(31));
}

const shifting = (shift: Shift): Meaning => (b, i) => {
  const at = place(b, i, 0, 'rw');
  const { bits } = operand(i, 0);
  const x = readAt(b, i, 0, at, 'rw');
  const count = countOf(b, i);
  unlessZero(b, count, () => {
    const { r, cf, of } = shift(b, bits, x, count);
    writeAt(b, i, 0, at, r);
    setResult(b, bits, r);
    setCarryOverflow(b, cf, of);
  });
};

/** x repeated to fill 32 bits: then rotating 32 bits rotates it. */
function filled<A extends Adr>(
  { i32 }: Builder<A>, bits: number, x: V<'i32'>,
): V<'i32'> {
  if (bits === 32) return x;
  return i32.mul(x, i32.const(bits === 8 ? 0x0101_0101 : 0x1_0001));
}

const rol: Shift = (b, bits, x, count) => {
  const r = b.i32.rotl(filled(b, bits, x), count);
  return { r, cf: r, of: b.i32.xor(r, bit(b, r, bits - 1)) };
};

const ror: Shift = (b, bits, x, count) => {
  const r = b.i32.rotr(filled(b, bits, x), count);
  const cf = bit(b, r, bits - 1);
  return { r, cf, of: b.i32.xor(cf, bit(b, r, bits - 2)) };
};

const rotating = (shift: Shift, wheel: number): Meaning => (b, i) => {
  const at = place(b, i, 0, 'rw');
  const { bits } = operand(i, 0);
  const x = readAt(b, i, 0, at, 'rw');
  // Through the carry, the wheel has one bit more.
  const count = wheel === 0 || bits === 32 ? countOf(b, i)
    : b.i32.remu(countOf(b, i), b.i32.const(bits + wheel));
  unlessZero(b, count, () => {
    const { r, cf, of } = shift(b, bits, x, count);
    writeAt(b, i, 0, at, r);
    setRotated(b, cf, of);
  });
};

const rcl: Shift = (b, bits, x, count) => {
  const { i32 } = b;
  const rest = i32.sub(i32.const(bits), count);
  const low = i32.shru(i32.shru(x, i32.const(1)), rest);
  const middle = i32.shl(carry(b), less1(b, count));
  const r = i32.or(i32.or(i32.shl(x, count), middle), low);
  const cf = i32.shru(x, rest);
  return { r, cf, of: i32.xor(cf, bit(b, r, bits - 1)) };
};

const rcr: Shift = (b, bits, x, count) => {
  const { i32 } = b;
  const rest = i32.sub(i32.const(bits), count);
  const high = i32.shl(i32.shl(x, i32.const(1)), rest);
  const middle = i32.shl(carry(b), rest);
  const r = i32.or(i32.or(i32.shru(x, count), middle), high);
  const of = i32.xor(bit(b, r, bits - 1), bit(b, r, bits - 2));
  return { r, cf: i32.shru(x, less1(b, count)), of };
};

/** The two operands of SHLD and SHRD, as one word for 16 bits. */
type Double = <A extends Adr>(
  b: Builder<A>, x: V<'i32'>, y: V<'i32'>, count: V<'i32'>,
) => { r: V<'i32'>; cf: V<'i32'> };

const shld32: Double = ({ i32 }, x, y, count) => {
  const rest = i32.sub(i32.const(32), count);
  return {
    r: i32.or(i32.shl(x, count), i32.shru(y, rest)),
    cf: i32.shru(x, rest),
  };
};

const shld16: Double = ({ i32 }, x, y, count) => {
  const both = i32.or(i32.shl(x, i32.const(16)), y);
  const turned = i32.rotl(both, count);
  return { r: i32.shru(turned, i32.const(16)), cf: turned };
};

const shrd32: Double = ({ i32 }, x, y, count) => {
  const rest = i32.sub(i32.const(32), count);
  return {
    r: i32.or(i32.shru(x, count), i32.shl(y, rest)),
    cf: i32.shru(x, i32.sub(count, i32.const(1))),
  };
};

const shrd16: Double = ({ i32 }, x, y, count) => {
  const both = i32.or(i32.shl(y, i32.const(16)), x);
  const turned = i32.rotr(both, count);
  return { r: turned, cf: i32.shru(turned, i32.const(31)) };
};

const double = (word: Double, long: Double): Meaning => (b, i) => {
  const at = place(b, i, 0, 'rw');
  const { bits } = operand(i, 0);
  const x = readAt(b, i, 0, at, 'rw');
  const count = countOf(b, i);
  unlessZero(b, count, () => {
    const y = read(b, i, 1);
    const { r, cf } = (bits === 16 ? word : long)(b, x, y, count);
    const of = bit(b, b.i32.xor(x, r), bits - 1);
    writeAt(b, i, 0, at, r);
    setResult(b, bits, r);
    setCarryOverflow(b, cf, of);
  });
};

export const shifts: Record<string, Meaning> = {
  shl: shifting(shl), shr: shifting(shr), sar: shifting(sar),
  rol: rotating(rol, 0), ror: rotating(ror, 0),
  rcl: rotating(rcl, 1), rcr: rotating(rcr, 1),
  shld: double(shld16, shld32), shrd: double(shrd16, shrd32),
};
