import { expect, test } from 'vitest';
import type { Machine } from '#book/x86/campaign/cases.ts';
import { shrink } from './shrink.ts';

const full = (): Machine => ({
  regs: new Uint32Array(8).fill(0xffff_ffff), eflags: 0xcd5,
  eip: 0x30_0800, memory: new Uint8Array(256).fill(0xff),
});

function small(fails: (m: Machine) => boolean) {
  let calls = 0;
  const start = full();
  const found = shrink(start, (m) => { calls++; return fails(m); });
  expect(start).toEqual(full());
  expect(calls).toBeLessThanOrEqual(5000);
  expect(fails(found)).toBe(true);
  const kept = (list: Iterable<number>) =>
    [...list].map((v, n) => [n, v]).filter(([, v]) => v !== 0);
  return {
    regs: kept(found.regs), eflags: found.eflags,
    memory: kept(found.memory),
  };
}

test('one bit of one register', () => {
  expect(small((m) => ((m.regs[3] ?? 0) & 0x8000) !== 0))
    .toEqual({ regs: [[3, 0x8000]], eflags: 0, memory: [] });
});

test('a flag and a byte', () => {
  expect(small((m) => (m.eflags & 1) === 1 && m.memory[77] === 0xff))
    .toEqual({ regs: [], eflags: 1, memory: [[77, 0xff]] });
});

test('numbers that must be large enough', () => {
  const sum = (m: Machine) => (m.regs[0] ?? 0) + (m.regs[1] ?? 0);
  expect(small((m) => sum(m) > 2 ** 32).regs)
    .toEqual([[0, 2], [1, 0xffff_ffff]]);
});
