import { expect, test } from 'vitest';
import { needOf } from './needs.ts';

const FRAME = 0x123_4000n;
const allowed = [1, 2, 5, 6, 8, 9, 10, 11];

test('an absent entry needs nothing, whatever it holds', () => {
  for (let bit = 1n; bit < 64n; bit++) {
    expect(needOf(1n << bit)).toBe('nothing');
  }
  expect(needOf(0n)).toBe('nothing');
});

test('every bit of a present one', () => {
  for (let bit = 1; bit < 64; bit++) {
    const entry = FRAME | 1n | 1n << BigInt(bit);
    const frame = bit >= 12 && bit < 52;
    const want = bit === 1 ? 'writable'
      : frame || allowed.includes(bit) ? 'page' : 'refuse';
    expect(`${bit}: ${needOf(entry)}`).toBe(`${bit}: ${want}`);
  }
  expect(needOf(FRAME | 1n)).toBe('page');
  expect(needOf(FRAME | 3n | 1n << 63n)).toBe('refuse');
});
