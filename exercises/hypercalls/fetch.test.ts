import { expect, test } from 'vitest';
import { fetchMessage, HOLE, MOST } from './fetch.ts';

function hostile(first: number[], then: number[]) {
  const reads = new Map<number, number>();
  const word = (words: number[], i: number) =>
    words[i >>> 2]! >>> (i % 4) * 8 & 0xff;
  let touched = 0;
  return {
    reads, highest: () => touched,
    read(at: number): number {
      const n = (reads.get(at) ?? 0) + 1;
      reads.set(at, n);
      if (at < 8) return word(n === 1 ? first : then, at);
      touched = Math.max(touched, at);
      return at & 0xff;
    },
  };
}

test('an honest record', () => {
  const m = hostile([3, 0x1000], [3, 0x1000]);
  expect(fetchMessage(m, 0)).toEqual(Uint8Array.of(0, 1, 2));
});

test('a length that grows between two looks', () => {
  const m = hostile([MOST, 0x1000], [100_000, 0x1000]);
  const got = fetchMessage(m, 0);
  expect(got).toHaveLength(MOST);
  expect(Math.max(...m.reads.values())).toBe(1);
});

test('an address that moves into the hole', () => {
  const m = hostile([8, 0x1000], [8, HOLE]);
  expect(fetchMessage(m, 0)).toHaveLength(8);
  expect(m.highest()).toBeLessThan(HOLE);
});

test('refusals', () => {
  const refuse = (...w: number[]) => fetchMessage(hostile(w, w), 0);
  expect(refuse(MOST + 1, 0x1000)).toBe(-22);
  expect(refuse(8, HOLE - 7)).toBe(-14);
  expect(refuse(8, 0xffff_fffc)).toBe(-14);
  expect(refuse(8, HOLE - 8)).toHaveLength(8);
  expect(refuse(0, 0x1000)).toHaveLength(0);
});
