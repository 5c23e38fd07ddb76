import type { Adr, Builder } from '../../machine/builder.ts';
import { signExtend } from '../flags.ts';
import type { Insn } from '../insn.ts';
import {
  access, gpr, linear, type Meaning, offset, operand, pop, push, read,
  readReg, setStackPointer, stackPointer, truncate, writeReg,
} from '../operands.ts';
import { EBP, ESP, SS, STACK } from '../state.ts';

const SP = 4;
const BP = 5;

const pusha: Meaning = (b, i) => {
  const before = b.get(ESP);
  for (let n = 0; n < 8; n++) {
    const value = n === SP ? before : b.get(gpr(n));
    push(b, i.opSize, value);
  }
};

const popa: Meaning = (b, i) => {
  for (let n = 7; n >= 0; n--) {
    const value = pop(b, i.opSize);
    if (n !== SP) writeReg(b, n, i.opSize, value);
  }
};

const enter: Meaning = (b, i) => {
  const { i32 } = b;
  const level = operand(i, 1).value & 31;
  push(b, i.opSize, b.get(EBP));
  const frame = b.get(ESP);
  if (level > 0) {
    copyFrames(b, i, level);
    push(b, i.opSize, frame);
  }
  writeReg(b, BP, i.opSize, frame);
  const size = i32.const(operand(i, 0).value);
  const below = i32.sub(stackPointer(b), size);
  const top = truncate(b, below, b.mode(STACK));
  // The new top must be writable, though nothing is written yet.
  const at = linear(b, SS, top, 1, 'rw');
  b.load('i32', at, access(8, 'rw'));
  setStackPointer(b, top);
};

/** The pointers to the frames of the enclosing procedures. */
function copyFrames<A extends Adr>(
  b: Builder<A>, i: Insn, level: number,
): void {
  const { i32 } = b;
  const stack = b.mode(STACK);
  for (let n = 1; n < level; n++) {
    const by = i32.const(n * (i.opSize >>> 3));
    const at = truncate(b, i32.sub(b.get(EBP), by), stack);
    const from = linear(b, SS, at, i.opSize >>> 3, 'r');
    push(b, i.opSize, b.load('i32', from, access(i.opSize, 'r')));
  }
}

const leave: Meaning = (b, i) => {
  setStackPointer(b, b.get(EBP));
  writeReg(b, BP, i.opSize, pop(b, i.opSize));
};

/** #BR if an index is outside of the two bounds in memory. */
const bound: Meaning = (b, i) => {
  const { i32 } = b;
  const op = operand(i, 1);
  const bits = i.opSize;
  const step = i32.const(bits >>> 3);
  const index = signExtend(b, bits, read(b, i, 0));
  const first = offset(b, i, op);
  const second = truncate(b, i32.add(first, step), i.addrSize);
  const [lower, upper] = [first, second].map((at) => {
    const va = linear(b, op.seg, at, bits >>> 3, 'r');
    return signExtend(b, bits, b.load('i32', va, access(bits, 'r')));
  });
  if (lower === undefined || upper === undefined) return;
  const outside = i32.or(i32.lts(index, lower), i32.gts(index, upper));
  b.if(outside, () => b.trap(5));
};

export const frames: Record<string, Meaning> = {
  pusha, popa, enter, leave, bound,
};
