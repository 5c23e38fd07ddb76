import { expect, test } from 'vitest';
import { AT, MISSED } from '../../machine/tiers/layout.ts';
import { load } from '../bare.ts';
import type { Cpu } from '../cpu.ts';
import { CR0, CR3 } from '../state.ts';
import { TUNING } from './translator.ts';
import { inStep, seen } from './twin.kit.ts';
import { twinOf } from './twin.ts';

Object.assign(TUNING, { patience: 3, warm: 2, threshold: 40, wait: 1,
  misses: 5 });

/** Empties the TLB, then uses two pages. */
const PROGRAM = `
        mov ecx, 500
again:  mov eax, cr3
        mov cr3, eax
        mov edx, [0x3000]
        add [0x3004], edx
        inc edx
        mov [0x5000], edx
        mov esi, [0x3004]
        loop again
        hlt`;

function machine(): Cpu {
  const cpu = load(PROGRAM);
  for (let n = 0; n < 16; n++) {
    cpu.phys.write32(0x9000 + 4 * n, n << 12 | 7);
  }
  cpu.phys.write32(0x7000, 0x9007);
  cpu.set(CR3, 0x7000);
  cpu.set(CR0, 0x8001_0001);
  return cpu;
}

const alsoMisses = (cpu: Cpu): unknown[] =>
  [...seen(cpu), cpu.memory.mmu.tlb.counts.misses];

test.each([1, 5, 100])('misses in regions, in steps of %d', (step) => {
  const slow = machine();
  inStep(slow, twinOf(slow).cpu, step, alsoMisses);
});

test('those that were seen to miss see to it themselves', () => {
  const { cpu, translator } = twinOf(machine());
  const { arena, regions } = translator;
  const missing = new Set<number>();
  regions.watcher = (_, { blocks }) => {
    for (const { instrs } of blocks) {
      for (const { misses, pc } of instrs) if (misses) missing.add(pc);
    }
  };
  cpu.run(2000);
  expect([...missing].map((pc) => cpu.phys.read8(pc))).toEqual(
    [0x8b, 0x89]);
  const counts = (): number[] => {
    const all = Array.from({ length: MISSED.COUNT }, (_, n) =>
      arena.get(AT.missed + (n << MISSED.SHIFT)));
    return [all.shift() ?? 0, all.reduce((a, b) => a + b)];
  };
  const [ours = 0, handlers = 0] = counts();
  cpu.run(4000);
  const [later = 0, others = 0] = counts();
  expect(later - ours).toBeGreaterThan(400);
  expect(others - handlers).toBeLessThan(5);
});
