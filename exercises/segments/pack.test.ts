import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GRANULAR, unpack } from '#book/x86/descriptor.ts';
import { pack } from './pack.ts';

const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const rights = fc.constantFrom(
  0x93, 0x9b, 0xf3, 0x4093, 0x40fb, 0x1097);

test('small limits are counted in bytes', () => {
  const limit = fc.integer({ min: 0, max: 0xf_ffff });
  fc.assert(fc.property(u32, limit, rights, (base, limit, rights) => {
    const { lo, hi } = pack({ base, limit, rights });
    expect(unpack(lo, hi)).toEqual({ base, limit, rights });
  }));
});

test('large limits are counted in pages', () => {
  const pages = fc.integer({ min: 0x100, max: 0xf_ffff });
  fc.assert(fc.property(u32, pages, rights, (base, pages, rights) => {
    const limit = (pages * 0x1000) + 0xfff;
    const { lo, hi } = pack({ base, limit, rights });
    const back = unpack(lo, hi);
    expect(back).toEqual({ base, limit, rights: rights | GRANULAR });
  }));
});

test('a limit that cannot be expressed', () => {
  const odd = { base: 0, limit: 0x12_3456, rights: 0x93 };
  expect(() => pack(odd)).toThrow();
});

test('both halves are unsigned', () => {
  const { lo, hi } = pack(
    { base: 0xffff_ffff, limit: 0xffff_ffff, rights: 0xc093 });
  expect([lo, hi]).toEqual([0xffff_ffff, 0xffcf_93ff]);
});
