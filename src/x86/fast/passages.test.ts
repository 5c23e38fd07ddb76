import { expect, test } from 'vitest';
import { Phys } from '../../machine/phys.ts';
import { Cpu } from '../cpu.ts';
import { RF } from '../flags.ts';
import { assembleProgram } from '../program.ts';
import { reconsider } from '../segment.ts';
import {
  CR0, CR3, CS, EFLAGS, EIP, ESP, flat, GDTR_BASE, GDTR_LIMIT, GPR,
  HALTED, IDTR_BASE, IDTR_LIMIT, SEG, SS, TR,
} from '../state.ts';
import { deliver, interruptReturn } from '../trap.ts';
import { sharedPhys, translate } from './fast.ts';
import {
  type Below, difference, image, numbers, setUp,
} from './gates.kit.ts';
import { SOFT } from './passages.ts';
import { TUNING } from './translator.ts';
import { twinOf } from './twin.ts';

Object.assign(TUNING, { patience: 3, threshold: 50, wait: 500 });

const quick = new Cpu(sharedPhys(0x5000));
const { exports: ways } = translate(quick);
const asNew = quick.state.save();
const missesOf = ({ memory }: Cpu): number =>
  memory.mmu.tlb.counts.misses;

/** Goes the short way; if it is one, the reference must agree. */
function compare(
  seed: number, short: () => number, long: (cpu: Cpu) => void,
): number {
  quick.state.restore(asNew);
  quick.phys.fill(0, 0x5000, 0);
  quick.memory.mmu.tlb.flush();
  const slow = setUp(seed);
  const before = image(setUp(seed, quick));
  quick.commit();
  const [misses, text] = [missesOf(quick), `seed ${seed}`];
  const went = short();
  if (went === 0) {
    expect(difference(image(quick), before), text).toBe(-1);
    return 0;
  }
  long(slow);
  slow.after = 0;
  expect(difference(image(quick), image(slow)), text).toBe(-1);
  expect(missesOf(quick) - misses, text).toBe(missesOf(slow));
  return 1;
}

test('2000 entries: as the reference, or not at all', () => {
  let went = 0;
  for (let seed = 1; seed <= 2000; seed++) {
    const fault = seed % 3 === 0;
    const cause = fault ? 'fault' : 'soft';
    const code = fault && seed % 2 === 0 ? 17 : undefined;
    const event = { vector: 3, code, cause, next: 0x55 } as const;
    went += compare(seed,
      () => ways.entering(3, code ?? -1, fault ? RF : SOFT, 0x55, 0),
      (cpu) => { expect(deliver(cpu, event)).toBe(true); });
  }
  expect(went).toBeGreaterThan(500);
});

test('6000 returns: as the reference, or not at all', () => {
  let went = 0;
  for (let seed = 1; seed <= 6000; seed++) {
    went += compare(seed, () => ways.leaving(0), (cpu) => {
      cpu.evaluator.begin();
      cpu.set(EIP, interruptReturn(cpu, 4, 0));
    });
  }
  expect(went).toBeGreaterThan(500);
});

const PROGRAM = `
        lgdt [gdtr]
        lidt [idtr]
        jmp 0x08:inside
inside: mov eax, 0x10
        mov ss, eax
        mov ds, eax
        mov eax, 0x28
        ltr ax
        push 0x23
        push 0x8f00
        push 0x202
        push 0x1b
        push user
        iretd
call:   push eax
        mov eax, cr3
        mov cr3, eax
        mov eax, 0x3000
        invlpg [eax]
        int 0x21
        pop eax
        iretd
inner:  inc dword ptr [0x3004]
        iretd
step:   and dword ptr [esp+8], 0xfffffeff
        iretd
bad:    inc edx
        add esp, 4
        iretd
`;

const REST = `
gdtr:   .word 0x2f
        .long 0x4000
idtr:   .word 0x10f
        .long 0x4100
        .align 4096
user:   mov eax, 0x23
        mov ds, eax
again:  inc ecx
        int 0x20
        add [0x3000], ecx
        jmp again
`;

const { bytes, symbols } = assembleProgram(PROGRAM + REST,
  { origin: 0x1000, mode: 32 });
const GDT = 0x4000, IDT = 0x4100, TSS = 0x5000, PAGES = 0x9000;
const GATES = [[0x20, 'call', 0xee], [0x21, 'inner', 0xee],
  [1, 'step', 0x8e], [13, 'bad', 0x8e], [14, 'bad', 0x8e]] as const;

/** Pages are where they are; the tables are in pages of their own.
 * Code has a limit or none, and alignment is checked or not. */
