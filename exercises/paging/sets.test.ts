import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KEPT, PIECE } from '#book/x86/tlb.ts';
import { SetTlb } from './sets.ts';

const MIB4 = 0x40_0000;

/** Accesses an address; counts a miss, and fills. */
function access(tlb: SetTlb, la: number): number {
  if (tlb.lookup(la, 1) >= 0) return 0;
  tlb.fill(la, 0x100_0000 + (la & ~0xfff), 1);
  return 1;
}

test('four arrays, 4 MiB apart, do not disturb each other', () => {
  const tlb = new SetTlb();
  let misses = 0;
  for (let at = 0; at < 0x8000; at += 64) {
    for (let n = 0; n < 4; n++) misses += access(tlb, at + n * MIB4);
  }
  expect(misses).toBe(4 * 8);
});

test('the least recently used one goes', () => {
  const tlb = new SetTlb();
  [0, 1, 2, 3, 0, 4].forEach((n) => access(tlb, n * MIB4));
  const known = [0, 1, 2, 3, 4].filter((n) =>
    tlb.lookup(n * MIB4, 1) >= 0);
  expect(known).toEqual([0, 2, 3, 4]);
});


test('a refused lookup ages, a refill stays and is young', () => {
  const tlb = new SetTlb();
  [0, 1, 2, 3].forEach((n) => access(tlb, n * MIB4));
  expect(tlb.lookup(0, 2)).toBe(-1);
  tlb.fill(MIB4, 0x5000, 3);
  const known = () => [0, 1, 2, 3, 4, 5].map((n) =>
    tlb.lookup(n * MIB4, 2) >= 0 ? n : -1).filter((n) => n >= 0);
  expect(known()).toEqual([1]);
  tlb.fill(4 * MIB4, 0, 2);
  expect(tlb.lookup(0, 1)).toBe(-1);
  tlb.fill(5 * MIB4, 0, 2);
  expect(tlb.lookup(2 * MIB4, 1)).toBe(-1);
  expect(tlb.lookup(3 * MIB4, 1)).toBe(0x100_0000 + 3 * MIB4);
  expect(known()).toEqual([1, 4, 5]);
});

test('there are 1,024 places', () => {
  const filled = new SetTlb();
  for (let n = 0; n < 1024; n++) filled.fill(n << 12, 0, 1);
  for (let n = 0; n < 1024; n++) {
    expect(filled.lookup(n << 12, 1)).toBe(0);
  }
});


test('rights, large addresses, offsets', () => {
  const tlb = new SetTlb();
  tlb.fill(0xffff_f000, 2 ** 40, 5);
  expect(tlb.lookup(0xffff_f123, 4)).toBe(2 ** 40 + 0x123);
  expect(tlb.lookup(0xffff_f123, 2)).toBe(-1);
  tlb.fill(0xffff_f000, 2 ** 41, 7);
  expect(tlb.lookup(0xffff_f000, 2)).toBe(2 ** 41);
});


test('it knows exactly what an ideal one knows', () => {
  const step = fc.tuple(fc.nat(9), fc.nat(11), fc.nat(15));
  fc.assert(fc.property(fc.array(step), (steps) => {
    const tlb = new SetTlb();
    const ideal = new Map<number, { frame: number; rights: number }>();
    for (const [what, n, extra] of steps) {
      const la = (n % 3) * MIB4 + (n >> 2) * 0x1000;
      const frame = (16 * n + extra) * 0x1000;
      const rights = (extra & 3) | (extra & 4 ? KEPT : 0)
        | (extra & 8 ? PIECE : 0);
      if (what < 5) {
        tlb.fill(la, frame, rights);
        ideal.set(la, { frame, rights });
      } else if (what < 8) tlb.flushPage(la);
      else tlb.flush(what === 8);
      for (const [at, entry] of [...ideal]) {
        const has = (bit: number) => (entry.rights & bit) !== 0;
        const gone = what < 5 ? false : what < 8
          ? at === la || (at >>> 22 === la >>> 22 && has(PIECE))
          : what === 9 || !has(KEPT);
        if (gone) ideal.delete(at);
      }
      for (let m = 0; m < 24; m++) {
        const at = (m % 3) * MIB4 + (m % 12 >> 2) * 0x1000;
        const right = m < 12 ? 1 : 2;
        const entry = ideal.get(at);
        const may = entry && (entry.rights & right) !== 0;
        const want = may ? entry.frame + 5 : -1;
        expect(tlb.lookup(at + 5, right)).toBe(want);
      }
    }
  }), { seed: 7, numRuns: 200 });
});
