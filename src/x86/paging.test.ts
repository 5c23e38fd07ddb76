import { expect, test } from 'vitest';
import { entry, DIR, PAGE0, paged, ring, TABLE } from './paging.kit.ts';
import { CR0, CR2, CR3, CR4, PDPTE } from './state.ts';

const asked = [
  ['r', 'sys'], ['w', 'sys'], ['r', 'user'], ['w', 'user'],
] as const;

/** By W and U of both levels together: 0, W, U, WU. */
const STRICT = ['+---', '++--', '+-+-', '++++'];
const LOOSE = ['++--', '++--', '+++-', '++++'];

test.each([
  [0x8001_0001, STRICT], [0x8000_0001, LOOSE],
])('who may read and write, CR0 = %i', (cr0, rows) => {
  for (let way = 0; way < 16; way++) {
    const pde = way & 3, pte = way >> 2;
    const got = asked.map(([intent, priv]) => {
      const cpu = paged(0, cr0);
      entry(cpu, DIR, 0, TABLE | pde << 1 | 1);
      entry(cpu, TABLE, 0, PAGE0 | pte << 1 | 1);
      const pa = cpu.translate(0, intent, priv);
      const code = (intent === 'w' ? 2 : 0)
        | (priv === 'user' ? 4 : 0) | 1;
      expect([PAGE0, -1 - code]).toContain(pa);
      return pa < 0 ? '-' : '+';
    });
    expect([way, got.join('')]).toEqual([way, rows[pde & pte]]);
  }
});

const marks = (cpu: ReturnType<typeof paged>) => [
  cpu.phys.read32(DIR) & 0x60, cpu.phys.read32(TABLE) & 0x60,
];

test('accessed and dirty', () => {
  const cpu = paged();
  expect(cpu.translate(0, 'w', 'user')).toBe(-1 - 6);
  entry(cpu, DIR, 0, TABLE | 7);
  expect(cpu.translate(0, 'r', 'sys')).toBe(-1);
  expect(marks(cpu)).toEqual([0, 0]);
  entry(cpu, TABLE, 0, PAGE0 | 5);
  expect(cpu.translate(0, 'w', 'sys')).toBe(-1 - 3);
  expect(marks(cpu)).toEqual([0, 0]);
  expect(cpu.translate(0x123, 'r', 'sys')).toBe(PAGE0 + 0x123);
  expect(marks(cpu)).toEqual([0x20, 0x20]);
  entry(cpu, TABLE, 0, PAGE0 | 7);
  expect(cpu.translate(0, 'r', 'user')).toBe(PAGE0);
  expect(marks(cpu)).toEqual([0x20, 0]);
});

test('a first write marks, a second one does not look', () => {
  const cpu = paged();
  entry(cpu, DIR, 0, TABLE | 7);
  entry(cpu, TABLE, 0, PAGE0 | 7);
  cpu.translate(0, 'r', 'user');
  expect(marks(cpu)).toEqual([0x20, 0x20]);
  cpu.translate(0, 'w', 'user');
  expect(marks(cpu)).toEqual([0x20, 0x60]);
  entry(cpu, TABLE, 0, PAGE0 | 7);
  cpu.translate(0, 'w', 'user');
  expect(marks(cpu)).toEqual([0x20, 0]);
});

test('pages of 4 MiB', () => {
  const old = paged();
  entry(old, DIR, 1, TABLE | 0x87);
  entry(old, TABLE, 3, PAGE0 | 7);
  expect(old.translate(0x40_3004, 'r', 'user')).toBe(PAGE0 + 4);
  const cpu = paged(0x10);
  entry(cpu, DIR, 1, 0x0080_0087);
  expect(cpu.translate(0x40_3004, 'w', 'user')).toBe(0x80_3004);
  expect(cpu.phys.read32(DIR + 4)).toBe(0x0080_00e7);
  entry(cpu, DIR, 2, 0x0080_0087 | 0x1e_2000);
  expect(cpu.translate(0x80_0001, 'r', 'sys'))
    .toBe(0xf1 * 2 ** 32 + 0x80_0001);
  entry(cpu, DIR, 3, 0x00a0_0087);
  expect(cpu.translate(0xc0_0000, 'w', 'user')).toBe(-1 - 15);
});

