import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { load } from './bare.ts';
import type { Cpu } from './cpu.ts';
import {
  CPL, CR0, CR4, DR, DS, EFLAGS, EIP, ES, ESP, FS, GDTR_BASE, GS,
  SEG, TR,
} from './state.ts';

const guest = (name: string): string =>
  readFileSync(`src/guests/${name}.asm`, 'utf8');

/** The type of the descriptor with this selector. */
const typeOf = (cpu: Cpu, gdt: number, selector: number): number =>
  cpu.phys.read8(gdt + selector + 5) & 0xf;

test('a call nests, a return goes back', () => {
  const cpu = load(guest('tasks'));
  cpu.run(12);
  const gdt = cpu.get(GDTR_BASE);
  const tss2 = cpu.get(SEG[TR].base);
  expect(cpu.phys.read16(tss2)).toBe(0x18);
  expect(cpu.get(EFLAGS) & 0x4000).toBe(0x4000);
  expect([0x18, 0x20].map((s) => typeOf(cpu, gdt, s)))
    .toEqual([11, 11]);
  cpu.run(15);
  expect(cpu.get(SEG[TR].selector)).toBe(0x18);
  expect(cpu.get(EFLAGS) & 0x4000).toBe(0);
  expect([0x18, 0x20].map((s) => typeOf(cpu, gdt, s)))
    .toEqual([11, 9]);
  expect(cpu.run(100)).toBe('halted');
  expect(cpu.phys.read32(tss2 + 40 + 12)).toBe(10 + 11 + 12);
});

test('a double fault survives in a task of its own', () => {
  const source = guest('triple')
    .replace('tss, 0x8900, 0',
      'tss, 0x8900, 0\n.word 0x67, t2, 0x8900, 0')
    .replace('.word 0x2f', '.word 0x37')
    .replace('stop, 8, 0x8e00, 0    ; 8', '0, 0x30, 0x8500, 0')
    .replace('idtr:', `t2: .fill 32
      .long stop, 2, 0, 0, 0, 0, 0x6000, 0, 0, 0
      .long 0x10, 8, 0x10, 0x10, 0, 0, 0, 0
      idtr:`);
  const cpu = load(source);
  expect(cpu.run(100)).toBe('halted');
  expect(cpu.get(SEG[TR].selector)).toBe(0x30);
  expect(cpu.phys.read32(0x5ffc)).toBe(0);
});

test('the frame of virtual-8086 code', () => {
  const cpu = load(guest('v86').replace('push 0 ', 'push ecx '));
  cpu.run(26);
  const entered = cpu.run(cpu.retired + 1);
  expect(entered).toBe('limit');
  const at = cpu.get(ESP) + 4;
  const frame = Array.from({ length: 10 }, (_, n) =>
    cpu.phys.read32(at + 4 * n));
  expect(frame).toEqual(
    [0, 3, 0x108, 0x3_0002, 0x100, 0x300, 1, 2, 3, 4]);
  const data = ([ES, DS, FS, GS] as const)
    .map((s) => cpu.get(SEG[s].selector));
  expect(data).toEqual([0, 0, 0, 0]);
  cpu.run(39);
  expect(SEG.slice(0, 6).map((s) => cpu.get(s.base))).toEqual(
    [0x10, 0x1080, 0x3000, 0x20, 0x30, 0x40]);
});

/** Events of a program: vector, reasons in DR6, EIP. */
function debugged(program: string, dr7: number, at: number) {
  const cpu = load(`mov eax, ${at}\nmov dr0, eax
    mov eax, ${dr7}\nmov dr7, eax\n${program}\nhlt`);
  cpu.state.set(CR4, 8);
  const log: number[][] = [];
  cpu.happen = (event) => {
    const reasons = cpu.get(DR[6]) & 0xe00f;
    log.push([event.vector, reasons, cpu.get(EIP) - 0x1010]);
    cpu.state.set(EFLAGS, cpu.get(EFLAGS) | 0x1_0000);
  };
  cpu.run(20);
  return log;
}

test.each([
  ['a write', 'mov [0x9000], al', 0xd0001, 0x9000, [[1, 1, 5]]],
  ['a write nearby', 'mov [0x9003], al', 0xd0001, 0x9000, [[1, 1, 5]]],
  ['a write beside', 'mov [0x9004], al', 0xd0001, 0x9000, []],
  ['a read, of writes', 'mov al, [0x9000]', 0xd0001, 0x9000, []],
  ['a read, of both', 'mov al, [0x9000]', 0xf0001, 0x9000, [[1, 1, 5]]],
  ['code', 'nop\nnop\nnop', 0x00001, 0x1011, [[1, 1, 1]]],
  ['a port', 'in al, 0x60', 0x20001, 0x60, [[1, 1, 2]]],
  ['switched off', 'nop\nnop', 0x00000, 0x1011, []],
  ['MOV SS in front', 'mov ss, ebx\nnop', 0x00001, 0x1012, []],
] as const)('a breakpoint on %s', (_name, program, dr7, at, log) => {
  expect(debugged(program, dr7, at)).toEqual(log);
});

/** EFLAGS after a program of level 3 with PVI, or -1 if trapped. */
function virtualFlags(program: string, flags: number): number {
  const cpu = load(`${program}\nnop`);
  cpu.state.set(CR0, 1);
  cpu.state.set(CR4, 2);
  cpu.state.set(CPL, 3);
  cpu.state.set(EFLAGS, flags);
  let trapped = false;
  cpu.happen = () => {
    trapped = true;
    cpu.stop();
  };
  cpu.run(2);
  return trapped ? -1 : cpu.get(EFLAGS);
}

test('VIF stands in for IF', () => {
  expect(virtualFlags('sti', 2)).toBe(0x8_0002);
  expect(virtualFlags('cli', 0x8_0202)).toBe(0x202);
  expect(virtualFlags('sti', 0x10_0002)).toBe(-1);
  expect(virtualFlags('cli', 0x3002)).toBe(0x3002);
  expect(virtualFlags('mov eax, ebx', 0x1_0002)).toBe(2);
});
