import fc from 'fast-check';
import { expect, test } from 'vitest';
import { covers, dplOf, unpack } from '#book/x86/descriptor.ts';
import { judge } from './wall.ts';

const WALL = 0xf580_0000;

test('a flat segment ends at the wall', () => {
  const judged = judge(0x0000_ffff, 0x00cf_b200, WALL);
  expect(unpack(...(judged ?? [0, 0])).limit).toBe(WALL - 1);
});

test('ring 0 becomes ring 1', () => {
  const [, hi = 0] = judge(0x0000_ffff, 0x0040_9a00, WALL) ?? [];
  expect(dplOf(hi >>> 8)).toBe(1);
});

test('gates and system segments are refused', () => {
  for (const type of [0x82, 0x89, 0x8b, 0x8c, 0xec, 0xe5, 0x8e, 0xef]) {
    expect(judge(0x0008_1000, type << 8, WALL)).toBeUndefined();
  }
});

test('what is not present stays as it is', () => {
  expect(judge(0x1234_5678, 0x00cf_0c00, WALL))
    .toEqual([0x1234_5678, 0x00cf_0c00]);
});

const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const asked = fc.record({
  base: fc.oneof(
    u32, fc.integer({ min: 0xf000_0000, max: 0xffff_ffff })),
  count: fc.integer({ min: 0, max: 0xf_ffff }),
  type: fc.constantFrom(0xb3, 0x93, 0xf7, 0xb7, 0xfb, 0x9f, 0xf1),
  flags: fc.integer({ min: 0, max: 15 }),
  target: fc.integer({ min: WALL, max: 0xffff_ffff }),
});

test('nothing that passes reaches the hypervisor', () => {
  const attack = fc.property(asked, (a) => {
    const { base, count, type, flags, target } = a;
    const lo = ((base << 16) | (count & 0xffff)) >>> 0;
    const hi = ((base >>> 16 & 0xff) | type << 8 | (count & 0xf_0000)
      | flags << 20 | base & 0xff00_0000) >>> 0;
    const judged = judge(lo, hi, WALL);
    if (!judged) return;
    const e = unpack(...judged);
    const offset = (target - e.base) >>> 0;
    expect(covers(e, offset, 1)).toBe(false);
    expect(dplOf(e.rights)).not.toBe(0);
  });
  fc.assert(attack, { numRuns: 3000 });
});