import type { Cpu } from './cpu.ts';
import { writeControl } from './system.ts';

const writeCr0 = (cpu: Cpu, v: number) => writeControl(cpu, 0, v);
const writeCr3 = (cpu: Cpu, v: number) => writeControl(cpu, 3, v);
const writeCr4 = (cpu: Cpu, v: number) => writeControl(cpu, 4, v);

const wideCpu = () => {
  const cpu = paged(0x20);
  entry(cpu, DIR, 0, 0x2001n);
  entry(cpu, TABLE, 0, 0x3007n);
  entry(cpu, 0x3000, 5, 0x8007n);
  writeCr3(cpu, DIR);
  return cpu;
};

test('pointers are loaded with CR3 and kept', () => {
  const cpu = wideCpu();
  expect(cpu.translate(0x5678, 'w', 'user')).toBe(0x8678);
  entry(cpu, DIR, 0, 0n);
  cpu.memory.mmu.tlb.flush();
  expect(cpu.translate(0x5678, 'w', 'user')).toBe(0x8678);
  expect(cpu.phys.read32(0x2000)).toBe(0x3027);
  expect(cpu.phys.read32(0x3028)).toBe(0x8067);
  writeCr3(cpu, DIR);
  expect(cpu.translate(0x5678, 'r', 'sys')).toBe(-1);
});

test.each([1, 2, 5, 6, 7, 8, 52, 57, 63])(
  'bit %i of a present pointer is reserved', (bit) => {
    const cpu = wideCpu();
    entry(cpu, DIR + 0x20, 2, 0x2001n | 1n << BigInt(bit));
    expect(() => writeCr3(cpu, DIR + 0x20)).toThrow();
    expect(cpu.evaluator.pending).toMatchObject(
      { vector: 13, code: 0 });
    expect(cpu.get(CR3)).toBe(DIR);
    expect(cpu.state.i64[PDPTE[0].id]).toBe(0x2001n);
    entry(cpu, DIR + 0x20, 2, 0x2000n | 1n << BigInt(bit));
    writeCr3(cpu, DIR + 0x20);
    expect(cpu.get(CR3)).toBe(DIR + 0x20);
  });

const HIGH = Array.from({ length: 12 }, (_, n) => 52 + n);

test.each(HIGH)('bit %i of a wide entry is reserved', (bit) => {
  const bad = 1n << BigInt(bit);
  const cpu = wideCpu();
  entry(cpu, 0x3000, 6, 0x8007n | bad);
  expect(cpu.translate(0x6000, 'r', 'user')).toBe(-1 - 13);
  entry(cpu, 0x3000, 6, 0x8006n | bad);
  expect(cpu.translate(0x6000, 'r', 'user')).toBe(-1 - 4);
  entry(cpu, TABLE, 1, 0x3007n | bad);
  expect(cpu.translate(0x20_5000, 'w', 'sys')).toBe(-1 - 11);
});

test('pages of 2 MiB', () => {
  const cpu = wideCpu();
  entry(cpu, TABLE, 1, 0x0060_0087n);
  expect(cpu.translate(0x21_2345, 'w', 'user')).toBe(0x61_2345);
  expect(cpu.phys.read32(TABLE + 8)).toBe(0x0060_00e7);
  for (let bit = 13; bit < 21; bit++) {
    entry(cpu, TABLE, 2, 0x0060_0087n | 1n << BigInt(bit));
    expect(cpu.translate(0x40_0000, 'r', 'sys')).toBe(-1 - 9);
  }
});

test.each(Array.from({ length: 20 }, (_, n) => 32 + n))(
  'physical bit %i', (bit) => {
    const cpu = wideCpu();
    cpu.phys.write32(0x8000, 0x1234_5678);
    entry(cpu, 0x3000, 7, 0x8007n | 1n << BigInt(bit));
    const pa = cpu.translate(0x7000, 'w', 'sys');
    expect(pa).toBe(2 ** bit + 0x8000);
    expect(cpu.load(0x7000, 32, 'sys')).toBe(0xffff_ffff);
    cpu.store(0x7000, 0, 32, 'sys');
    expect(cpu.phys.read32(0x8000)).toBe(0x1234_5678);
    entry(cpu, TABLE, 3, 0x3007n | 1n << BigInt(bit));
    expect(cpu.translate(0x60_5000, 'r', 'sys')).toBe(-1 - 9);
  });

