import { expect, test } from 'vitest';
import type { Pages } from './pages.ts';
import { PAGE, Phys } from './phys.ts';

/** Numbers below `n`, the same each time. */
export function numbers(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = Math.imul(state, 1_103_515_245) + 12_345 >>> 0;
    return (state >>> 8) % n;
  };
}

const COUNT = 1100;

function same(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return a.length === b.length;
}

test.each([1, 2, 3])('snapshots are values, seed %i', (seed) => {
  const below = numbers(seed);
  const phys = new Phys(COUNT * PAGE);
  const taken: { pages: Pages; bytes: Uint8Array }[] = [];
  const all = (): Uint8Array => phys.readBytes(0, COUNT * PAGE);
  for (let n = 0; n < 300; n++) {
    const what = below(10);
    const old = taken[below(taken.length || 1)];
    if (what === 0) taken.push({ pages: phys.save(), bytes: all() });
    else if (what === 1 && old) {
      phys.restore(old.pages);
      expect(same(all(), old.bytes)).toBe(true);
    } else {
      phys.write32(below(COUNT) * PAGE + below(PAGE), below(2 ** 24));
    }
  }
  for (const { pages, bytes } of taken) {
    phys.restore(pages);
    expect(same(all(), bytes)).toBe(true);
  }
});

test('the cost is that of the pages written', () => {
  const phys = new Phys(4096 * PAGE);
  let marked = 0, copied = 0;
  phys.onMark.push((pfns) => { marked += pfns.length; });
  const copy = phys.copy.bind(phys);
  phys.copy = (pfn) => {
    copied++;
    return copy(pfn);
  };
  const first = phys.save();
  expect([marked, copied]).toEqual([4096, 0]);
  for (let n = 0; n < 100; n++) phys.write8(n, 1);
  phys.write32(7 * PAGE - 2, 0x0102_0304);
  expect(phys.save()).not.toBe(first);
  expect([marked, copied]).toEqual([4096 + 3, 0]);
  phys.write8(0, 2);
  expect([marked, copied]).toEqual([4096 + 3, 1]);
  phys.restore(first);
  expect(phys.readBytes(0, 7 * PAGE + 8).every((b) => b === 0))
    .toBe(true);
  expect(copied).toBe(3);
});

test('another memory, and watchers', () => {
  const [a, b] = [new Phys(16 * PAGE), new Phys(16 * PAGE)];
  a.write8(3 * PAGE, 3);
  b.write8(9 * PAGE, 9);
  b.watch(9);
  const told: number[] = [];
  b.onWrite.push((pa) => told.push(pa));
  const saved = a.save();
  b.restore(saved);
  a.write8(3 * PAGE, 4);
  expect([b.read8(3 * PAGE), b.read8(9 * PAGE)]).toEqual([3, 0]);
  expect(told).toEqual([9 * PAGE]);
  expect(saved.keys()).toEqual([3]);
  expect(() => new Phys(PAGE).restore(saved)).toThrow(RangeError);
});
