import type { Adr, Builder, V } from '../../machine/builder.ts';
import { setCarryOverflow, setResult, signExtend } from '../flags.ts';
import {
  type Meaning, operand, read, readReg, write, writeReg,
} from '../operands.ts';

const AX = 0;
const DX = 2;

type Extend = <A extends Adr>(
  b: Builder<A>, bits: number, value: V<'i32'>,
) => V<'i64'>;

const unsigned: Extend = (b, _bits, value) => b.i64.extendU(value);

const signed: Extend = (b, bits, value) =>
  b.i64.extendS(signExtend(b, bits, value));

/** The bits of a value above its lowest `bits`. */
function above<A extends Adr>(
  { i64 }: Builder<A>, bits: number, value: V<'i64'>,
): V<'i32'> {
  return i64.wrap(i64.shru(value, i64.const(bits)));
}

/** Sets the flags of a product: CF and OF if it did not fit. */
function setProduct<A extends Adr>(
  b: Builder<A>, bits: number, product: V<'i64'>, extend: Extend,
): V<'i32'> {
  const low = b.i64.wrap(product);
  const again = extend(b, bits, cut(b, bits, low));
  const lost = b.i64.ne(product, again);
  setResult(b, bits, low);
  setCarryOverflow(b, lost, lost);
  return low;
}

function cut<A extends Adr>(
  { i32 }: Builder<A>, bits: number, value: V<'i32'>,
): V<'i32'> {
  if (bits === 32) return value;
  return i32.and(value, i32.const((1 << bits) - 1));
}

/** DX:AX, or AX for bytes, is the product of AX and the operand. */
const whole = (extend: Extend): Meaning => (b, i) => {
  const { bits } = operand(i, 0);
  const x = extend(b, bits, readReg(b, AX, bits));
  const y = extend(b, bits, read(b, i, 0));
  const product = b.i64.mul(x, y);
  const low = setProduct(b, bits, product, extend);
  if (bits === 8) return writeReg(b, AX, 16, low);
  writeReg(b, AX, bits, low);
  writeReg(b, DX, bits, above(b, bits, product));
};

const wholeSigned = whole(signed);

const imul: Meaning = (b, i) => {
  const count = i.operands.length;
  if (count === 1) return wholeSigned(b, i);
  const { bits } = operand(i, 0);
  const x = signed(b, bits, read(b, i, count - 2));
  const y = signed(b, bits, read(b, i, count - 1));
  const product = b.i64.mul(x, y);
  write(b, i, 0, setProduct(b, bits, product, signed));
};

/** DX:AX, or AX for bytes, in the low 2n bits. */
function dividend<A extends Adr>(
  b: Builder<A>, bits: number,
): V<'i64'> {
  const { i64 } = b;
  if (bits === 8) return i64.extendU(readReg(b, AX, 16));
  const high = i64.extendU(readReg(b, DX, bits));
  const low = i64.extendU(readReg(b, AX, bits));
  return i64.or(i64.shl(high, i64.const(bits)), low);
}

function setQuotient<A extends Adr>(
  b: Builder<A>, bits: number, q: V<'i64'>, r: V<'i64'>,
): void {
  writeReg(b, AX, bits, b.i64.wrap(q));
  writeReg(b, bits === 8 ? AH : DX, bits, b.i64.wrap(r));
}

const AH = 4;

const DIVIDE_ERROR = 0;

const div: Meaning = (b, i) => {
  const { i64 } = b;
  const { bits } = operand(i, 0);
  const n = dividend(b, bits);
  const d = i64.extendU(read(b, i, 0));
  const high = i64.shru(n, i64.const(bits));
  // Also true for a divisor of 0.
  b.if(i64.leu(d, high), () => b.trap(DIVIDE_ERROR), () => {
    setQuotient(b, bits, i64.divu(n, d), i64.remu(n, d));
  });
};

const idiv: Meaning = (b, i) => {
  const { i64 } = b;
  const { bits } = operand(i, 0);
  const spare = i64.const(64 - 2 * bits);
  const n = i64.shrs(i64.shl(dividend(b, bits), spare), spare);
  const d = signed(b, bits, read(b, i, 0));
  const undefined_ = b.i32.or(i64.eqz(d), b.i32.and(
    i64.eq(n, i64.const(-(2 ** 63))), i64.eq(d, i64.const(-1))));
  b.if(undefined_, () => b.trap(DIVIDE_ERROR), () => {
    const q = i64.divs(n, d);
    const fits = i64.eq(q, signed(b, bits, i64.wrap(q)));
    b.if(fits, () => setQuotient(b, bits, q, i64.rems(n, d)),
      () => b.trap(DIVIDE_ERROR));
  });
};

export const multiplications: Record<string, Meaning> = {
  mul: whole(unsigned), imul, div, idiv,
};
