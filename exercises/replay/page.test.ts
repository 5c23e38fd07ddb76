import { expect, test } from 'vitest';
import { Hash } from '#book/machine/hash.ts';
import { Phys } from '#book/machine/phys.ts';
import { Page } from './page.ts';

function origin() {
  const bytes = new Uint8Array(4096).fill(5);
  let copies = 0;
  const copy = (pfn: number): Uint8Array => {
    expect(pfn).toBe(7);
    copies++;
    return bytes.slice();
  };
  return { bytes, copy, copies: () => copies };
}

test('copies late, and once', () => {
  const from = origin();
  const page = new Page(from, 7);
  expect(from.copies()).toBe(0);
  expect(page.keep()[9]).toBe(5);
  from.bytes.fill(6);
  expect([page.keep()[9], from.copies()]).toEqual([5, 1]);
  expect(page.keep()).toBe(page.keep());
});

test('hashes what it held, and looks once', () => {
  const from = origin();
  const h = new Hash();
  h.bytes(from.bytes);
  const page = new Page(from, 7);
  expect(page.hash()).toEqual({ zero: false, text: h.toString() });
  page.hash();
  expect(from.copies(), 'looks once').toBe(1);
  page.keep();
  expect(from.copies(), 'a look is not kept').toBe(2);
  from.bytes.fill(0);
  expect(page.hash().text).toBe(h.toString());
  expect(Object.values(page), 'lets go').not.toContain(from);
});

test('nothing is zero, and a whole memory', () => {
  const none = new Page(undefined, 0);
  expect(none.hash().zero).toBe(true);
  expect(none.keep()).toEqual(new Uint8Array(4096));
  const phys = new Phys(0x4000);
  phys.write8(0x1000, 1);
  const saved = phys.save();
  expect(saved.at(1)).toBeInstanceOf(Page);
  phys.write8(0x1000, 2);
  const later = phys.save();
  phys.restore(saved);
  expect(phys.read8(0x1000)).toBe(1);
  phys.restore(later);
  expect(phys.read8(0x1000)).toBe(2);
});
