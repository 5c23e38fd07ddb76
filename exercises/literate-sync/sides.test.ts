import { expect, test } from 'vitest';
import { sides } from './sides.ts';

const base = ['a', 'b', 'c', 'd', 'e'];

test('each side on its own', () => {
  const ours = ['A', 'b', 'c', 'd', 'e'];
  const theirs = ['a', 'b', 'c', 'e'];
  expect(sides(base, ours, theirs))
    .toEqual({ ours: [0], theirs: [3], both: [] });
});
test('both, in part', () => {
  const ours = ['a', 'X', 'Y', 'd', 'e'];
  const theirs = ['a', 'b', 'Z', 'W', 'e'];
  expect(sides(base, ours, theirs))
    .toEqual({ ours: [1], theirs: [3], both: [2] });
});
test('lines put in between', () => {
  const ours = ['a', 'x', 'b', 'c', 'd', 'e', 'f'];
  expect(sides(base, ours, base))
    .toEqual({ ours: [], theirs: [], both: [] });
});
