import { expect, test } from 'vitest';
import { load } from '../bare.ts';
import { EAX, EBX, ECX, EDI, EDX, ESI } from '../state.ts';

function run(text: string) {
  const cpu = load(`${text}\n hlt`);
  expect(cpu.run(100)).toBe('halted');
  return cpu;
}

test('the vendor’s name, and the features we have', () => {
  const cpu = run('mov eax, 0\n cpuid');
  const name = [EBX, EDX, ECX].map((field) => cpu.get(field));
  const text = new TextDecoder().decode(Uint32Array.from(name));
  expect(text).toBe('GenuineIntel');
  const features = run('mov eax, 1\n cpuid').get(EDX);
  expect(features & 0x8130).toBe(0x8130);
  expect(features & 0x0780_0001).toBe(0x0780_0001); // numeric
});

test('time goes on by one with each instruction', () => {
  const cpu = run(`rdtsc\n mov esi, eax\n nop\n rdtsc
    mov edi, eax`);
  expect(cpu.get(EDI) - cpu.get(ESI)).toBe(3);
});

test('the counter can be set', () => {
  const cpu = run(`mov ecx, 0x10\n mov eax, 5\n mov edx, 7
    wrmsr\n rdtsc`);
  expect([cpu.get(EAX), cpu.get(EDX)]).toEqual([6, 7]);
  expect(cpu.time()).toBe(6);
});

test('unknown registers and counters raise #GP(0)', () => {
  for (const text of ['mov ecx, 0x9999\n rdmsr',
    'mov ecx, 0x9999\n wrmsr', 'mov ecx, 2\n rdpmc']) {
    expect(load(`${text}\n hlt`).run(100)).toBe('shutdown');
  }
});
