import fc from 'fast-check';
import { expect, test } from 'vitest';
import { faultCode, walk } from '#book/x86/paging.ts';
import { entry, paged } from '#book/x86/paging.kit.ts';
import { PDPTE } from '#book/x86/state.ts';
import { usualWide } from './wide.ts';

const FLIPS = [1n, 2n, 4n, 0x20n, 0x40n, 0x80n, 1n << 33n, 1n << 52n,
  1n << 63n];
const ABOVE = 5n << 32n;

/** Present, writable, a user's, used; and then some bits flipped. */
const aRest = fc.tuple(fc.nat(511), fc.nat(1)).map(([bits, wrong]) =>
  FLIPS.reduce((all, bit, n) =>
    wrong === 1 && (bits >> n & 1) !== 0 ? all ^ bit : all, 0x67n));

/** The way of a linear address through three tables. */
function tables(la: number, top: bigint, pde: bigint, pte: bigint) {
  const cpu = paged(0x20);
  const { id } = PDPTE[la >>> 30 as 0 | 1 | 2 | 3];
  cpu.state.i64[id] = 0x5000n | top;
  entry(cpu, 0x5000, la >>> 21 & 0x1ff, 0x6000n | pde);
  entry(cpu, 0x6000, la >>> 12 & 0x1ff, 0x9000n | ABOVE | pte);
  return cpu.memory.mmu.tables;
}

/** A pointer: absent, above 4 GiB, or, mostly, neither. */
const TOPS = [0n, 1n | 1n << 33n];
const aTop = fc.nat(9).map((n) => TOPS[n] ?? 1n);
const anAddress = fc.nat(0xffff_ffff);

test('it gives what the walk gives, when the walk is usual', () => {
  const asked = fc.tuple(fc.boolean(), fc.boolean(), fc.boolean());
  fc.assert(fc.property(anAddress, aTop, aRest, aRest, asked,
    (la, top, pde, pte, [write, user, wp]) => {
      const t = tables(la, top, pde & ~0x40n, pte);
      const way = walk(t, la);
      const [, two, one] = way.visits;
      const marks = write ? 0x60 : 0x20;
      const usual = faultCode(way, { write, user }, wp) === undefined
        && way.size === 0x1000 && ((two?.low ?? 0) & 0x20) !== 0
        && ((one?.low ?? 0) & marks) === marks;
      expect(usualWide(t, la, write, user, wp))
        .toBe(usual ? way.page : -1);
    }), { seed: 8, numRuns: 3000 });
});
test('a frame above 4 GiB, exactly', () => {
  const la = 0x8040_0000;
  const t = tables(la, 1n, 0x27n, 0x67n);
  expect(usualWide(t, la, true, true, true))
    .toBe(5 * 2 ** 32 + 0x9000);
});
