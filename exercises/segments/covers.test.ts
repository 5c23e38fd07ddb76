import { expect, test } from 'vitest';
import { covers } from './covers.ts';

const up = { base: 0, limit: 0xfff, rights: 0x4093 };
const flat = { base: 0, limit: 0xffff_ffff, rights: 0xc093 };
const down = { base: 0, limit: 0xfff, rights: 0x4097 };
const down16 = { base: 0, limit: 0xfff, rights: 0x0097 };
const code = { base: 0, limit: 0xfff, rights: 0x409f };

test.each([
  [up, 0xffc, 4, true], [up, 0xffd, 4, false],
  [up, 0x1000, 1, false], [up, 0xffff_fffe, 4, false],
  [flat, 0xffff_fffc, 4, true], [flat, 0xffff_fffe, 4, false],
  [down, 0x1000, 1, true], [down, 0xfff, 1, false],
  [down, 0xffd, 8, false], [down, 0xffff_fffc, 4, true],
  [down, 0xffff_fffd, 4, false], [down16, 0xfffc, 4, true],
  [down16, 0xfffd, 4, false], [down16, 0x1_0000, 1, false],
  [code, 0xfff, 1, true], [code, 0x1000, 1, false],
])('%o at %i, %i bytes', (e, offset, bytes, inside) => {
  expect(covers(e, offset, bytes)).toBe(inside);
});
