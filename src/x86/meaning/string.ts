import type { Adr, Builder, V } from '../../machine/builder.ts';
import { zero } from '../flags.ts';
import type { Insn } from '../insn.ts';
import {
  type Meaning, operand, read, readReg, truncate, write, writeReg,
} from '../operands.ts';
import { EFLAGS, EIP } from '../state.ts';
import { sub } from './arithmetic.ts';

const CX = 1;
const SI = 6;
const DI = 7;

/** Moves SI or DI on by one element, or back if DF is set. */
export function advance<A extends Adr>(
  b: Builder<A>, i: Insn, index: number, bits: number,
): void {
  const { i32 } = b;
  const bytes = bits >>> 3;
  const df = i32.shru(b.get(EFLAGS), i32.const(10));
  const back = i32.and(df, i32.const(1));
  const by = i32.sub(
    i32.const(bytes), i32.mul(back, i32.const(2 * bytes)));
  const from = readReg(b, index, i.addrSize);
  writeReg(b, index, i.addrSize, i32.add(from, by));
}

/** With REP: nothing if CX is 0, else one iteration, and another if
 * CX is not yet 0 and `again` holds. */
export function repeat<A extends Adr>(
  b: Builder<A>, i: Insn, once: () => void,
  again: () => V<'i32'> = () => b.i32.const(1),
): void {
  if (i.rep === 0) return once();
  const { i32 } = b;
  b.if(readReg(b, CX, i.addrSize), () => {
    once();
    const left = i32.sub(readReg(b, CX, i.addrSize), i32.const(1));
    writeReg(b, CX, i.addrSize, left);
    const more = i32.ne(truncate(b, left, i.addrSize), i32.const(0));
    b.if(i32.and(more, again()), () => {
      b.jump(b.addr.extendU(b.get(EIP)));
    });
  });
}

const movs: Meaning = (b, i) => repeat(b, i, () => {
  const { bits } = operand(i, 0);
  write(b, i, 0, read(b, i, 1));
  advance(b, i, SI, bits);
  advance(b, i, DI, bits);
});

const stos: Meaning = (b, i) => repeat(b, i, () => {
  write(b, i, 0, read(b, i, 1));
  advance(b, i, DI, operand(i, 0).bits);
});

const lods: Meaning = (b, i) => repeat(b, i, () => {
  write(b, i, 0, read(b, i, 1));
  advance(b, i, SI, operand(i, 0).bits);
});

const UNEQUAL = 0xf2;

/** Whether ZF is as the prefix wants it to go on. */
function goesOn<A extends Adr>(b: Builder<A>, i: Insn): V<'i32'> {
  const equal = zero(b);
  return i.rep === UNEQUAL ? b.i32.eqz(equal) : equal;
}

const comparing = (indices: readonly number[]): Meaning =>
  (b, i) => repeat(b, i, () => {
    const { bits } = operand(i, 0);
    sub(b, bits, read(b, i, 0), read(b, i, 1));
    for (const index of indices) advance(b, i, index, bits);
  }, () => goesOn(b, i));

export const strings: Record<string, Meaning> = {
  movs, stos, lods,
  cmps: comparing([SI, DI]), scas: comparing([DI]),
};