const flat4 = (cr4: number, global: number) => {
  const cpu = paged(cr4);
  entry(cpu, DIR, 0, TABLE | 7);
  for (let n = 0; n < 8; n++) {
    entry(cpu, TABLE, n, PAGE0 + 0x1000 * n | 7 | global);
    cpu.translate(0x1000 * n, 'r', 'sys');
    entry(cpu, TABLE, n, 0);
  }
  return cpu;
};
const stale = (cpu: ReturnType<typeof paged>) =>
  [0, 1, 2, 3].filter((n) =>
    cpu.translate(0x1000 * n, 'r', 'sys') >= 0);

test('stale entries live until they are flushed', () => {
  const cpu = flat4(0, 0);
  expect(stale(cpu)).toEqual([0, 1, 2, 3]);
  cpu.memory.mmu.tlb.flushPage(0x2fff);
  expect(stale(cpu)).toEqual([0, 1, 3]);
  writeCr3(cpu, DIR);
  expect(stale(cpu)).toEqual([]);
});

test('global pages outlive CR3, not CR4', () => {
  const cpu = flat4(0x80, 0x100);
  writeCr3(cpu, DIR);
  expect(stale(cpu)).toEqual([0, 1, 2, 3]);
  cpu.memory.mmu.tlb.flushPage(0x1000);
  expect(stale(cpu)).toEqual([0, 2, 3]);
  writeCr4(cpu, 0);
  expect(stale(cpu)).toEqual([]);
  const without = flat4(0, 0x100);
  writeCr3(without, DIR);
  expect(stale(without)).toEqual([]);
});

test('all pieces of a large page are forgotten together', () => {
  const cpu = paged(0x10);
  entry(cpu, DIR, 0, 0x87);
  for (let n = 0; n < 4; n++) cpu.translate(n << 12, 'r', 'sys');
  entry(cpu, DIR, 0, 0);
  expect(stale(cpu)).toEqual([0, 1, 2, 3]);
  cpu.memory.mmu.tlb.flushPage(0x3f_f000);
  expect(stale(cpu)).toEqual([]);
});

test('a fault forgets its page', () => {
  const cpu = flat4(0, 0);
  expect(cpu.translate(0x1000, 'w', 'sys')).toBe(-1 - 2);
  expect(stale(cpu)).toEqual([0, 2, 3]);
});

test('more rights are found without a flush', () => {
  const cpu = paged();
  entry(cpu, DIR, 0, TABLE | 7);
  entry(cpu, TABLE, 0, PAGE0 | 1);
  expect(cpu.translate(0, 'r', 'sys')).toBe(PAGE0);
  expect(cpu.translate(0, 'w', 'user')).toBe(-1 - 7);
  entry(cpu, TABLE, 0, PAGE0 | 7);
  expect(cpu.translate(0, 'w', 'user')).toBe(PAGE0);
});

test.each([
  ['paging without protection', writeCr0, 0x8000_0000],
  ['NW without CD', writeCr0, 0x2000_0001],
  ['CR4 bit 11', writeCr4, 0x800],
  ['CR4 bit 31', writeCr4, 0x8000_0000],
] as const)('%s is refused', (_name, write, value) => {
  const cpu = paged(0, 0x11);
  const before = cpu.state.save();
  expect(() => write(cpu, value)).toThrow();
  expect(cpu.evaluator.pending).toMatchObject({ vector: 13, code: 0 });
  expect(cpu.state.save()).toEqual(before);
});

test('CR0 drops undefined bits and keeps ET', () => {
  const cpu = paged(0, 0x11);
  writeCr0(cpu, 0x1ffa_ffc1);
  expect(cpu.get(CR0)).toBe(0x11);
});

