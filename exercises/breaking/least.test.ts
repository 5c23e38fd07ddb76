import { expect, test } from 'vitest';
import { least } from './least.ts';

const lines = ['a', 'b', 'c', 'd'];
const falls = (...sets: string[][]) =>
  (without: ReadonlySet<string>) =>
    sets.some((set) => set.every((line) => without.has(line)));

test('a line that stands alone', () => {
  expect(least(lines, falls(['b']))).toEqual([['b']]);
});

test('two that lean on each other', () => {
  expect(least(lines, falls(['d', 'b']))).toEqual([['b', 'd']]);
});

test('smaller sets first, and none that holds another', () => {
  expect(least(lines, falls(['a', 'c', 'd'], ['b'], ['a', 'd'])))
    .toEqual([['b'], ['a', 'd']]);
});

test('a wall that holds', () => {
  expect(least(lines, () => false)).toEqual([]);
  expect(least(lines, falls(lines))).toEqual([]);
});
