import { expect, test } from 'vitest';
import { Phys } from '#book/machine/phys.ts';
import { Page, Pool } from './page.ts';

const of = (...bytes: number[]): Uint8Array => Uint8Array.from(bytes);

test('equal arrays become one', () => {
  const pool = new Pool();
  const [a, b] = [of(1, 2, 3), of(4, 5, 6)];
  expect(pool.share('a', a)).toBe(a);
  expect(pool.share('b', b)).toBe(b);
  expect(pool.share('a', of(1, 2, 3))).toBe(a);
  expect(pool.share('b', of(4, 5, 6))).toBe(b);
  expect(pool.share('a', a)).toBe(a);
});

test('a hash is no proof', () => {
  const pool = new Pool();
  const all = [of(1, 2, 3), of(1, 2, 4), of(9, 2, 3)];
  for (const one of all) expect(pool.share('same', one)).toBe(one);
  for (const one of all) {
    expect(pool.share('same', one.slice())).toBe(one);
  }
});

test('a memory whose pages are shared', () => {
  const phys = new Phys(0x4000);
  for (const at of [0x1000, 0x2000]) phys.fill(at, 0x1000, 7);
  const first = phys.save();
  expect(first.at(1)).toBeInstanceOf(Page);
  for (const at of [0x1000, 0x2000]) phys.write8(at + 5, 8);
  expect(first.at(1).keep()).toBe(first.at(2).keep());
  const second = phys.save();
  phys.write8(0x2005, 9);
  phys.write8(0x1005, 9);
  expect(second.at(1).keep()).toBe(second.at(2).keep());
  expect(second.at(1).keep()).not.toBe(first.at(1).keep());
  phys.restore(first);
  expect([0x1005, 0x2005].map((at) => phys.read8(at))).toEqual([7, 7]);
  phys.write8(0x1005, 1);
  expect([0x1005, 0x2005].map((at) => phys.read8(at))).toEqual([1, 7]);
  phys.restore(second);
  expect([0x1005, 0x2005].map((at) => phys.read8(at))).toEqual([8, 8]);
});