test('switching paging on with PAE loads the pointers', () => {
  const cpu = paged(0x20, 0x11);
  entry(cpu, DIR, 3, 0x2003n);
  expect(() => writeCr0(cpu, 0x8000_0011)).toThrow();
  expect(cpu.get(CR0)).toBe(0x11);
  entry(cpu, DIR, 3, 0x2001n);
  writeCr0(cpu, 0x8000_0011);
  expect(cpu.state.i64[PDPTE[3].id]).toBe(0x2001n);
  expect(cpu.get(CR4)).toBe(0x20);
});

test('a store to two pages happens or does not', () => {
  const cpu = ring(paged(), 3);
  entry(cpu, DIR, 0, TABLE | 7);
  entry(cpu, TABLE, 0, PAGE0 | 7);
  entry(cpu, TABLE, 1, PAGE0 + 0x5000 | 5);
  expect(() => cpu.store(0xffe, 0xaabb_ccdd, 32, 'cpl')).toThrow();
  expect(cpu.evaluator.pending).toMatchObject({ vector: 14, code: 7 });
  expect(cpu.get(CR2)).toBe(0x1000);
  expect(cpu.phys.read16(PAGE0 + 0xffe)).toBe(0);
  entry(cpu, TABLE, 1, PAGE0 + 0x5000 | 7);
  cpu.store(0xffe, 0xaabb_ccdd, 32, 'cpl');
  expect(cpu.phys.read16(PAGE0 + 0xffe)).toBe(0xccdd);
  expect(cpu.phys.read16(PAGE0 + 0x5000)).toBe(0xaabb);
  expect(cpu.load(0xffd, 32, 'cpl')).toBe(0xbbcc_dd00);
});

test('the processor itself is a supervisor in ring 3', () => {
  const cpu = ring(paged(), 3);
  entry(cpu, DIR, 0, TABLE | 7);
  entry(cpu, TABLE, 0, PAGE0 | 3);
  expect(cpu.load(0, 32, 'sys')).toBe(0);
  expect(() => cpu.load(0, 32, 'cpl')).toThrow();
  expect(() => ring(cpu, 2).load(0, 32, 'cpl')).not.toThrow();
});

import { EAX, EIP } from './state.ts';

function executed(cpu: ReturnType<typeof paged>, eip: number): number {
  cpu.state.set(EIP, eip);
  cpu.step();
  return cpu.get(EAX);
}

test('decoded instructions follow the physical page', () => {
  const cpu = paged();
  entry(cpu, DIR, 0, TABLE | 7);
  entry(cpu, TABLE, 0, PAGE0 | 7);
  entry(cpu, TABLE, 1, PAGE0 + 0x1000 | 7);
  cpu.phys.writeBytes(PAGE0, Uint8Array.of(0xb8, 1, 0, 0, 0));
  cpu.phys.writeBytes(PAGE0 + 0x1000, Uint8Array.of(0xb8, 2, 0, 0, 0));
  expect(executed(cpu, 0)).toBe(1);
  expect(executed(cpu, 0x1000)).toBe(2);
  entry(cpu, TABLE, 0, PAGE0 + 0x1000 | 7);
  expect(executed(cpu, 0)).toBe(1);
  cpu.memory.mmu.tlb.flushPage(0);
  expect(executed(cpu, 0)).toBe(2);
  cpu.store(0x1001, 3, 8, 'cpl');
  expect(executed(cpu, 0)).toBe(3);
});

test('an instruction across pages is put together anew', () => {
  const cpu = paged();
  entry(cpu, DIR, 0, TABLE | 7);
  [0, 1, 2].forEach((n) =>
    entry(cpu, TABLE, n, PAGE0 + 0x1000 * n | 7));
  cpu.phys.writeBytes(PAGE0 + 0xffe, Uint8Array.of(0xb8, 1));
  cpu.phys.write8(PAGE0 + 0x2000, 9);
  expect(executed(cpu, 0xffe)).toBe(1);
  entry(cpu, TABLE, 1, PAGE0 + 0x2000 | 7);
  cpu.memory.mmu.tlb.flushPage(0x1000);
  expect(executed(cpu, 0xffe)).toBe(0x901);
});

