import type { Builder, Adr, Routine, V } from
  '../../machine/builder.ts';
import type { Cpu } from '../cpu.ts';
import { farReturn, farTransfer } from '../far.ts';
import type { Insn } from '../insn.ts';
import {
  access, linear, type Meaning, next, offset, operand, pop, read,
  setStackPointer, stackPointer, truncate, write, writeReg,
} from '../operands.ts';
import { HELD, holdOff, loadSegment, segment } from '../segment.ts';
import { reload } from './reload.ts';
import { DS, ES, FS, GS, SS, STACK } from '../state.ts';

/** A selector into a segment register. */
const load: Routine<Cpu> = {
  name: 'loadSegment',
  run(cpu, s = 0, selector = 0) {
    loadSegment(cpu, s, selector & 0xffff);
    return 0;
  },
};

const loadHeld: Routine<Cpu> = {
  name: 'loadHeld',
  run(cpu, s = 0, selector = 0) {
    loadSegment(cpu, s, selector & 0xffff);
    if (s === SS) holdOff(cpu, HELD.STACK);
    return 0;
  },
};

function select<A extends Adr>(
  b: Builder<A>, i: Insn, s: number, selector: V<'i32'>,
): void {
  const whole = (): void => {
    b.routine(loadHeld, b.i32.const(s), selector);
  };
  if (s !== SS) return reload(b, s, selector, whole);
  whole();
  b.jump(b.addr.extendU(next(b, i)));
}

const movSegment: Meaning = (b, i) => {
  const [to, from] = [operand(i, 0), operand(i, 1)];
  if (to.cls === 'seg') select(b, i, to.index, read(b, i, 1));
  else write(b, i, 0, b.get(segment(from.index).selector));
};

const popSegment: Meaning = (b, i) =>
  select(b, i, operand(i, 0).index, pop(b, i.opSize));

const pushSegment: Meaning = (b, i) => {
  const { selector } = segment(operand(i, 0).index);
  const bytes = i.opSize >>> 3;
  const { i32 } = b;
  const below = i32.sub(stackPointer(b), i32.const(bytes));
  const top = truncate(b, below, b.mode(STACK));
  const at = linear(b, SS, top, bytes, 'w');
  b.store('i32', at, b.get(selector), access(16, 'w'));
  setStackPointer(b, top);
};

/** Offset and selector of operand `k`, in memory or immediate. */
function farPointer<A extends Adr>(
  b: Builder<A>, i: Insn, k: number,
): [V<'i32'>, V<'i32'>] {
  const op = operand(i, k);
  const { i32, addr } = b;
  if (op.kind === 'far') {
    return [i32.const(op.value), i32.const(op.index)];
  }
  const bytes = i.opSize >>> 3;
  const at = linear(b, op.seg, offset(b, i, op), bytes + 2, 'r');
  const beyond = addr.add(at, addr.const(bytes));
  return [
    b.load('i32', at, access(i.opSize, 'r')),
    b.load('i32', beyond, access(16, 'r')),
  ];
}

const loadFar = (s: number): Meaning => (b, i) => {
  const [to, selector] = farPointer(b, i, 1);
  b.routine(load, b.i32.const(s), selector);
  writeReg(b, operand(i, 0).index, i.opSize, to);
  if (s === SS) b.jump(b.addr.extendU(next(b, i)));
};

const transfer: Routine<Cpu> = {
  name: 'farTransfer',
  run: (cpu, call = 0, selector = 0, offset = 0, bytes = 0, next = 0) =>
    farTransfer(cpu, selector, {
      call: call !== 0, offset, bytes: bytes === 2 ? 2 : 4, next,
    }),
};

const farTo = (call: 0 | 1): Meaning => (b, i) => {
  const [to, selector] = farPointer(b, i, 0);
  const { i32, addr } = b;
  const eip = b.routine(transfer, i32.const(call), selector, to,
    i32.const(i.opSize >>> 3), next(b, i));
  b.jump(addr.extendU(eip));
};

const comeBack: Routine<Cpu> = {
  name: 'farReturn',
  run: (cpu, bytes = 0, release = 0) =>
    farReturn(cpu, bytes === 2 ? 2 : 4, release),
};

const retf: Meaning = (b, i) => {
  const release = b.i32.const(i.operands[0]?.value ?? 0);
  const bytes = b.i32.const(i.opSize >>> 3);
  b.jump(b.addr.extendU(b.routine(comeBack, bytes, release)));
};

export const segments: Record<string, Meaning> = {
  'mov.seg': movSegment, 'push.seg': pushSegment,
  'pop.seg': popSegment, lds: loadFar(DS), les: loadFar(ES),
  lss: loadFar(SS), lfs: loadFar(FS), lgs: loadFar(GS),
  jmpf: farTo(0), callf: farTo(1), retf,
};
