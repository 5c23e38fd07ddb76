import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { load } from './bare.ts';
import { covers, type Extent, unpack } from './descriptor.ts';
import { checkAccess, setSegment } from './segment.ts';
import { CR0, DS, EAX, ESP, SEG } from './state.ts';
import { watch } from './watch.ts';

test('a flat descriptor covers everything', () => {
  const flat = unpack(0x0000_ffff, 0x00cf_9200);
  expect(flat).toEqual(
    { base: 0, limit: 0xffff_ffff, rights: 0xc092 });
});

test('a base is gathered from three places', () => {
  const { base, limit } = unpack(0x5678_1234, 0xab4f_92cd);
  expect([base, limit]).toEqual([0xabcd_5678, 0xf_1234]);
});

test.each([
  ['up, last byte', 0x93, 0xfff, 0xfff, 1, true],
  ['up, one too many', 0x93, 0xfff, 0xffd, 4, false],
  ['down, first byte', 0x97, 0xfff, 0x1000, 1, true],
  ['down, below', 0x97, 0xfff, 0xfff, 1, false],
  ['down, 16 bits', 0x97, 0xfff, 0xfffe, 4, false],
  ['down, 32 bits', 0x4097, 0xfff, 0xfffe, 4, true],
] as const)('%s', (_name, rights, limit, offset, bytes, inside) => {
  expect(covers({ base: 0, limit, rights }, offset, bytes))
    .toBe(inside);
});

/** Whether the exact check admits an access through DS. */
function admits(e: Extent, offset: number, bytes: number): boolean {
  const cpu = load('nop');
  cpu.state.set(CR0, 1);
  setSegment(cpu, DS, 0, e);
  cpu.evaluator.begin();
  try {
    checkAccess(cpu, DS, offset, bytes, false);
    return true;
  } catch {
    return false;
  }
}

test('what the bound admits, the rules admit', () => {
  const kinds = fc.constantFrom(0x93, 0x97, 0x91, 0x99, 0x9b, 0x4097,
    0x13, 0xf3, 0);
  const near = fc.integer({ min: -20, max: 20 });
  const access = fc.record({
    rights: kinds, limit: fc.integer({ min: 0, max: 0x2000 }), near,
    bytes: fc.constantFrom(1, 2, 4, 8, 16),
  });
  fc.assert(fc.property(access, ({ rights, limit, near, bytes }) => {
    const e = { base: 0, limit, rights };
    const cpu = load('nop');
    cpu.state.set(CR0, 1);
    setSegment(cpu, DS, 0, e);
    const offset = Math.max(0, limit + near);
    if (offset >= cpu.get(SEG[DS].reads)) return;
    expect(admits(e, offset, bytes)).toBe(true);
  }));
});

test('the tour', () => {
  const cpu = load(readFileSync('src/guests/rings.asm', 'utf8'));
  const modes = watch(cpu, 100).map((line) => line.slice(8, 14));
  expect(modes.slice(0, 5)).toEqual(
    ['real m', 'ring 0', 'ring 3', 'ring 0', 'ring 3']);
  expect([cpu.get(EAX), cpu.get(ESP)]).toEqual([42, 0x9000]);
  expect(cpu.lastTrap).toMatchObject({ vector: 13, code: 0x10 });
});
