import { expect, test } from 'vitest';
import { sub } from '#book/machine/float/arithmetic.ts';
import {
  DOUBLE, EXTENDED, type Format, leadOf, SINGLE, unpack,
} from '#book/machine/float/format.ts';
import { gapAt } from './gap.ts';

function measured(format: Format, bits: bigint): number {
  const [a, b] = [unpack(format, bits), unpack(format, bits + 1n)];
  return leadOf(sub(0)(b, a).num);
}

test.each([
  ['one', SINGLE, 0x3f80_0000n], ['below two', SINGLE, 0x3fff_ffffn],
  ['denormal', SINGLE, 1n], ['the last denormal', SINGLE, 0x7f_ffffn],
  ['the first normal', SINGLE, 0x80_0000n],
  ['a third', DOUBLE, 0x3fd5_5555_5555_5555n],
  ['a large double', DOUBLE, 0x7fe0_0000_0000_0001n],
  ['a tiny double', DOUBLE, 0x0000_0000_0000_0123n],
  ['a register', EXTENDED, 0x3fff_8000_0000_0000_0000n],
  ['a small register', EXTENDED, 0x0001_8000_0000_0000_0001n],
] as const)('%s', (_name, format, bits) => {
  expect(gapAt(format, bits)).toBe(measured(format, bits));
});
