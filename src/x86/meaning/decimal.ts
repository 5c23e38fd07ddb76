import type { Adr, Builder, V } from '../../machine/builder.ts';
import {
  auxiliary, carry, setCarries, setResult,
} from '../flags.ts';
import {
  type Meaning, operand, readReg, writeReg,
} from '../operands.ts';

const AL = 0;
const AX = 0;
const AH = 4;

/** Sets CF and AF, each 0 or 1, and clears OF. */
function setDecimal<A extends Adr>(
  b: Builder<A>, cf: V<'i32'>, af: V<'i32'>,
): void {
  const { i32 } = b;
  const both = i32.mul(cf, i32.const(0xc000_0000));
  setCarries(b, 32, i32.or(both, i32.shl(af, i32.const(3))));
}

/** Whether the low digit of AL needs adjusting. */
function lowDigit<A extends Adr>(b: Builder<A>): V<'i32'> {
  const { i32 } = b;
  const digit = i32.and(readReg(b, AL, 8), i32.const(15));
  return i32.or(i32.gtu(digit, i32.const(9)), auxiliary(b));
}

/** DAA adds 6 to each digit above 9, DAS takes it away. */
const adjust = (sign: 1 | -1): Meaning => (b) => {
  const { i32 } = b;
  const al = readReg(b, AL, 8);
  const low = lowDigit(b);
  const over = i32.gtu(al, i32.const(0x99));
  const high = i32.or(over, carry(b));
  const by = i32.add(
    i32.mul(low, i32.const(6)), i32.mul(high, i32.const(0x60)));
  const r = i32.add(al, i32.mul(by, i32.const(sign)));
  // DAS also carries where subtracting 6 borrows.
  const borrow = sign === 1 ? i32.const(0)
    : i32.and(low, i32.ltu(al, i32.const(6)));
  writeReg(b, AL, 8, r);
  setResult(b, 8, r);
  setDecimal(b, i32.or(high, borrow), low);
};

/** AAA and AAS: a carry goes from AL into AH. */
const adjustAscii = (sign: 1 | -1): Meaning => (b) => {
  const { i32 } = b;
  const carries = lowDigit(b);
  const by = i32.mul(carries, i32.const(sign * 0x106));
  const ax = i32.add(readReg(b, AX, 16), by);
  writeReg(b, AX, 16, i32.and(ax, i32.const(0xff0f)));
  setResult(b, 8, i32.and(ax, i32.const(15)));
  setDecimal(b, carries, carries);
};

const aam: Meaning = (b, i) => {
  const { i32 } = b;
  const base = operand(i, 0).value;
  if (base === 0) return b.trap(0);
  const al = readReg(b, AL, 8);
  writeReg(b, AH, 8, i32.divu(al, i32.const(base)));
  const rest = i32.remu(al, i32.const(base));
  writeReg(b, AL, 8, rest);
  setResult(b, 8, rest);
  setDecimal(b, i32.const(0), i32.const(0));
};

const aad: Meaning = (b, i) => {
  const { i32 } = b;
  const base = i32.const(operand(i, 0).value);
  const tens = i32.mul(readReg(b, AH, 8), base);
  const r = i32.and(
    i32.add(readReg(b, AL, 8), tens), i32.const(0xff));
  writeReg(b, AX, 16, r);
  setResult(b, 8, r);
  setDecimal(b, i32.const(0), i32.const(0));
};

export const decimals: Record<string, Meaning> = {
  daa: adjust(1), das: adjust(-1),
  aaa: adjustAscii(1), aas: adjustAscii(-1), aam, aad,
};
