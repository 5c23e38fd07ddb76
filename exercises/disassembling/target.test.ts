import { expect, test } from 'vitest';
import { decode } from '#book/x86/decode.ts';
import type { Mode } from '#book/x86/insn.ts';
import { target } from './target.ts';

function to(mode: Mode, ip: number, ...code: number[]): number {
  const insn = decode(i => code[i] ?? 0, mode);
  return target(insn, insn.operands[0]?.disp ?? 0, ip);
}

test('32 bits', () => {
  expect(to(32, 0x1000, 0xeb, 0xfe)).toBe(0x1000);
  expect(to(32, 0x1000, 0xe8, 0, 0, 0, 0)).toBe(0x1005);
  expect(to(32, 0xffff_fff0, 0xeb, 0x20)).toBe(0x12);
  expect(to(32, 0x10, 0xeb, 0x80)).toBe(0xffff_ff92);
  expect(to(32, 0x8000_0000, 0xe9, 0, 0, 0, 0x80)).toBe(5);
});

test('16 bits in 32-bit mode', () => {
  expect(to(32, 0x1_2340, 0x66, 0xe9, 0, 0)).toBe(0x2344);
  expect(to(32, 0x1_2340, 0x66, 0xeb, 0x10)).toBe(0x2353);
  expect(to(32, 0x2, 0x66, 0xeb, 0x80)).toBe(0xff85);
});

test('16 bits in 16-bit mode stay where they are', () => {
  expect(to(16, 0xfff0, 0xeb, 0x20)).toBe(0x12);
  expect(to(16, 0xf_fff0, 0xeb, 0x20)).toBe(0xf_0012);
  expect(to(16, 0xffff_0000, 0xe9, 0xf0, 0xff)).toBe(0xffff_fff3);
});

test('32 bits in 16-bit mode', () => {
  expect(to(16, 0xfff0, 0x66, 0xe9, 0, 0, 1, 0)).toBe(0x1_fff6);
});
