import type { Adr, Builder, Routine, V } from
  '../../machine/builder.ts';
import type { Width } from '../../machine/phys.ts';
import type { Cpu } from '../cpu.ts';
import {
  type Meaning, operand, place, read, readReg, write, writeAt,
} from '../operands.ts';
import { watchPorts } from '../debug.ts';
import { advance, repeat } from './string.ts';
import { checkPorts as checkRight } from '../v86.ts';

const input: Routine<Cpu> = {
  name: 'in',
  run: (cpu, port, bits) => cpu.ports.in(port ?? 0, bits as Width),
};

const output: Routine<Cpu> = {
  name: 'out',
  run(cpu, port, bits, value) {
    cpu.ports.out(port ?? 0, bits as Width, value ?? 0);
    return 0;
  },
};

/** #GP(0) unless the program may use these ports. */
function checkPorts<A extends Adr>(
  b: Builder<A>, port: V<'i32'>, bits: number,
): void {
  b.routine(permit, port, b.i32.const(bits >>> 3));
}

const permit: Routine<Cpu> = {
  name: 'checkPorts',
  run(cpu, port = 0, bytes = 0) {
    checkRight(cpu, port, bytes);
    watchPorts(cpu, port, bytes);
    return 0;
  },
};

const in_: Meaning = (b, i) => {
  const { bits } = operand(i, 0);
  const port = read(b, i, 1);
  checkPorts(b, port, bits);
  write(b, i, 0, b.routine(input, port, b.i32.const(bits)));
};

const out: Meaning = (b, i) => {
  const { bits } = operand(i, 1);
  const port = read(b, i, 0);
  checkPorts(b, port, bits);
  b.routine(output, port, b.i32.const(bits), read(b, i, 1));
};

/** Traps before a device is asked, if memory could not take it. */
const probe: Routine<Cpu> = {
  name: 'probe',
  run(cpu, va, bits) {
    cpu.probe(va ?? 0, (bits ?? 0) >>> 3, 'w', 'cpl');
    return 0;
  },
};

const ins: Meaning = (b, i) => repeat(b, i, () => {
  const { bits } = operand(i, 0);
  const port = readReg(b, DX, 16);
  checkPorts(b, port, bits);
  const at = place(b, i, 0, 'w');
  if (at === undefined) return;
  b.routine(probe, b.addr.wrap(at), b.i32.const(bits));
  const value = b.routine(input, port, b.i32.const(bits));
  writeAt(b, i, 0, at, value);
  advance(b, i, DI, bits);
});

const outs: Meaning = (b, i) => repeat(b, i, () => {
  const { bits } = operand(i, 1);
  const port = readReg(b, DX, 16);
  checkPorts(b, port, bits);
  b.routine(output, port, b.i32.const(bits), read(b, i, 1));
  advance(b, i, SI, bits);
});

const DX = 2;
const SI = 6;
const DI = 7;

export const portMoves: Record<string, Meaning> = {
  in: in_, out, ins, outs,
};