const run1 = (cpu: ReturnType<typeof paged>, ...code: number[]) => {
  cpu.phys.writeBytes(0x6000, Uint8Array.from(code));
  cpu.state.set(EIP, 0x6000);
  cpu.step();
  return cpu.lastTrap;
};

test('mov with control registers', () => {
  const cpu = paged(0, 0x11);
  cpu.state.set(EAX, 0x1234_5000);
  expect(run1(cpu, 0x0f, 0x22, 0xd8)).toBeUndefined();
  expect(cpu.get(CR3)).toBe(0x1234_5000);
  expect(run1(cpu, 0x0f, 0x22, 0xd0)).toBeUndefined();
  expect(run1(cpu, 0x0f, 0x20, 0xc0)).toBeUndefined();
  expect(cpu.get(EAX)).toBe(0x11);
  expect(run1(cpu, 0x0f, 0x20, 0xd0)).toBeUndefined();
  expect(cpu.get(EAX)).toBe(0x1234_5000);
  expect(run1(cpu, 0x0f, 0x01, 0x38)).toBeUndefined();
  expect(run1(cpu, 0x0f, 0x20, 0xc8)?.vector).toBe(6);
});

test.each([1, 2, 3])('not in ring %i', (cpl) => {
  for (const code of [[0x0f, 0x22, 0xd8], [0x0f, 0x20, 0xd8],
    [0x0f, 0x01, 0x38]]) {
    const cpu = ring(paged(0, 0x11), cpl);
    expect(run1(cpu, ...code)).toMatchObject({ vector: 13, code: 0 });
  }
});

import { assembleProgram } from './program.ts';
import { setSegment } from './segment.ts';
import { DS, ES, ESP, ESI, EDI, CS, SS } from './state.ts';

const X = 0x20000;

/** Storage mapped one to one for all, and X as `grants` says. */
function bench(cpl: number, wp: string, grants: string) {
  const cr0 = wp === '1' ? 0x8001_0001 : 0x8000_0001;
  const cpu = ring(paged(0, cr0), cpl);
  entry(cpu, DIR, 0, TABLE | 7);
  for (let n = 0; n < 0x20; n++) entry(cpu, TABLE, n, n << 12 | 7);
  const bits = (grants.includes('W') ? 2 : 0)
    | (grants.includes('U') ? 4 : 0) | (grants === '-' ? 0 : 1);
  entry(cpu, TABLE, 0x20, X | bits);
  const all = { base: 0, limit: 0xffff_ffff };
  const dpl = cpl << 5;
  setSegment(cpu, CS, 8 | cpl, { ...all, rights: 0xc09b | dpl });
  for (const s of [DS, ES, SS]) {
    setSegment(cpu, s, 16 | cpl, { ...all, rights: 0xc093 | dpl });
  }
  cpu.evaluator.commit();
  return cpu;
}

/** The error code of the page fault of an instruction, or ok. */
function outcome(cpu: Cpu, text: string): string {
  const { bytes } = assembleProgram(text,
    { origin: 0x6000, mode: 32, symbols: { X } });
  cpu.phys.writeBytes(0x6000, bytes);
  for (const field of [ESI, EDI, ESP]) cpu.state.set(field, X);
  cpu.state.set(EIP, 0x6000);
  cpu.step();
  if (!cpu.lastTrap && cpu.get(EIP) === X) cpu.step();
  const trap = cpu.lastTrap;
  if (!trap) return 'ok';
  return trap.vector === 14 && cpu.get(CR2) >= X - 4
    ? String(trap.code) : `vector ${trap.vector}`;
}

const rows = (text: string) => text.trim().split('\n')
  .map((row) => row.split('|').map((cell) => cell.trim()));

