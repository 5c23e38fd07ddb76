import { expect, test } from 'vitest';
import { field } from './field.ts';

function slowly(word: number, high: number, low: number): number {
  const digits = (word >>> 0).toString(2).padStart(32, '0');
  return parseInt(digits.slice(31 - high, 32 - low), 2);
}

test('one nibble', () => {
  expect(field(0x1234_5678, 15, 12)).toBe(5);
});

test('a field that holds the sign bit is not negative', () => {
  expect(field(0xf000_0000, 31, 28)).toBe(15);
  expect(field(-1, 31, 0)).toBe(0xffff_ffff);
});

test('every field of a few words', () => {
  for (const word of [0, -1, 0x8000_0001, 0x1234_5678]) {
    for (let high = 0; high < 32; high++) {
      for (let low = 0; low <= high; low++) {
        expect(field(word, high, low), `${word} ${high}:${low}`)
          .toBe(slowly(word, high, low));
      }
    }
  }
});