function machine(bounded = false, aligned = false): Cpu {
  const cpu = new Cpu(new Phys(0x1_0000));
  const { phys } = cpu;
  flat(cpu.state);
  phys.writeBytes(0x1000, bytes);
  cpu.set(EIP, 0x1000);
  cpu.set(ESP, 0x8000);
  const [last, code] = bounded ? [3, 0xc09b00] : [0xffff, 0xcf9b00];
  [code, 0xcf9300, code | 0x6000, 0xcff300].forEach((kind, n) => {
    phys.write32(GDT + 8 * n + 8, n % 2 === 0 ? last : 0xffff);
    phys.write32(GDT + 8 * n + 12, kind);
  });
  phys.write32(GDT + 0x28, TSS << 16 | 0x67);
  phys.write32(GDT + 0x2c, 0x8900);
  for (const [vector, at, type] of GATES) {
    phys.write32(IDT + 8 * vector, 8 << 16 | (symbols.get(at) ?? 0));
    phys.write32(IDT + 8 * vector + 4, type << 8);
  }
  phys.write32(TSS + 4, 0x7f08);
  phys.write32(TSS + 8, 0x10);
  for (let n = 0; n < 16; n++) phys.write32(PAGES + 4 * n, n << 12 | 7);
  phys.write32(0x6000, PAGES | 7);
  cpu.set(CR3, 0x6000);
  cpu.set(CR0, aligned ? 0x8005_0001 : 0x8001_0001);
  return cpu;
}

type Change = (cpu: Cpu) => void;
/** Something that happens, and how it is mended. */
type Mischief = readonly [Change, Change];

function word(at: number, change: (was: number) => number): Mischief {
  let was = 0;
  return [({ phys }) => {
    was = phys.read32(at);
    phys.write32(at, change(was) >>> 0);
  }, ({ phys }) => phys.write32(at, was)];
}

function field(f: typeof CR0, value: number): Mischief {
  let was = 0;
  return [({ state }) => {
    was = state.get(f);
    state.set(f, value);
  }, ({ state }) => state.set(f, was)];
}

/** A flag; what follows of it for the care that accesses take. */
const flag = (n: number): Mischief => [(cpu) => {
  cpu.evaluator.begin();
  cpu.set(EFLAGS, cpu.get(EFLAGS) | 1 << n);
  reconsider(cpu);
  cpu.commit();
}, () => {}];

/** The same, and no translation is known any more. */
const flushed = ([one, other]: Mischief): Mischief =>
  [one, other].map((change): Change => (cpu) => {
    change(cpu);
    cpu.memory.mmu.tlb.flush();
  }) as [Change, Change];

const pick = (below: Below, ...values: readonly number[]): number =>
  values[below(values.length)] ?? 0;

const flip = (at: number, bits: number): Mischief =>
  word(at, (was) => was ^ bits);
const put = (at: number, value: number): Mischief =>
  word(at, () => value);
const page = (below: Below): Mischief =>
  flip(PAGES + 4 * below(10), pick(below, 1, 2, 4));
const gate = (below: Below): number =>
  IDT + 8 * pick(below, ...GATES.map(([vector]) => vector));

const KINDS: readonly ((below: Below) => Mischief)[] = [
  (below) => flip(GDT + 4 * (2 + below(8)), 1 << below(32)),
  (below) => flip(gate(below) + 4 * below(2), 1 << below(32)),
  (below) => flip(IDT + 0x104, below(4) << 13),
  (below) => put(TSS + 4,
    pick(below, 0x7f0c, 0x800c, 0x8006, 0x3100, 8)),
  (below) => put(TSS + 8, pick(below, 0x10, 0x11, 0x23, 8, 0)),
  (below) => field(GDTR_LIMIT, pick(below, 0x1f, 0x27, 0x0f, 7)),
  (below) => field(IDTR_LIMIT, pick(below, 0x107, 0x10e, 0x77, 0x6f)),
  (below) => field(SEG[TR].base, TSS + 4 * below(3)),
  (below) => field(SEG[TR].limit, below(16)),
  (below) => field(SEG[SS].limit, pick(below, 0x8fff, 0x7fff, 0x7f00)),
  (below) => flag(pick(below, 8, 8, 9, 10, 12, 14, 16, 16, 17, 18)),
  (below) => flip(0x7efc,
    1 << pick(below, 8, 8, 9, 12, 14, 16, 16, 17, 18)),
  page, (below) => flushed(page(below)),
];

