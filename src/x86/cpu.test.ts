import { expect, test } from 'vitest';
import { load } from './bare.ts';
import { EAX, EBX, ECX, EIP, ESP } from './state.ts';

test('code that changes the next instruction', () => {
  const cpu = load(`mov ecx, 2
    again: mov eax, 1
    mov byte ptr [again+1], 7
    loop again
    hlt`);
  expect(cpu.run(100)).toBe('halted');
  expect(cpu.get(EAX)).toBe(7);
});

test('a long instruction changed at its last byte', () => {
  const cpu = load(`mov ecx, 2
    again: mov dword ptr [ebx*8+0x2000], 0x11111111
    mov byte ptr [after-1], 0x99
    after2: loop again
    hlt
    after = again+11`);
  cpu.run(100);
  expect(cpu.phys.read32(0x2000)).toBe(0x9911_1111);
});

test('an instruction across two pages', () => {
  const cpu = load('nop');
  cpu.phys.writeBytes(0x1ffd, Uint8Array.of(0xb8, 1, 2, 3, 4, 0xf4));
  cpu.set(EIP, 0x1ffd);
  expect(cpu.run(10)).toBe('halted');
  expect(cpu.get(EAX)).toBe(0x0403_0201);
});

test('an undefined instruction', () => {
  const cpu = load('mov eax, 5\n ud2');
  expect(cpu.run(10)).toBe('shutdown');
  expect(cpu.retired).toBe(1);
});

test('the middle of a program can be kept', () => {
  const cpu = load(`mov ecx, 10
    again: lea ebx, [ebx+ecx]
    push ebx
    loop again
    hlt`);
  cpu.run(17);
  const saved = [cpu.save(), cpu.phys.save()] as const;
  cpu.run(1000);
  const end = [cpu.get(EBX), cpu.get(ESP), cpu.retired];
  expect(end).toEqual([55, 0x8000 - 40, 32]);
  cpu.phys.restore(saved[1]);
  cpu.restore(saved[0]);
  expect([cpu.retired, cpu.get(ECX)]).toEqual([17, 5]);
  cpu.run(1000);
  expect([cpu.get(EBX), cpu.get(ESP), cpu.retired]).toEqual(end);
});
