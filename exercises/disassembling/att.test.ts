import { expect, test } from 'vitest';
import { decode } from '#book/x86/decode.ts';
import type { Mode } from '#book/x86/insn.ts';
import { attMemory } from './att.ts';

function text(mode: Mode, hex: string): string {
  const code = hex.split(' ').map(b => parseInt(b, 16));
  const insn = decode(i => code[i] ?? 0, mode);
  const o = insn.operands.find(x => x.kind === 'mem');
  return o ? attMemory(o, insn) : 'no memory';
}

test.each([
  ['8b 03', '(%ebx)'],
  ['8b 45 08', '0x8(%ebp)'],
  ['8b 45 f8', '-0x8(%ebp)'],
  ['8b 40 00', '0x0(%eax)'],
  ['8b 80 00 00 00 80', '-0x80000000(%eax)'],
  ['8b 04 24', '(%esp)'],
  ['8b 04 0b', '(%ebx,%ecx,1)'],
  ['26 8b 44 8b fc', '%es:-0x4(%ebx,%ecx,4)'],
  ['8b 04 45 00 00 00 00', '0x0(,%eax,2)'],
  ['8b 04 45 f0 ff ff ff', '-0x10(,%eax,2)'],
  ['8b 0d 34 12 00 00', '0x1234'],
  ['8b 0d f0 ff ff ff', '0xfffffff0'],
  ['64 a1 10 00 00 00', '%fs:0x10'],
  ['67 8b 47 02', '0x2(%bx)'],
  ['67 8b 00', '(%bx,%si)'],
  ['67 8b 0e f0 ff', '0xfff0'],
])('%s is %s', (hex, wanted) => {
  expect(text(32, hex)).toBe(wanted);
});

test('the same in 16-bit mode', () => {
  expect(text(16, '8b 4a fe')).toBe('-0x2(%bp,%si)');
  expect(text(16, 'a1 fe ff')).toBe('0xfffe');
});
