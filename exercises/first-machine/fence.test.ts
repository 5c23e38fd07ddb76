import { expect, test } from 'vitest';
import { library } from '#book/toy/guests.ts';
import { makeToy } from '#book/toy/machine.ts';
import { makeGuest, runGuests } from '#book/toy/monitor.ts';
import { locate } from './fence.ts';

const fenced = (base: number, limit: number) =>
  Object.assign(makeToy(0x4000, () => {}), { base, limit });

test('a fence from the bottom', () => {
  const m = fenced(0x1000, 0x800);
  expect(locate(m, 0)).toBe(0x1000);
  expect(locate(m, 0x7ff)).toBe(0x17ff);
  expect(() => locate(m, 0x800)).toThrow('fence');
  expect(() => locate(m, 0xffff_ffff)).toThrow('fence');
});

test('a fence from the top', () => {
  const m = fenced(0x2000, -0x200);
  expect(locate(m, 0xffff_ffff)).toBe(0x21ff);
  expect(locate(m, 0xffff_fe00)).toBe(0x2000);
  expect(() => locate(m, 0xffff_fdff)).toThrow('fence');
  expect(() => locate(m, 0)).toThrow('fence');
  expect(() => locate(m, 2 ** 32)).toThrow('fence');
});

test('a fence around nothing', () => {
  expect(() => locate(fenced(0, 0), 0)).toThrow('fence');
});

test('guests run behind it, and mallory does not get out', () => {
  const m = makeToy(0x4000, () => {});
  const guests = ['alice', 'mallory', 'bob'].map((name, i) =>
    makeGuest(m, name, 0x1000 * (i + 1), 0x1000,
      library.get(name) ?? new Uint8Array()));
  runGuests(m, guests, 10);
  expect(guests.map((g) => g.console))
    .toEqual(['aaaaaaaa', '', 'bbbbbbbb']);
  expect(guests[1]?.ended).toBe('fence trap at 10');
});

test('a guest at the very top goes around, into the fence', () => {
  const m = makeToy(0x4000, () => {});
  const g = makeGuest(m, 'top', 0x2000, -0x200, new Uint8Array());
  m.memory.set([0xe6, 0xe9], 0x21fe);
  g.reg[0] = 0x41;
  g.eip = 0xffff_fffe;
  runGuests(m, [g], 10);
  expect([g.console, g.ended]).toEqual(['A', 'fence trap at 0']);
});
