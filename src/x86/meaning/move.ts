import {
  type Meaning, jumpNear, jumpRelative, nearTarget, next, offset,
  operand, place, pop, push, read, readAt, readReg, relative,
  setStackPointer, stackPointer, truncate, write, writeAt, writeReg,
} from '../operands.ts';
import { HALTED } from '../state.ts';

const mov: Meaning = (b, i) => write(b, i, 0, read(b, i, 1));

const lea: Meaning = (b, i) =>
  write(b, i, 0, offset(b, i, operand(i, 1)));

const xchg: Meaning = (b, i) => {
  const at = place(b, i, 0, 'rw');
  const at1 = place(b, i, 1, 'rw');
  const first = readAt(b, i, 0, at, 'rw');
  const second = readAt(b, i, 1, at1, 'rw');
  writeAt(b, i, 0, at, second);
  writeAt(b, i, 1, at1, first);
};

const pushValue: Meaning = (b, i) => push(b, i.opSize, read(b, i, 0));

const popValue: Meaning = (b, i) => write(b, i, 0, pop(b, i.opSize));

const jmp: Meaning = (b, i) => {
  if (operand(i, 0).kind === 'rel') jumpRelative(b, i);
  else jumpNear(b, i, read(b, i, 0));
};

const call: Meaning = (b, i) => {
  const to = operand(i, 0).kind === 'rel' ? relative(b, i)
    : read(b, i, 0);
  const target = nearTarget(b, i, to);
  push(b, i.opSize, next(b, i));
  b.jump(target);
};

const ret: Meaning = (b, i) => {
  const to = pop(b, i.opSize);
  const [drop] = i.operands;
  if (drop) {
    const above = b.i32.add(stackPointer(b), b.i32.const(drop.value));
    setStackPointer(b, above);
  }
  jumpNear(b, i, to);
};

const loop: Meaning = (b, i) => {
  const left = b.i32.sub(readReg(b, 1, i.addrSize), b.i32.const(1));
  writeReg(b, 1, i.addrSize, left);
  const more = b.i32.ne(truncate(b, left, i.addrSize), b.i32.const(0));
  b.if(more, () => jumpRelative(b, i));
};

const jcxz: Meaning = (b, i) => {
  const count = readReg(b, 1, i.addrSize);
  b.if(b.i32.eqz(count), () => jumpRelative(b, i));
};

const hlt: Meaning = (b) => b.set(HALTED, b.i32.const(1));

const nop: Meaning = () => {};

export const moves: Record<string, Meaning> = {
  mov, lea, xchg, push: pushValue, pop: popValue,
  jmp, call, ret, loop, jcxz, jecxz: jcxz, hlt, nop,
};
