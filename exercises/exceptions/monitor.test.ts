import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { load } from '#book/x86/bare.ts';
import { EAX, ESP } from '#book/x86/state.ts';
import { emulate, type Guest } from './monitor.ts';

const KERNEL = readFileSync('src/guests/kernel.asm', 'utf8');

function run(program: string) {
  const source = KERNEL
    .replace('add dword ptr [esp+4], 1', 'hostcall 1')
    .replace(/user:[^]*?\n\n/, `user: ${program}\nud2\n\n`);
  const cpu = load(source);
  const guest: Guest = {
    enabled: false, sleeping: false, dead: false, cr0: 0x1234,
  };
  cpu.hostcallFrames.add(1);
  cpu.hostcall = () => emulate(cpu, guest);
  return { stop: cpu.run(1000), eax: cpu.get(EAX), guest, cpu };
}

test('CLI and STI are remembered', () => {
  expect(run('sti').guest.enabled).toBe(true);
  expect(run('sti\ncli').guest.enabled).toBe(false);
  expect(run('sti\nnop\nsti').stop).toBe('halted');
});

test('HLT sleeps, or dies', () => {
  expect(run('sti\nhlt').guest).toMatchObject(
    { sleeping: true, dead: false });
  expect(run('hlt').guest).toMatchObject(
    { sleeping: false, dead: true });
});

test('the guest sees its own CR0', () => {
  const { eax, stop } = run('stc\nmov eax, cr0\nadc eax, 0');
  expect([eax, stop]).toEqual([0x1235, 'halted']);
});

test('what it does not know kills it', () => {
  const { guest, stop } = run('mov cr0, eax');
  expect([guest.dead, stop]).toEqual([true, 'stopped']);
});

test('the kernel’s stack is left as it was found', () => {
  const { cpu } = run('sti\nsti\nmov eax, cr0');
  expect(cpu.get(ESP)).toBe(0x8000 - 20);
});
