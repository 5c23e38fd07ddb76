import { expect, test } from 'vitest';
import { load } from '../bare.ts';
import type { Cpu } from '../cpu.ts';
import { CR0, CR3, EIP, GPR } from '../state.ts';
import { TUNING } from './translator.ts';
import { inStep } from './twin.kit.ts';
import { twinOf } from './twin.ts';

TUNING.patience = 3;

/** A loop around an instruction that begins two bytes before the end
 * of page 1. Its number is in page 2. Every fourth time `change` is
 * done before. */
const program = (change: string): string => `
        mov ecx, 300
        jmp loop
before: .fill 0x1fc0 - before, 0x90
loop:   test ecx, 3
        jnz cross
        ${change}
        jmp cross
at:     .fill 0x1ffe - at, 0x90
cross:  add ebx, 0x11223344
        dec ecx
        jnz loop
        hlt
`;

function machine(change: string): Cpu {
  const cpu = load(program(change));
  const { phys } = cpu;
  phys.writeBytes(0x4000, phys.readBytes(0x2000, 0x1000));
  phys.write32(0x4000, 0x5566_7788);
  for (let n = 0; n < 16; n++) {
    phys.write32(0x9000 + 4 * n, n << 12 | 3);
  }
  phys.write32(0x7000, 0x9003);
  cpu.set(CR3, 0x7000);
  cpu.set(CR0, 0x8001_0001);
  return cpu;
}

const seen = (cpu: Cpu) => [cpu.retired, cpu.get(EIP),
  cpu.memory.mmu.tlb.beside?.counts.misses,
  ...GPR.map((field) => cpu.get(field))];

/** Runs both in steps of `cut`; gives what was left to the
 * reference. */
function together(change: string, cut: number): number {
  const slow = machine(change);
  const { cpu, translator } = twinOf(slow);
  inStep(slow, cpu, cut, seen);
  return translator.counts.foreign;
}

test.each([1, 7, 1000])('nothing changes, cut at each %d', (cut) => {
  expect(together('nop', cut)).toBeLessThan(30);
});

test.each([
  ['a write', 'add byte ptr [0x2001], 1'],
  ['a write beside it', 'add byte ptr [0x2100], 1'],
  ['another frame', 'xor dword ptr [0x9008], 0x6000\n'
    + 'invlpg [0x2000]'],
  ['another frame, not flushed', 'xor dword ptr [0x9008], 0x6000'],
  ['another space', 'xor dword ptr [0x9008], 0x6000\n'
    + 'mov eax, cr3\nmov cr3, eax'],
])('%s is seen', (_name, change) => {
  for (const cut of [1, 5, 1000]) together(change, cut);
});
