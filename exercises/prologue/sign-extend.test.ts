import { expect, test } from 'vitest';
import { signExtend } from './sign-extend.ts';

test('bytes', () => {
  expect(signExtend(0x7f, 8)).toBe(127);
  expect(signExtend(0x80, 8)).toBe(-128);
  expect(signExtend(0xff, 8)).toBe(-1);
});

test('what lies above the value does not count', () => {
  expect(signExtend(0x1234_5601, 8)).toBe(1);
  expect(signExtend(0xffff_ff01, 8)).toBe(1);
});

test('other widths', () => {
  expect(signExtend(0xfff, 12)).toBe(-1);
  expect(signExtend(0x8000, 16)).toBe(-32_768);
  expect(signExtend(1, 1)).toBe(-1);
  expect(signExtend(0x8000_0000, 32)).toBe(-2_147_483_648);
  expect(signExtend(0x7fff_ffff, 32)).toBe(0x7fff_ffff);
});
