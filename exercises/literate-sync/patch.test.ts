import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hunks } from '#book/lit/diff.ts';
import { patch } from './patch.ts';

const old = ['a', 'b', 'c', 'd'];

test('one change', () => {
  expect(patch(old, [{ from: 1, to: 3, text: ['x'] }]))
    .toEqual(['a', 'x', 'd']);
  expect(patch(old, [{ from: 4, to: 4, text: ['e'] }]))
    .toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(patch(old, [])).toEqual(old);
});
test('numbers are the old text’s, in any order', () => {
  const changes = [
    { from: 3, to: 4, text: [] }, { from: 0, to: 1, text: ['x', 'y'] },
  ];
  expect(patch(old, changes)).toEqual(['x', 'y', 'b', 'c']);
  expect(changes[0]?.from).toBe(3);
  expect(old).toEqual(['a', 'b', 'c', 'd']);
});
test('gives back what was compared', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c'));
  fc.assert(fc.property(text, text, (one, two) => {
    expect(patch(one, hunks(one, two))).toEqual(two);
  }), { seed: 1 });
});
