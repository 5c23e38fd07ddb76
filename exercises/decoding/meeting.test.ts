import { expect, test } from 'vitest';
import { meeting, stray } from './meeting.ts';

const bytes = (hex: string) => Uint8Array.from(
  hex.split(' '), b => parseInt(b, 16));
const counting = bytes('b8 30 00 00 00 e6 e9 40 3c 3a 75 f9 f4');

test('a reading meets itself at once', () => {
  expect(meeting(counting, 5, 5)).toBe(5);
});

test('one byte late', () => {
  expect(meeting(counting, 0, 1)).toBe(5);
  expect(meeting(counting, 1, 0)).toBe(5);
  expect(meeting(counting, 5, 6)).toBe(12);
});

test('two programs in the same bytes never meet', () => {
  const twins = new Uint8Array(40).fill(0x05);
  expect(meeting(twins, 0, 1)).toBeUndefined();
  expect(meeting(twins, 0, 5)).toBe(5);
});

test('undefined bytes are read, too: as one step', () => {
  expect(meeting(bytes('90 0f 27 90 90'), 0, 2)).toBe(3);
});

test('an end is not a meeting', () => {
  expect(meeting(bytes('b8 01 02'), 0, 1)).toBeUndefined();
  expect(meeting(bytes('b0 90'), 0, 1)).toBeUndefined();
  expect(meeting(bytes('90 b8 01 02'), 0, 1)).toBe(1);
});

test('how far one strays', () => {
  expect(stray(bytes('90 90 90'))).toBe(0);
  expect(stray(bytes('b0 90'))).toBe(0);
  expect(stray(bytes('b0 90 b8 01'))).toBe(1);
  expect(stray(bytes('b8 90 90 90 90 90'))).toBeCloseTo(2.5, 9);
  expect(stray(counting)).toBeCloseTo(34 / 7, 9);
});

function noise(length: number, seed: number): Uint8Array {
  let x = seed;
  return Uint8Array.from({ length }, () => {
    x = Math.imul(x, 1103515245) + 12345 | 0;
    return x >>> 16;
  });
}

test('how far one strays among random bytes', () => {
  expect(stray(noise(1000, 1))).toBeCloseTo(3689 / 625, 9);
});
