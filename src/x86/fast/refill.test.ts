import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Phys } from '../../machine/phys.ts';
import { TYPES } from '../../machine/tiers/dispatcher.ts';
import { AT } from '../../machine/tiers/layout.ts';
import { Body } from '../../machine/wasm/body.ts';
import { Cpu } from '../cpu.ts';
import { DIR, entry, PAGE0, TABLE } from '../paging.kit.ts';
import { PAE, PG, PGE, PSE, WP } from '../paging.ts';
import { assembleProgram } from '../program.ts';
import { CPL, CR0, CR3, CR4, EIP, GPR, PDPTE } from '../state.ts';
import { SYS_READ, SYS_WRITE } from '../tlb.ts';
import { sharedPhys, translate } from './fast.ts';
import { MISS, Translator } from './translator.ts';

const RAM = 0x10_0000, FROM = 0x40_0000;
const BITS = [1, 2, 4, 0x20, 0x40, 0x80, 0x100];

/** An entry: usual, or usual but for a few bits. */
const anEntry = fc.tuple(fc.nat(0x7f), fc.nat(2)).map(([bits, odd]) =>
  BITS.reduce((all, bit, n) =>
    odd === 0 && bits >> n & 1 ? all ^ bit : all, 0x27));
const aMachine = fc.record({
  wide: fc.boolean(), paged: fc.nat(9).map((n) => n > 0),
  cr4: fc.constantFrom(0, PSE, PGE, PSE | PGE), wp: fc.boolean(),
  top: fc.constantFrom(1n, 1n, 1n, 0n, 1n << 32n), pde: anEntry,
  ptes: fc.array(anEntry, { minLength: 4, maxLength: 4 }),
  high: fc.constantFrom(0n, 0n, 0n, 1n, 1n << 31n),
  watched: fc.nat(3).map((n) => n === 0),
});
type Machine = typeof aMachine extends fc.Arbitrary<infer M>
  ? M : never;

function setUp(cpu: Cpu, machine: Machine): void {
  const { wide, paged, cr4, wp, top, pde, ptes, high } = machine;
  const as = wide ? BigInt : Number;
  cpu.state.set(CR3, DIR);
  cpu.state.set(CR4, cr4 | (wide ? PAE : 0));
  cpu.state.set(CR0, 1 | (wp ? WP : 0) | (paged ? PG : 0));
  cpu.state.i64[PDPTE[0].id] = BigInt(DIR) | top;
  entry(cpu, DIR, wide ? 2 : 1, as(TABLE | pde));
  ptes.forEach((pte, n) => {
    const frame = n < 3 ? PAGE0 + 0x1000 * n : RAM;
    const word = as(frame | pte);
    entry(cpu, TABLE, n,
      typeof word === 'bigint' && n === 2 ? word | high << 32n : word);
  });
  if (machine.watched) cpu.phys.watch(TABLE >>> 12);
  else cpu.phys.unwatch(TABLE >>> 12);
  cpu.memory.mmu.tlb.flush();
}

/** All that an access may have changed. */
function traces({ phys, memory }: Cpu): string {
  const { tlb } = memory.mmu;
  const rights = [0, 1, 2, 3].map((n) =>
    tlb.rightsFor(FROM + n * 0x1000));
  const tables = [...phys.readBytes(DIR, 0x40),
    ...phys.readBytes(TABLE, 0x40)];
  return [...rights, tlb.counts.misses, ...tables].join(' ');
}

const quick = new Cpu(sharedPhys(RAM));
const translator = new Translator(quick, quick.phys);
const slow = new Cpu(new Phys(RAM));

/** Lets TypeScript miss: calls what handlers import. */
function asker(): Body {
  const f = new Body(3);
  for (const n of [0, 1, 2]) f.getLocal(n);
  f.noVector();
  f.call(0);
  return f;
}

const { miss } = translator.instantiate(
  [{ type: TYPES.miss, body: asker(), name: 'miss' }], [MISS]) as {
  miss: (va: number, bytes: number, how: number) => number;
};
const access = fc.record({
  page: fc.nat(3), offset: fc.constantFrom(0, 8, 0xffc, 0xffe),
  write: fc.boolean(), itself: fc.boolean(), flush: fc.nat(3),
});
type Access = typeof access extends fc.Arbitrary<infer A> ? A : never;

/** Whether the access may go on, quickly; and where it is, slowly. */
function both({ page, offset, write, itself }: Access, user: boolean) {
  const va = FROM + 0x1000 * page + offset;
  const how = (write ? 1 : 0) | (itself ? 2 : 0);
  const right = (write ? SYS_WRITE : SYS_READ)
    << (user && !itself ? 2 : 0);
  translator.arena.set(AT.view, user ? AT.user : AT.system);
  return { went: miss(va, 4, how) === 1,
    late: () => quick.memory.mmu.translate(va, right),
    pa: offset > 0xffc ? -1 : slow.memory.mmu.translate(va, right) };
}

test('what is refilled is what the reference would find', () => {
  let usual = 0;
  const accesses = fc.array(access, { minLength: 1, maxLength: 12 });
  fc.assert(fc.property(aMachine, accesses, fc.boolean(),
    (machine, all, user) => {
      for (const cpu of [quick, slow]) setUp(cpu, machine);
      quick.state.set(CPL, user ? 3 : 0);
      for (const one of all) {
        if (one.flush === 0) {
          for (const cpu of [quick, slow]) cpu.memory.mmu.tlb.flush();
        }
        const before = translator.counts.misses;
        const old = traces(quick);
        const { went, pa, late } = both(one, user);
        if (!machine.watched) expect(went).toBe(pa >= 0 && pa < RAM);
        if (!went) expect(traces(quick)).toBe(old);
        if (!went && pa >= 0) late();
        if (translator.counts.misses === before) usual++;
        if (pa < 0 && one.offset <= 0xffc) return;
        expect(traces(quick)).toBe(traces(slow));
      }
    }), { seed: 11, numRuns: 1500 });
  expect(usual).toBeGreaterThan(800);
});

test('a line that is held down', () => {
  const { bytes } = assembleProgram(`
    mov ecx, 1000
again: mov eax, [0x100010]
    loop again
    hlt`, { origin: 0x1000 });
  const read = (held: boolean): number => {
    const cpu = new Cpu(sharedPhys(2 * RAM));
    translate(cpu);
    cpu.phys.writeBytes(0x1000, bytes);
    cpu.phys.write32(0x10, 5);
    cpu.phys.write32(0x10_0010, 6);
    cpu.set(EIP, 0x1000);
    cpu.memory.mmu.a20 = !held;
    cpu.run(1500);
    cpu.memory.mmu.tlb.flush();
    cpu.run(5000);
    return cpu.get(GPR[0]);
  };
  expect([read(true), read(false)]).toEqual([5, 6]);
});
