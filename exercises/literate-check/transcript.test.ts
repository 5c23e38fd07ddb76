import { expect, test } from 'vitest';
import { matches } from './transcript.ts';

test('line by line', () => {
  expect(matches(['a', 'b'], ['a', 'b'])).toBeUndefined();
  expect(matches(['a', 'b'], ['a  ', 'b', '', ''])).toBeUndefined();
  expect(matches(['a', 'b'], ['a', 'c'])).toBe(1);
  expect(matches(['a', 'b'], ['a'])).toBe(1);
  expect(matches(['a'], ['a', 'b'])).toBe(1);
  expect(matches([], [])).toBeUndefined();
});
test('with an ellipsis', () => {
  expect(matches(['a', '…', 'z'], ['a', 'b', 'c', 'z']))
    .toBeUndefined();
  expect(matches(['a', '…', 'z'], ['a', 'z'])).toBeUndefined();
  expect(matches(['a', '…'], ['a', 'b', 'c'])).toBeUndefined();
  expect(matches(['…', 'z'], ['a', 'b'])).toBe(1);
  expect(matches(['…', 'b', 'c'], ['a', 'b', 'd'])).toBe(2);
  expect(matches(['a', '…', 'b'], ['a', 'b', 'c'])).toBe(3);
});
