import { expect, test } from 'vitest';
import { finite } from '#book/machine/float/format.ts';
import { load } from '#book/x86/bare.ts';
import { EAX, EDX } from '#book/x86/state.ts';
import { cut } from './cut.ts';

const shown = (sign: number, sig: bigint, quantum: number): string =>
  ([0, 1, 2, 3] as const).map((mode) => {
    const r = cut(finite(sign, 0, sig), quantum, mode);
    return `${r.sig}${r.inexact ? '*' : ''}${r.up ? '^' : ''}`;
  }).join(' ');

test.each([
  [0, 0b1011n, 2, '3*^ 2* 3*^ 2*'], [0, 0b1010n, 2, '2* 2* 3*^ 2*'],
  [0, 0b1110n, 2, '4*^ 3* 4*^ 3*'], [1, 0b1001n, 2, '2* 3*^ 2* 2*'],
  [1, 0b1110n, 2, '4*^ 4*^ 3* 3*'], [0, 0b1100n, 2, '3 3 3 3'],
  [0, 5n, -2, '20 20 20 20'], [0, 1n, 40, '0* 0* 1*^ 0*'],
  [1, 1n, 1, '0* 1*^ 0* 0*'], [0, 3n, 2, '1*^ 0* 1*^ 0*'],
] as const)('%i %s to 2^%i', (sign, sig, quantum, want) => {
  expect(shown(sign, sig, quantum)).toBe(want);
});


test('the machine computes with it', () => {
  const cpu = load(`
    fld1
    push 3
    fild DWORD PTR [esp]
    fdivp st(1),st
    sub esp, 16
    fstp TBYTE PTR [esp]
    mov eax, [esp]
    mov edx, [esp+4]
    hlt`);
  expect(cpu.run(100)).toBe('halted');
  expect(cpu.get(EAX).toString(16)).toBe('aaaaaaab');
  expect(cpu.get(EDX).toString(16)).toBe('aaaaaaaa');
});
