import { expect, test } from 'vitest';
import { paged } from '#book/x86/paging.kit.ts';
import { PDPTE } from '#book/x86/state.ts';
import { walk } from './walk.ts';

const BIG = 0x40_0000;

/** Tables of these 32-bit words, and registers. */
function tables(cr4: number, words: Record<number, number>) {
  const cpu = paged(cr4);
  for (const [at, word] of Object.entries(words)) {
    cpu.phys.write32(Number(at), word);
  }
  cpu.state.i64[PDPTE[1].id] = 0x2001n;
  return cpu.memory.mmu.tables;
}

const none = { page: undefined, size: 0, reserved: false };
const page = (at: number, size = 0x1000) =>
  ({ page: at, size, reserved: false });

test('two levels', () => {
  const t = tables(0, { 0x1004: 0x2087, 0x200c: 0x8003, 0x2010: 2 });
  const pde = { level: 2, at: 0x1004, low: 0x2087, high: 0 };
  const pte = { level: 1, at: 0x200c, low: 0x8003, high: 0 };
  expect(walk(t, BIG + 0x3123))
    .toEqual({ visits: [pde, pte], ...page(0x8000) });
  const gone = { level: 1, at: 0x2010, low: 2, high: 0 };
  expect(walk(t, BIG + 0x4000))
    .toEqual({ visits: [pde, gone], ...none });
  const top = { level: 2, at: 0x1ffc, low: 0, high: 0 };
  expect(walk(t, 0xffff_f000)).toEqual({ visits: [top], ...none });
});

test('three levels', () => {
  const t = tables(0x20, {
    0x2ff8: 0x3007, 0x3008: 0x8007, 0x300c: 0xf_0000,
    0x3010: 0x8007, 0x3014: 0x10_0000,
  });
  const la = 0x7fe0_1000;
  const top = { level: 3, at: 1, low: 0x2001, high: 0 };
  const pde = { level: 2, at: 0x2ff8, low: 0x3007, high: 0 };
  const far = { level: 1, at: 0x3008, low: 0x8007, high: 0xf_0000 };
  expect(walk(t, la)).toEqual({
    visits: [top, pde, far], ...page(0xf_0000 * 2 ** 32 + 0x8000),
  });
  expect(walk(t, la + 0x1000))
    .toMatchObject({ ...none, reserved: true });
  expect(walk(t, 0)).toMatchObject(none);
  expect(walk(t, 0).visits).toHaveLength(1);
});

test('a table beyond storage reads as ones', () => {
  const t = tables(0x20, { 0x2000: 0x3007, 0x2004: 1 });
  const { visits, reserved } = walk(t, 0x4000_5000);
  expect(visits[2]).toEqual({
    level: 1, at: 2 ** 32 + 0x3028, low: 0xffff_ffff,
    high: 0xffff_ffff,
  });
  expect(reserved).toBe(true);
});

test('large pages', () => {
  const two = tables(0x10, { 0x1004: 0x80_4083, 0x1008: 0xa0_0083 });
  expect(walk(two, BIG + 0x3123))
    .toMatchObject(page(2 * 2 ** 32 + 0x80_0000, BIG));
  expect(walk(two, 2 * BIG)).toMatchObject({ ...none, reserved: true });
  const three = tables(0x20, {
    0x2000: 0x60_1083, 0x2004: 3, 0x2008: 0x60_2083,
  });
  expect(walk(three, 0x4000_3123))
    .toMatchObject(page(3 * 2 ** 32 + 0x60_0000, 0x20_0000));
  expect(walk(three, 0x4020_0000))
    .toMatchObject({ ...none, reserved: true });
});

test('no paging', () => {
  const cpu = paged(0, 1);
  expect(walk(cpu.memory.mmu.tables, 0xffff_f123))
    .toEqual({ visits: [], ...page(0xffff_f000) });
});
