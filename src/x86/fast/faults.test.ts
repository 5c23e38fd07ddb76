import { expect, test } from 'vitest';
import { load } from '../bare.ts';
import type { Cpu } from '../cpu.ts';
import { readEflags } from '../flags.ts';
import { CR0, CR2, CR3, EIP, GPR } from '../state.ts';
import { TUNING } from './translator.ts';
import { type Twin, twinOf } from './twin.ts';

TUNING.patience = 3;

const PROGRAM = `
        lgdt [gdtr]
        lidt [idtr]
        jmp 0x08:inside
inside: mov eax, 0x10
        mov ss, eax
        mov ds, eax
        mov eax, 0x28
        ltr ax
        push 0x23
        push 0x8f00
        push 2
        push 0x1b
        push user
        iretd
user:   mov eax, 0x23
        mov ds, eax
again:  mov eax, ecx
        and eax, 15
        shl eax, 12
        add dword ptr [0x400000+eax], ecx
        mov edx, [0x400004+eax]
        inc ecx
        jmp again
`;

const HANDLER = `
fault:  push eax
        push ebx
        mov eax, cr2
        shr eax, 10
        and eax, 0xffc
        mov ebx, [last]
        and dword ptr [0x2000+ebx], 0xfffffffc
        test ebx, 12
        jnz gone
        or dword ptr [0x2000+ebx], 1
gone:   shl ebx, 10
        invlpg [0x400000+ebx]
        or dword ptr [0x2000+eax], 7
        mov [last], eax
        pop ebx
        pop eax
        add esp, 4
        iretd
last:   .long 0
gdt:    .long 0, 0, 0xffff, 0x00cf9b00, 0xffff, 0x00cf9300
        .long 0xffff, 0x00cffb00, 0xffff, 0x00cff300
        .word 0x67, tss, 0x8900, 0
gdtr:   .word 0x2f
        .long gdt
tss:    .long 0, 0x8000, 0x10
        .fill 92
idtr:   .word 0x7f
        .long idt
idt:    .fill 112
        .word fault, 8, 0x8e00, 0   ; 14: page fault
`;

/** Pages 0 to 15 are where they are; pages 0x400 to 0x40f are two
 * frames, and present at first. */
function machine(handler = HANDLER, program = PROGRAM): Cpu {
  const cpu = load(program + handler);
  const { phys } = cpu;
  for (let n = 0; n < 16; n++) {
    phys.write32(0x9000 + 4 * n, n << 12 | 7);
    phys.write32(0x2000 + 4 * n, (5 + n % 2) << 12 | 5);
  }
  phys.write32(0x7000, 0x9007);
  phys.write32(0x7004, 0x2007);
  cpu.set(CR3, 0x7000);
  cpu.set(CR0, 0x8001_0001);
  return cpu;
}

const seen = (cpu: Cpu) => [cpu.retired, cpu.get(EIP),
  readEflags(cpu), cpu.get(CR2), cpu.lastTrap?.vector,
  cpu.lastTrap?.code, cpu.lastTrap?.address,
  cpu.memory.mmu.tlb.counts.misses,
  ...GPR.map((field) => cpu.get(field))];


/** Runs both by `cut` instructions; gives the faults' codes. */
function together(slow: Cpu, { cpu }: Twin, cut: number) {
  const codes = new Set<number | undefined>();
  for (let n = cut; n < 4000; n += cut) {
    slow.run(n);
    cpu.run(n);
    expect(seen(cpu)).toEqual(seen(slow));
    codes.add(slow.lastTrap?.code);
  }
  const [a, b] = [slow, cpu].map(({ phys }) =>
    phys.readBytes(0, 0xa000));
  expect(b).toEqual(a);
  return codes;
}

test.each([1, 3, 7, 50])('faults, cut at each %d', (cut) => {
  const slow = machine();
  const twin = twinOf(slow);
  const codes = together(slow, twin, cut);
  expect([...codes]).toEqual(expect.arrayContaining([6, 7]));
  expect(slow.lastTrap?.vector).toBe(14);
});

test('who faults is not left to TypeScript', () => {
  const { cpu, translator: { counts } } = twinOf(machine());
  const { usual } = cpu;
  let told = 0;
  cpu.usual = (event) => {
    told++;
    return usual?.(event) ?? false;
  };
  cpu.run(20_000);
  const { foreign, clears } = counts;
  const before = told;
  const at = new Set<number>();
  for (let n = 20_000; n < 40_000; n += 10) {
    cpu.run(n);
    at.add(cpu.get(CR2));
  }
  expect(at.size).toBe(16);
  expect(told - before).toBe(counts.clears - clears);
  expect(counts.foreign - foreign).toBeGreaterThan(500);
});

test('what comes behind a fault has not faulted', () => {
  const clears = HANDLER.replace('fault:', 'fault: clts\n');
  const slow = machine(clears);
  const codes = together(slow, twinOf(slow), 7);
  expect([...codes]).toEqual(expect.arrayContaining([6, 7]));
});

test('faults after flushes teach the turn', () => {
  const slow = machine();
  const twin = twinOf(slow);
  const { usual } = twin.cpu;
  let told = 0;
  twin.cpu.usual = (event) => {
    told++;
    return usual?.(event) ?? false;
  };
  for (let n = 5; n < 4000; n += 5) {
    for (const cpu of [slow, twin.cpu]) {
      cpu.run(n);
      cpu.memory.mmu.tlb.flush();
    }
    expect(seen(twin.cpu)).toEqual(seen(slow));
  }
  expect(told).toBeLessThan(4);
});

test.each([7, 50, 999])('faults in regions, cut at each %d', (cut) => {
  Object.assign(TUNING, { threshold: 8, wait: 1, misses: 0 });
  const moves = PROGRAM
    .replace('add dword ptr [0x400000+eax], ecx', `
        push ds
        pop es
        lea esi, [0x400000+eax]
        lea edi, [esi+8]
        test ecx, 64
        jz later
        movsd
later:`);
  const slow = machine(HANDLER, moves);
  const codes = together(slow, twinOf(slow), cut);
  expect([...codes]).toEqual(expect.arrayContaining([7]));
});
