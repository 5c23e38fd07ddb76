import { expect, test } from 'vitest';
import { tells } from './tells.ts';

const inputs = [-2, -1, 0, 1, 2];

test('numbers', () => {
  expect(tells(inputs, Math.abs, (x) => x)).toEqual([-2, -1]);
  expect(tells(inputs, Math.abs, Math.abs)).toEqual([]);
});
test('objects', () => {
  expect(tells(inputs, (x) => ({ x }), (x) => ({ x: x || 5 })))
    .toEqual([0]);
});
test('errors', () => {
  const strict = (x: number): number => {
    if (x < 0) throw new Error('negative');
    return x;
  };
  const other = (x: number): number => {
    if (x < -1) throw new RangeError('very negative');
    return x;
  };
  expect(tells(inputs, strict, other)).toEqual([-1]);
  expect(tells(inputs, strict, strict)).toEqual([]);
});
