import { expect, test } from 'vitest';
import { assemble } from '#book/x86/assemble.ts';
import { decode } from '#book/x86/decode.ts';
import { effectsOf } from './effects.ts';

function effects(text: string): string {
  const bytes = assemble(text, 0, 32);
  const { reads, writes } = effectsOf(
    decode((n) => bytes[n] ?? 0, 32));
  return `${[...reads].sort().join(' ')} -> `
    + [...writes].sort().join(' ');
}

test('a move', () => {
  expect(effects('mov eax, ebx')).toBe('ebx -> eax');
});

test('a value that comes from no field', () => {
  expect(effects('mov eax, 5')).toBe(' -> eax');
  expect(effects('hlt')).toBe(' -> halted');
});

test('part of a register needs the rest of it', () => {
  expect(effects('mov al, bl')).toBe('eax ebx -> eax');
});

test('a push', () => {
  expect(effects('push ecx')).toBe('ecx esp -> esp');
});

test('what was set before is not read', () => {
  // pop sets esp, then uses the new one for the address
  expect(effects('pop dword ptr [esp+4]')).toBe('esp -> esp');
  expect(effects('ret 8')).toBe('esp -> eip esp');
});

test('both branches count', () => {
  expect(effects('loop 0')).toBe('ecx eip -> ecx eip');
});
