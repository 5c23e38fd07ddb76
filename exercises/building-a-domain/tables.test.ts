import { expect, test } from 'vitest';
import { addGuest, openLab, runGuest } from '#book/guests/lab.ts';
import { helloSource } from '#book/guests/pv-hello.ts';
import { tablesFor } from './tables.ts';

const MiB = 1n << 20n;
const count = (width: 4 | 8, from: bigint, to: bigint) =>
  tablesFor(width, [{ from, to }]).map((t) => t.level).join('');

test('one of each level, and PAE up to the hole', () => {
  expect(count(4, 0n, 4n * MiB)).toBe('3222211');
  expect(count(4, 0xc000_0000n, 0xc000_0000n + 6n * MiB))
    .toBe('32111');
  expect(count(8, 0n, 2n * MiB)).toBe('4321');
  expect(count(8, 2n * MiB - 4096n, 2n * MiB + 4096n)).toBe('43211');
});

test('two ranges share what they can', () => {
  const tables = tablesFor(8, [
    { from: 0n, to: 4096n },
    { from: 1n << 30n, to: (1n << 30n) + 1n }]);
  expect(tables.map((t) => t.level).join('')).toBe('432211');
});

test('the guest wakes up on them', () => {
  const lab = openLab();
  const { domid } = addGuest(lab, helloSource);
  runGuest(lab, domid);
  expect(lab.log.at(-1)).toMatch(/hello from ring 1/);
});
