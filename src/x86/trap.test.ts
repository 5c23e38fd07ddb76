import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { load } from './bare.ts';
import { type Event, escalate } from './trap.ts';
import { FAULT } from './vectors.ts';

const SECOND = [FAULT.UD, FAULT.DE, FAULT.NP, FAULT.GP, FAULT.PF];

function row(vector: number, cause: Event['cause']): string {
  const first = { vector, code: undefined, cause, next: 0 };
  return SECOND.map((second) => {
    const after = escalate(first, { vector: second, code: 0 }, 0);
    if (!after) return 'shutdown';
    return after.vector === FAULT.DF ? 'double' : 'second';
  }).join(' ');
}

test.each([
  ['undefined opcode', FAULT.UD, 'fault',
    'second second second second second'],
  ['divide error', FAULT.DE, 'fault',
    'second double double double second'],
  ['page fault', FAULT.PF, 'fault',
    'second double double double double'],
  ['double fault', FAULT.DF, 'fault',
    'second shutdown shutdown shutdown shutdown'],
  ['int 13', FAULT.GP, 'soft', 'second second second second second'],
  ['device on vector 14', FAULT.PF, 'external',
    'second second second second second'],
] as const)('after a %s', (_name, vector, cause, expected) => {
  expect(row(vector, cause)).toBe(expected);
});

test.each([
  [FAULT.NP, 0x18, 0x19], [FAULT.GP, 0, 1], [FAULT.PF, 2, 2],
])('EXT in the code of %i', (vector, before, after) => {
  const cause = 'external';
  const code = undefined;
  const first = { vector: 32, code, cause, next: 0 } as const;
  expect(escalate(first, { vector, code: before }, 0)?.code)
    .toBe(after);
});

import type { Cpu } from './cpu.ts';
import { EAX, EFLAGS, EIP, ESP } from './state.ts';

const KERNEL = readFileSync('src/guests/kernel.asm', 'utf8');

/** The kernel's machine, running `program` in ring 0. */
function ringZero(program: string): Cpu {
  const source = KERNEL.replace('mov eax, 0x28', `${program}\nnop`);
  const cpu = load(source);
  cpu.run(9);
  return cpu;
}

/** How many instructions pass before a request is served. */
function served(program: string, ask = 0): number {
  const cpu = ringZero(program);
  const start = cpu.retired;
  let open = false;
  cpu.interrupts = {
    pending: () => open,
    acknowledge: () => {
      open = false;
      return 128;
    },
  };
  cpu.run(start + ask);
  open = true;
  cpu.events = 1;
  while (open && cpu.run(cpu.retired + 1) === 'limit');
  return open ? -1 : cpu.retired - start;
}

test.each([
  ['IF is clear', 'nop', 0, -1],
  ['STI shadows one', 'sti\nnop\nnop', 0, 3],
  ['the second STI does not', 'sti\nsti\nnop', 0, 3],
  ['nor does one with IF set', 'sti\nnop\nsti\nnop', 3, 4],
  ['MOV SS shadows one', 'sti\nnop\nmov ss, eax\nnop', 3, 5],
  ['HLT after STI wakes', 'sti\nhlt', 2, 3],
] as const)('%s', (_name, program, ask, count) => {
  expect(served(program, ask)).toBe(count);
});

test('a handler of an interrupt gate runs with IF clear', () => {
  const cpu = ringZero('sti\nnop\nint 0x80');
  cpu.run(cpu.retired + 3);
  expect(cpu.get(EFLAGS) & 0x200).toBe(0);
  cpu.run(cpu.retired + 2);
  expect(cpu.get(EFLAGS) & 0x200).toBe(0x200);
});

function stepping(program: string): [vector: number, eip: number] {
  const cpu = ringZero(`push 0x102\npopfd\n${program}`);
  cpu.run(cpu.retired + 2);
  const start = cpu.get(EIP);
  let last = -1;
  cpu.happen = (event) => {
    last = event.vector;
    cpu.stop();
  };
  cpu.run(cpu.retired + 5);
  return [last, cpu.get(EIP) - start];
}

test('TF traps after one instruction', () => {
  expect(stepping('nop\nnop')).toEqual([FAULT.DB, 1]);
});

test('MOV SS lets one more pass', () => {
  expect(stepping('mov ss, eax\nnop\nnop')).toEqual([FAULT.DB, 3]);
});

test.each([
  ['in our frame', 1, 'hostcall 5', [5]],
  ['in another', 2, 'hostcall 5', []],
] as const)('hostcall %s', (_name, frame, program, expected) => {
  const cpu = ringZero(program);
  const calls: number[] = [];
  cpu.hostcallFrames.add(frame);
  cpu.hostcall = (n) => calls.push(n);
  cpu.run(cpu.retired + 1);
  expect(calls).toEqual(expected);
});

test('the stack of a handler', () => {
  const cpu = load(KERNEL);
  cpu.run(20);
  const at = cpu.get(ESP);
  const frame = [0, 4, 8, 12, 16].map((n) => cpu.phys.read32(at + n));
  expect(frame).toEqual([0x1046, 0x1b, 2, 0x9000, 0x23]);
  expect(cpu.get(EAX)).toBe(42);
});
