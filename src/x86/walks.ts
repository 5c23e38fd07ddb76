import { Mmu, PAE } from './paging.ts';
import { DIR, entry, PAGE0, paged, TABLE } from './paging.kit.ts';
import { PDPTE } from './state.ts';
import { SYS_READ, SYS_WRITE } from './tlb.ts';

const PAGES = 64, FROM = 0x40_0000;

/** Tables for the pages: two of them, or three with wide entries. */
function machine(wide: boolean) {
  const cpu = paged(wide ? PAE : 0);
  const as = wide ? BigInt : Number;
  cpu.state.i64[PDPTE[0].id] = BigInt(DIR | 1);
  entry(cpu, DIR, wide ? 2 : 1, as(TABLE | 7));
  for (let n = 0; n < PAGES; n++) {
    entry(cpu, TABLE, n, as((PAGE0 + 0x1000 * n) | 7));
  }
  return cpu;
}

/** A unit that walks there, and what it asked of storage. */
function counting(wide: boolean) {
  const { phys, state } = machine(wide);
  const counts = { reads: 0, writes: 0 };
  const read32 = (at: number): number => {
    counts.reads++;
    return phys.read32(at);
  };
  const write32 = (at: number, value: number): void => {
    counts.writes++;
    phys.write32(at, value);
  };
  return { mmu: new Mmu({ phys: { read32, write32 }, state }), counts };
}

const steps = [
  ['read', SYS_READ], ['flush, read', SYS_READ],
  ['write', SYS_WRITE], ['flush, write', SYS_WRITE],
] as const;

for (const wide of [false, true]) {
  const { mmu, counts } = counting(wide);
  console.log(wide ? 'wide entries' : 'narrow entries');
  for (const [name, right] of steps) {
    if (name.startsWith('flush')) mmu.tlb.flush();
    const before = { ...counts, misses: mmu.tlb.counts.misses };
    for (let n = 0; n < PAGES; n++) {
      mmu.translate(FROM + 0x1000 * n, right);
    }
    console.log(`  ${name.padEnd(14)}`
      + `${mmu.tlb.counts.misses - before.misses} walks, `
      + `${counts.reads - before.reads} words read, `
      + `${counts.writes - before.writes} written`);
  }
}