const pickKind = (below: Below): ((below: Below) => Mischief) =>
  KINDS[below(KINDS.length)] ?? page;

/** All that can be seen of a machine. */
const seen = (cpu: Cpu) => [cpu.retired, cpu.lastTrap?.vector,
  cpu.lastTrap?.code, missesOf(cpu), ...cpu.state.save()];

const slow = machine();
const both = [slow, twinOf(slow).cpu] as const;

/** Starts both anew. Nobody writes to the pages that code is in. */
function restart(like: Cpu): void {
  for (const cpu of both) {
    cpu.phys.writeBytes(0, like.phys.readBytes(0, 0x1000));
    cpu.phys.writeBytes(0x3000, like.phys.readBytes(0x3000, 0xd000));
    cpu.state.restore(like.state.save());
    cpu.memory.mmu.tlb.flush();
  }
}

function go(n: number): string {
  const [a, b] = both.map((cpu) => cpu.run(cpu.retired + n));
  expect(b).toBe(a);
  expect(seen(both[1])).toEqual(seen(slow));
  return a ?? '';
}

/** At a place of the program, something happens for good. */
const MOMENTS: readonly (readonly [string, Mischief])[] = [
  ...[8, 9, 10, 12, 14, 16, 17, 18].map((n) =>
    ['inner', flip(0x7efc, 1 << n)] as const),
  ['inner', put(GDT + 0x18, 1)], ['inner', put(GDT + 0x20, 0)],
  ['again', put(GDT + 8, 0)], ['again', put(TSS + 4, 0x8008)],
  ['again', flip(IDT + 0x104, 0x6000)],
];

test.each(MOMENTS)('at %s, any time later', (place, [happen]) => {
  for (let n = 1; n < 30; n++) {
    restart(machine(true, true));
    go(2000);
    while (slow.get(EIP) !== symbols.get(place)) go(1);
    both.forEach(happen);
    go(n);
  }
});

/** Plays with the two until they shut down; how long it took. */
function play(below: Below, rounds: number): number {
  restart(machine(below(2) === 0, below(2) === 0));
  go(100 + below(400));
  for (let n = 0; n < rounds; n++) {
    const [happen, mend] = pickKind(below)(below);
    both.forEach(happen);
    if (go(1 + below(60)) === 'shutdown') return n;
    both.forEach(mend);
    if (go(1 + below(200)) === 'shutdown') return n;
  }
  const [a, b] = both.map(({ phys }) => phys.readBytes(0, 0x1_0000));
  expect(b).toEqual(a);
  return rounds;
}

test('tables and flags change between passages', () => {
  let rounds = 0;
  for (let seed = 1; seed <= 120; seed++) {
    rounds += play(numbers(seed), 40);
  }
  expect(rounds).toBeGreaterThan(500);
});

test('where nothing happens, nothing is left to the reference', () => {
  const { cpu, translator: { counts } } = twinOf(machine());
  cpu.run(20_000);
  const { foreign } = counts;
  cpu.run(50_000);
  expect(counts.foreign).toBe(foreign);
});

test.each([
  ['int 0x21', [0xcd, 0x21]], ['iretd', [0xcf]],
  ['mov cr3, eax', [0x0f, 0x22, 0xd8]],
  ['invlpg [eax]', [0x0f, 0x01, 0x38]],
])('lock %s is undefined', (_, code) => {
  const slow = machine();
  const { phys } = slow;
  phys.writeBytes(0x7000, Uint8Array.from([0xf0, ...code, 0xf4]));
  phys.write32(IDT + 8 * 6, 8 << 16 | 0x7100);
  phys.write32(IDT + 8 * 6 + 4, 0x8e00);
  phys.writeBytes(0x7100, Uint8Array.from([0xf4]));
  [0x7200, 8, 2].forEach((n, at) => phys.write32(0x8000 + 4 * at, n));
  phys.writeBytes(0x7200, Uint8Array.from([0xf4]));
  const registers = [[EIP, 0x7000], [GDTR_BASE, GDT], [IDTR_BASE, IDT],
    [GDTR_LIMIT, 0x2f], [IDTR_LIMIT, 0x10f], [SEG[CS].selector, 8],
    [GPR[0], 0x6000], [ESP, 0x8000]] as const;
  const { cpu } = twinOf(slow);
  for (const one of [slow, cpu, slow, cpu]) {
    one.state.set(HALTED, 0);
    for (const [f, value] of registers) one.state.set(f, value);
    one.run(one.retired + 100);
    expect([one.lastTrap?.vector, one.get(EIP)]).toEqual([6, 0x7101]);
  }
});
