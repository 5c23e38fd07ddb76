import {
  AF, CF, DF, PF, readFlags, SF, writeFlags, ZF,
} from '../flags.ts';
import {
  type Meaning, next, pop, push, readReg, truncate, writeReg,
} from '../operands.ts';
import { giveFlags, takeFlags } from './traps.ts';
import { CO, EFLAGS } from '../state.ts';

/** CF becomes 0 or 1. */
const carryTo = (value: number): Meaning => (b) =>
  writeFlags(b, b.i32.const(value), CF);

/** DF becomes 0 or DF; the words of arithmetic stay. */
const direction = (value: number): Meaning => (b) => {
  const others = b.i32.and(b.get(EFLAGS), b.i32.const(~DF));
  b.set(EFLAGS, b.i32.or(others, b.i32.const(value)));
};

const cmc: Meaning = (b) => {
  const { i32 } = b;
  // CF and the bit beside it together, so that OF stays.
  b.set(CO, i32.xor(b.get(CO), i32.const(0xc000_0000)));
};

const AH = 4;
const LOW = SF | ZF | AF | PF | CF;

const lahf: Meaning = (b) => writeReg(b, AH, 8, readFlags(b));

const sahf: Meaning = (b) => writeFlags(b, readReg(b, AH, 8), LOW);

const pushf: Meaning = (b, i) => {
  const bytes = b.i32.const(i.opSize >>> 3);
  const value = b.routine(giveFlags, bytes);
  push(b, i.opSize, truncate(b, value, i.opSize));
};

const popf: Meaning = (b, i) => {
  const value = pop(b, i.opSize);
  b.routine(takeFlags, value, b.i32.const(i.opSize >>> 3));
  b.jump(b.addr.extendU(next(b, i)));
};

export const flagMoves: Record<string, Meaning> = {
  clc: carryTo(0), stc: carryTo(CF), cmc,
  cld: direction(0), std: direction(DF),
  lahf, sahf, pushf, popf,
};
