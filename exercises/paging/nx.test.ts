import { expect, test } from 'vitest';
import type { Walk } from '#book/x86/paging.ts';
import { faultCodeNx } from './nx.ts';

const way = (pde: number, pte: number, low = 7): Walk => ({
  visits: [
    { level: 3, at: 0, low: 1, high: 0 },
    { level: 2, at: 0, low: 7, high: pde },
    { level: 1, at: 0, low, high: pte },
  ],
  page: 0x8000, size: 0x1000, reserved: false,
});
const NX = 0x8000_0000;
const read = { write: false, user: true, fetch: false };
const fetch = { ...read, fetch: true };

test('any level forbids, and only to fetch', () => {
  for (const w of [way(NX, 0), way(0, NX), way(NX, NX)]) {
    expect(faultCodeNx(w, fetch, true, true)).toBe(21);
    expect(faultCodeNx(w, read, true, true)).toBeUndefined();
    const sys = { ...fetch, user: false };
    expect(faultCodeNx(w, sys, true, true)).toBe(17);
  }
  expect(faultCodeNx(way(0, 0), fetch, true, true)).toBeUndefined();
});

test('without NXE the bit is reserved', () => {
  expect(faultCodeNx(way(0, NX), read, true, false)).toBe(13);
  expect(faultCodeNx(way(NX, 0), fetch, true, false)).toBe(13);
  expect(faultCodeNx(way(0, 0), fetch, true, false)).toBeUndefined();
  const early = { ...way(NX, 0, 6), page: undefined };
  expect(faultCodeNx(early, read, true, false)).toBe(13);
  expect(faultCodeNx(early, fetch, true, true)).toBe(20);
});


test('a write is not a fetch, and a pointer has no such bit', () => {
  const write = { ...read, write: true };
  expect(faultCodeNx(way(0, NX, 5), write, true, true)).toBe(7);
  expect(faultCodeNx(way(NX, 0), write, true, true)).toBeUndefined();
  expect(faultCodeNx(way(NX, 0), write, true, false)).toBe(15);
  const top = { level: 3, at: 0, low: 1, high: NX } as const;
  const { visits, ...rest } = way(0, 0);
  const odd = { ...rest, visits: [top, ...visits.slice(1)] };
  expect(faultCodeNx(odd, fetch, true, true)).toBeUndefined();
  expect(faultCodeNx(odd, read, true, false)).toBeUndefined();
});

test('the code tells of a fetch in other faults, too', () => {
  const early = { ...way(0, 0), page: undefined };
  expect(faultCodeNx(early, fetch, true, true)).toBe(20);
  expect(faultCodeNx(early, fetch, true, false)).toBe(4);
  expect(faultCodeNx(way(0, 0, 3), fetch, true, true)).toBe(21);
  const broken = { ...early, reserved: true };
  expect(faultCodeNx(broken, fetch, true, true)).toBe(29);
});

test('an entry that is not there forbids nothing', () => {
  const early = { ...way(0, NX, 6), page: undefined };
  expect(faultCodeNx(early, read, true, false)).toBe(4);
  expect(faultCodeNx(early, fetch, true, true)).toBe(20);
});
