import { expect, test } from 'vitest';
import { load } from '../bare.ts';
import { TUNING } from './translator.ts';
import { inStep } from './twin.kit.ts';
import { twinOf } from './twin.ts';

Object.assign(TUNING, { patience: 1, warm: 2, often: 1, couples: 1,
  regions: false });

function together(source: string, step: number): number {
  const slow = load(source);
  const { cpu, translator } = twinOf(slow);
  inStep(slow, cpu, step);
  const [a, b] = [slow, cpu].map(({ phys }) =>
    phys.readBytes(0, 0x1_0000));
  expect(b).toEqual(a);
  return translator.counts.pairs;
}

const LOOP = `
        mov ecx, 60
again:  add eax, ecx
        mov [0x4000+ecx*4], eax
        sub ebx, eax
        adc edx, 5
        xor edx, [0x4000+ecx*4]
        dec ecx
        jnz again
        hlt`;
const INTO = `
        mov ecx, 90
again:  test ecx, 3
        jz second
        inc eax
second: add edx, eax
        xor ebx, edx
        loop again
        hlt`;
const FAILS = `
        mov ecx, 50
        mov ebx, 1
again:  mov eax, 77
        xor edx, edx
        dec ecx
        div ecx
        add ebx, edx
        jmp again`;

test.each([1, 2, 3, 5, 7, 1000])('in steps of %i', (step) => {
  for (const source of [LOOP, INTO, FAILS]) {
    expect(together(source, step)).toBeGreaterThan(2);
  }
});
