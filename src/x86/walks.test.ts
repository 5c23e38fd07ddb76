import fc from 'fast-check';
import { expect, test } from 'vitest';
import { copy, MIB, missesOf } from './misses.ts';
import { DIR, entry, paged, TABLE } from './paging.kit.ts';
import { Mmu, PG, PGE, PSE, WP } from './paging.ts';
import {
  SYS_READ, SYS_WRITE, Tlb, USER_READ, USER_WRITE,
} from './tlb.ts';

const RIGHTS = [SYS_READ, SYS_WRITE, USER_READ, USER_WRITE];
const BITS = [0x001, 0x002, 0x004, 0x020, 0x040, 0x080, 0x100];

/** An entry: a subset of the bits, and often all that lets pass. */
const anEntry = fc.tuple(fc.nat(0x7f), fc.nat(3), fc.nat(4)).map(
  ([bits, often, frame]) => BITS.reduce((all, bit, n) =>
    all | (bits >> n & 1 ? bit : 0), often === 0 ? 0 : 0x27)
    | (0x8000 + 0x1000 * frame));
const aMachine = fc.record({
  pde: anEntry, ptes: fc.array(anEntry, { minLength: 4, maxLength: 4 }),
  wp: fc.boolean(), large: fc.boolean(), global: fc.boolean(),
});
type Machine = typeof aMachine extends fc.Arbitrary<infer M>
  ? M : never;

/** The same machine twice; the second one always walks. */
function pair({ pde, ptes, wp, large, global }: Machine) {
  const cr4 = (large ? PSE : 0) | (global ? PGE : 0);
  return [false, true].map((slow) => {
    const cpu = paged(cr4, (PG | 1 | (wp ? WP : 0)) >>> 0);
    entry(cpu, DIR, 1, (pde & 0xfff) | TABLE);
    ptes.forEach((pte, n) => entry(cpu, TABLE, n, pte));
    const mmu = new Mmu(cpu.memory.mmu.tables);
    if (slow) Object.assign(mmu, { quickly: () => false });
    const tables = (): string =>
      [...ptes.keys()].map((n) => cpu.phys.read32(TABLE + 4 * n))
        .concat(cpu.phys.read32(DIR + 4)).join(' ');
    return { mmu, tables };
  });
}
const accesses = fc.array(fc.record({
  la: fc.nat(0x3fff).map((offset) => 0x40_0000 + offset),
  right: fc.constantFrom(...RIGHTS), flush: fc.nat(3),
}), { minLength: 1, maxLength: 12 });

test('the usual walk is the walk', () => {
  fc.assert(fc.property(aMachine, accesses, (machine, all) => {
    const [quick, slow] = pair(machine);
    if (!quick || !slow) throw new Error('a pair has two');
    for (const { la, right, flush } of all) {
      if (flush === 0) for (const m of [quick, slow]) m.mmu.tlb.flush();
      expect(quick.mmu.translate(la, right))
        .toBe(slow.mmu.translate(la, right));
      expect(quick.tables()).toBe(slow.tables());
      expect(quick.mmu.tlb.rightsFor(la))
        .toBe(slow.mmu.tlb.rightsFor(la));
    }
  }), { seed: 4, numRuns: 500 });
});

test('an attempt is a translation, or leaves no trace', () => {
  fc.assert(fc.property(aMachine, accesses, fc.boolean(),
    (machine, all, plain) => {
      const [one, other] = pair(machine);
      if (!one || !other) throw new Error('a pair has two');
      for (const { la, right } of all) {
        const now = (): string =>
          `${one.tables()}, ${one.mmu.tlb.rightsFor(la)}`;
        const before = now();
        const pa = one.mmu.attempt(la, right, () => plain);
        const asked = other.mmu.translate(la, right);
        if (pa < 0) {
          expect(now()).toBe(before);
          expect(asked < 0 || !plain).toBe(true);
          return;
        }
        expect(pa).toBe(asked);
        expect(one.tables()).toBe(other.tables());
      }
    }), { seed: 5, numRuns: 500 });
});

test('a copy misses once for each page, or always', () => {
  const of = (by: number): number =>
    missesOf(new Tlb(8192), copy(by));
  expect(of(4 * MIB)).toBe(32);
  expect(of(32 * MIB)).toBe(2048);
});
