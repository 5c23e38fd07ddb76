import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sharedPhys } from './fast.ts';
import { Views } from './views.ts';
import { ENTRY } from '../../machine/tiers/layout.ts';
import { Cpu } from '../cpu.ts';
import { DIR, entry, TABLE } from '../paging.kit.ts';
import { CR0, CR3, CR4 } from '../state.ts';
import { SYS_READ, SYS_WRITE, USER_READ, USER_WRITE } from '../tlb.ts';

const PAGES = [0, 0x1000, 0x40_0000, 0x80_1000, 0x200_0000, 0x240_1000];
const ASKED = [
  { write: false, user: false, right: SYS_READ },
  { write: true, user: false, right: SYS_WRITE },
  { write: false, user: true, right: USER_READ },
  { write: true, user: true, right: USER_WRITE },
];

/** A processor whose directory's entries share one table. */
function machine() {
  const cpu = new Cpu(sharedPhys(0x10_0000));
  const { tlb } = cpu.memory.mmu;
  const { memory } = cpu.phys;
  if (!memory) throw new Error('this RAM is out of reach');
  const views = new Views(memory, cpu.phys);
  tlb.followers.push(views);
  cpu.state.set(CR0, 0x8001_0001);
  cpu.state.set(CR3, DIR);
  cpu.state.set(CR4, 0x80);
  for (let n = 0; n < 16; n++) entry(cpu, DIR, n, TABLE | 0x27);
  return { cpu, views, tlb };
}
const { cpu, views, tlb } = machine();

/** Whatever generated code may do now, the buffer lets through. */
function sound(): boolean {
  return PAGES.every((la) => ASKED.every(({ write, user, right }) => {
    if (!views.lets(la, write, user)) return true;
    const pa = tlb.lookup(la, right);
    return pa >= 0 && cpu.phys.direct(pa) >= (write ? 3 : 1);
  }));
}

function show(la: number, right: number): void {
  const pa = cpu.memory.mmu.attempt(la, right, () => true);
  if (pa < 0) return;
  views.show(la, pa - (la & 0xfff), tlb.rightsFor(la));
}

const step = fc.record({
  what: fc.constantFrom('show', 'show', 'show', 'translate', 'flush',
    'keep', 'page', 'watch', 'map'),
  page: fc.constantFrom(...PAGES), bits: fc.nat(0x1ff),
  asked: fc.constantFrom(...ASKED), frame: fc.nat(7),
});
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

function take({ what, page, bits, asked, frame }: Step): void {
  const at = 0x8000 + 0x1000 * frame;
  if (what === 'show') show(page, asked.right);
  if (what === 'translate') cpu.memory.mmu.translate(page, asked.right);
  if (what === 'flush') tlb.flush();
  if (what === 'keep') tlb.flush(true);
  if (what === 'page') tlb.flushPage(page);
  if (what === 'watch') cpu.phys.watch(at >>> 12);
  if (what === 'map') {
    entry(cpu, TABLE, page >>> 12 & 0x3ff, at | bits | 0x21);
  }
}

test('a view lets nothing through that the buffer does not', () => {
  fc.assert(fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
    tlb.flush();
    for (let n = 0; n < 8; n++) cpu.phys.unwatch(8 + n);
    for (const each of steps) {
      take(each);
      if (!sound()) throw new Error(`not after ${each.what}`);
    }
  }), { seed: 6, numRuns: 300 });
});

test('the views have the buffer\'s places', () => {
  expect(tlb.size).toBe(ENTRY.COUNT);
});
