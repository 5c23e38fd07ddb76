import { expect, test } from 'vitest';
import { layOut } from './layout.ts';

test('vcpu_time_info, with both alignments of u64', () => {
  const time = (align: number) => layOut([
    [4, 4], [4, 4], [8, align], [8, align], [4, 4], [1, 1], [1, 1],
    [2, 1],
  ]);
  expect(time(4)).toEqual(
    { offsets: [0, 4, 8, 16, 24, 28, 29, 30], size: 32 });
  expect(time(8).size).toBe(32);
});

test('a gap before a wide member, and one at the end', () => {
  expect(layOut([[4, 4], [8, 8], [2, 2]])).toEqual(
    { offsets: [0, 8, 16], size: 24 });
  expect(layOut([[4, 4], [8, 4], [2, 2]])).toEqual(
    { offsets: [0, 4, 12], size: 16 });
  expect(layOut([[2, 2], [1, 1], [2, 2]])).toEqual(
    { offsets: [0, 2, 4], size: 6 });
  expect(layOut([])).toEqual({ offsets: [], size: 0 });
});