test.each(rows(`
  3 | 1 | -   | mov eax,[X]            | 4
  3 | 1 | -   | mov [X],eax            | 6
  3 | 1 | W   | mov eax,[X]            | 5
  3 | 1 | W   | mov [X],eax            | 7
  3 | 1 | U   | mov eax,[X]            | ok
  3 | 1 | U   | mov [X],eax            | 7
  3 | 0 | U   | mov [X],eax            | 7
  3 | 1 | WU  | mov [X],eax            | ok
  2 | 1 | W   | mov [X],eax            | ok
  1 | 1 | W   | mov eax,[X]            | ok
  0 | 1 | -   | mov eax,[X]            | 0
  0 | 1 | -   | mov [X],eax            | 2
  0 | 1 | U   | mov [X],eax            | 3
  2 | 1 | 0   | mov [X],eax            | 3
  0 | 0 | U   | mov [X],eax            | ok
  0 | 0 | 0   | mov [X],eax            | ok
  0 | 1 | 0   | mov eax,[X]            | ok
  3 | 1 | W   | jmp X                  | 5
  3 | 1 | -   | jmp X                  | 4
  0 | 1 | -   | jmp X                  | 0
`))('ring %s, WP %s, grants %s: %s', (cpl, wp, grants, text, want) => {
  const cpu = bench(Number(cpl), wp ?? '', grants ?? '');
  expect(outcome(cpu, text ?? '')).toBe(want);
});

test.each(rows(`
  test [X],eax | ok
  cmp [X],eax | ok
  bt DWORD PTR [X],1 | ok
  push DWORD PTR [X] | 7
  pop eax | ok
  popad | ok
  lodsb | ok
  movzx eax,BYTE PTR [X] | ok
  lea eax,[X] | ok
  imul eax,[X] | ok
  div DWORD PTR [X+4] | vector 0
  add [X],eax | 7
  inc DWORD PTR [X] | 7
  not DWORD PTR [X] | 7
  shl DWORD PTR [X],1 | 7
  bts DWORD PTR [X],1 | 7
  xchg [X],eax | 7
  lock add [X],eax | 7
  cmpxchg [X],ecx | 7
  xadd [X],eax | 7
  cmpxchg8b QWORD PTR [X] | 7
  setz BYTE PTR [X] | 7
  stosb | 7
  movsb | 7
  push eax | 7
  pusha | 7
  call X+16 | 7
  enter 0,0 | 7
  sgdt [X] | 7
`))('reading or writing: %s', (text = '', want) => {
  const cpu = bench(3, '1', 'U');
  entry(cpu, TABLE, 0x1f, 0x1f005);
  expect(outcome(cpu, text)).toBe(want);
});

import { GDTR_BASE, GDTR_LIMIT } from './state.ts';

test.each([['W', 'vector 13'], ['-', '0']])(
  'a descriptor in a page that grants %s', (grants, want) => {
    const cpu = bench(3, '1', grants);
    cpu.state.set(GDTR_BASE, X);
    cpu.state.set(GDTR_LIMIT, 0xff);
    cpu.state.set(EAX, 0x13);
    expect(outcome(cpu, 'mov ds,eax')).toBe(want);
  });

import fc from 'fast-check';
import { faultCode, granted, walk } from './paging.ts';

test('the buffer agrees with the walk', () => {
  const word = fc.integer({ min: 0, max: 0x7fff_ffff });
  fc.assert(fc.property(
    fc.constantFrom(0, 0x10, 0x20, 0xb0), fc.boolean(),
    fc.array(word, { minLength: 64, maxLength: 64 }),
    fc.array(fc.tuple(fc.nat(63), fc.constantFrom(...asked)),
      { minLength: 8, maxLength: 8 }),
    (cr4, wp, noise, accesses) => {
      const cpu = paged(cr4, wp ? 0x8001_0001 : 0x8000_0001);
      noise.forEach((bits, n) => {
        cpu.phys.write32(DIR + 4 * n, bits & 0x7fff | TABLE);
        cpu.phys.write32(TABLE + 4 * n, bits >>> 7 & 0x7fff);
      });
      cpu.evaluator.set(PDPTE[0], 0x1001n as never);
      for (const [page, [intent, priv]] of accesses) {
        const la = page << 12 | 0x10;
        const write = intent === 'w', user = priv === 'user';
        const way = walk(cpu.memory.mmu.tables, la);
        const code = faultCode(way, { write, user }, wp);
        const want = code !== undefined ? -1 - code
          : (way.page ?? 0) + (la & (way.size - 1));
        expect(cpu.translate(la, intent, priv)).toBe(want);
        expect(granted(way)).toBe(granted(way) & 6);
      }
    },
  ), { seed: 1, numRuns: 300 });
});
