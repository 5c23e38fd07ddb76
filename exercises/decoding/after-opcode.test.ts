import { expect, test } from 'vitest';
import { decode } from '#book/x86/decode.ts';
import { afterOpcode } from './after-opcode.ts';

const lengthOf = (mode: 16 | 32, ...code: number[]) =>
  decode(i => code[i] ?? 0, mode).length - 1;

test('no memory, no more bytes', () => {
  expect(afterOpcode(0xc1, 0, 32)).toBe(1);
  expect(afterOpcode(0xff, 0, 16)).toBe(1);
});

test.each([16, 32] as const)('every byte, %i-bit addresses', mode => {
  const wrong: string[] = [];
  for (let modrm = 0; modrm < 256; modrm++) {
    for (let sib = 0; sib < 256; sib++) {
      const is = afterOpcode(modrm, sib, mode);
      if (is !== lengthOf(mode, 0x01, modrm, sib)) {
        wrong.push(`${modrm.toString(16)} ${sib.toString(16)}: ${is}`);
      }
    }
  }
  expect(wrong.slice(0, 5)).toEqual([]);
});
