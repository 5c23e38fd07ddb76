import { expect, test } from 'vitest';
import { strip } from './strip.ts';

const bytes = (hex: string) =>
  hex.split(' ').map(b => parseInt(b, 16));
const stripped = (hex: string) => strip(bytes(hex))
  .map(b => b.toString(16).padStart(2, '0')).join(' ');

test.each([
  ['f3 c3', 'c3'], ['2e 66 66 01 c8', '66 01 c8'],
  ['3e 8b 03', '8b 03'], ['26 3e 8b 03', '8b 03'],
  ['67 01 c8', '01 c8'], ['66 d8 c1', 'd8 c1'],
  ['66 f3 0f 58 c1', 'f3 0f 58 c1'], ['f3 f3 a4', 'f3 a4'],
  ['66 a4', 'a4'], ['26 aa', 'aa'], ['66 3e 88 07 90', '88 07'],
])('%s becomes %s', (hex, wanted) => {
  expect(stripped(hex)).toBe(wanted);
});

test.each([
  '26 8b 03', '3e 8b 45 00', '66 01 c8', '67 8d 40 01', 'f3 a4',
  'f2 ae', '66 50', '66 98', '66 68 01 00', 'f0 01 03', '66 0f 58 c1',
  '66 c3', '64 a1 00 00 00 00', '0f 0b', '67 aa',
])('%s stays', hex => {
  expect(stripped(hex)).toBe(hex);
});

test('counters and instruction pointers have sizes, too', () => {
  expect(stripped('67 e2 fe')).toBe('67 e2 fe');
  expect(stripped('67 e3 fe')).toBe('67 e3 fe');
  expect(stripped('66 eb fe')).toBe('66 eb fe');
  expect(stripped('66 74 02')).toBe('66 74 02');
  expect(stripped('67 74 02')).toBe('74 02');
});

test('a lock that faults is no useless one', () => {
  expect(stripped('f0 8b 03')).toBe('f0 8b 03');
});
