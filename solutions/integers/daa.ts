import {
  auxiliary, carry, setCarries, setResult,
} from '#book/x86/flags.ts';
import {
  type Meaning, readReg, writeReg,
} from '#book/x86/operands.ts';

/** 27: decimal adjust AL after addition. */
export const daa: Meaning = (b) => {
  const { i32 } = b;
  const al = readReg(b, 0, 8);
  const digit = i32.and(al, i32.const(15));
  const low = i32.or(i32.gtu(digit, i32.const(9)), auxiliary(b));
  const high = i32.or(i32.gtu(al, i32.const(0x99)), carry(b));
  const six = i32.mul(low, i32.const(6));
  const r = i32.add(
    i32.add(al, six), i32.mul(high, i32.const(0x60)));
  writeReg(b, 0, 8, r);
  setResult(b, 8, r);
  setCarries(b, 32, i32.or(
    i32.mul(high, i32.const(0xc000_0000)),
    i32.shl(low, i32.const(3))));
};
