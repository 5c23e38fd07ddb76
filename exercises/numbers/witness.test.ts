import { expect, test } from 'vitest';
import { load } from '#book/x86/bare.ts';
import { DOUBLE, unpack } from '#book/machine/float/format.ts';
import { CR4, EAX, EBX, ECX, EDX } from '#book/x86/state.ts';
import { witness } from './witness.ts';

const SOURCE = `
  fld QWORD PTR [0x7000]
  fadd QWORD PTR [0x7008]
  fstp QWORD PTR [0x7010]
  movsd xmm0, QWORD PTR [0x7000]
  addsd xmm0, QWORD PTR [0x7008]
  movsd QWORD PTR [0x7018], xmm0
  mov eax, [0x7010]
  mov edx, [0x7014]
  mov ecx, [0x7018]
  mov ebx, [0x701c]
  hlt`;

test('one sum, two answers', () => {
  const pair = witness();
  const cpu = load(SOURCE);
  cpu.state.set(CR4, 0x600);
  pair.forEach((bits, n) => cpu.phys.write64(0x7000 + 8 * n, bits));
  expect(cpu.run(100)).toBe('halted');
  const [x87, sse] = ([[EDX, EAX], [EBX, ECX]] as const).map((sum) =>
    sum.map((r) => cpu.get(r).toString(16).padStart(8, '0')).join(''));
  expect(x87, 'x87 and SSE2 agree').not.toBe(sse);
  for (const bits of pair) {
    expect(unpack(DOUBLE, bits).kind).toBe('normal');
  }
});
