import fc from 'fast-check';
import { expect, test } from 'vitest';
import { calls, copy, MIB, missesOf } from '#book/x86/misses.ts';
import { VictimTlb } from './victims.ts';

const AWAY = 32 * MIB;

test('each page is missed once', () => {
  expect(missesOf(new VictimTlb(), copy(AWAY))).toBe(32);
  expect(missesOf(new VictimTlb(), copy(4 * MIB))).toBe(32);
  expect(missesOf(new VictimTlb(), calls())).toBe(201);
});
test('nine pages fit into one place and its victims', () => {
  const nine = Array.from({ length: 9 }, (_, n) => n * AWAY);
  const all = [...nine, ...nine, ...nine];
  expect(missesOf(new VictimTlb(), all)).toBe(9);
});
test('the oldest victim goes', () => {
  const tlb = new VictimTlb();
  for (let n = 0; n < 11; n++) tlb.fill(n * AWAY, n << 12, 1);
  const known = [0, 1, 2, 3, 10].map((n) => tlb.lookup(n * AWAY, 1));
  expect(known).toEqual([-1, -1, 0x2000, 0x3000, 0xa000]);
});
test('who was swapped out is the youngest victim', () => {
  const tlb = new VictimTlb();
  for (let n = 0; n < 9; n++) tlb.fill(n * AWAY, n << 12, 1);
  expect(tlb.lookup(0, 1)).toBe(0); // 8 becomes a victim
  tlb.fill(9 * AWAY, 0x9000, 1); // and 0 again
  const known = [1, 8, 0].map((n) => tlb.lookup(n * AWAY, 1));
  expect(known).toEqual([-1, 0x8000, 0]);
});

test('it knows what an ideal one knows, and no more', () => {
  const step = fc.tuple(fc.nat(9), fc.nat(5), fc.nat(3));
  fc.assert(fc.property(fc.array(step), (steps) => {
    const tlb = new VictimTlb();
    const ideal = new Map<number, [frame: number, rights: number]>();
    for (const [what, n, rights] of steps) {
      const la = n % 2 * 0x1000 + (n >> 1) * AWAY;
      const frame = (16 * n + rights) * 0x1000;
      if (what < 5) tlb.fill(la, frame, rights);
      else if (what < 9) tlb.flushPage(la);
      else tlb.flush();
      if (what < 5) ideal.set(la, [frame, rights]);
      else if (what < 9) ideal.delete(la);
      else ideal.clear();
      for (let m = 0; m < 12; m++) {
        const at = m % 2 * 0x1000 + (m % 6 >> 1) * AWAY;
        const right = m < 6 ? 1 : 2;
        const [there = 0, has = 0] = ideal.get(at) ?? [];
        const want = (has & right) !== 0 ? there + 5 : -1;
        expect(tlb.lookup(at + 5, right)).toBe(want);
      }
    }
  }), { seed: 9, numRuns: 300 });
});
