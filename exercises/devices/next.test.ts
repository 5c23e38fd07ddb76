import { expect, test } from 'vitest';
import { Pic } from '#book/machine/devices/pic.ts';
import { next, type Requests } from './next.ts';

/** 0 for the highest priority. */
const rank = (n: number, lowest: number): number => n - lowest - 1 & 7;

function byDefinition(r: Requests): number {
  const all = [0, 1, 2, 3, 4, 5, 6, 7];
  const bit = (word: number, n: number): boolean =>
    (word >> n & 1) === 1;
  const higher = (a: number, b: number): boolean =>
    rank(a, r.lowest) < rank(b, r.lowest);
  const free = all.filter((n) => bit(r.irr, n) && !bit(r.imr, n)
    && !bit(r.isr, n) && (r.special
      || !all.some((m) => bit(r.isr, m) && higher(m, n))));
  return free.sort((a, b) =>
    rank(a, r.lowest) - rank(b, r.lowest))[0] ?? -1;
}

test('as defined, and as the chip does it', () => {
  let seed = 12345;
  const byte = (): number => {
    seed = Math.imul(seed, 1103515245) + 12345 >>> 0;
    return seed >>> 16 & 0xff;
  };
  for (let i = 0; i < 4000; i++) {
    const r: Requests = {
      irr: byte(), imr: byte() & byte(), isr: byte() & byte() & byte(),
      lowest: byte() & 7, special: (byte() & 1) === 1,
    };
    const want = byDefinition(r);
    expect([r, next(r)]).toEqual([r, want]);
    expect(Object.assign(new Pic(), r).next()).toBe(want);
  }
});
