import { expect, test } from 'vitest';
import { shift } from './shift.ts';

test('right', () => {
  expect(shift('a b ', 2)).toBe('  a b ');
  expect(shift('  a', 0)).toBe('  a');
});
test('left', () => {
  expect(shift('    a', -2)).toBe('  a');
  expect(shift('    a', -4)).toBe('a');
});
test('left, but not into the text', () => {
  expect(shift('  abc', -4)).toBe('abc');
  expect(shift('abc', -1)).toBe('abc');
});
test('a blank line is empty', () => {
  expect(shift('   ', 2)).toBe('');
  expect(shift('', 4)).toBe('');
});
