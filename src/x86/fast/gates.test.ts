import { expect, test } from 'vitest';
import type { Cpu } from '../cpu.ts';
import { EIP } from '../state.ts';
import { deliver, interruptReturn } from '../trap.ts';
import { difference, image, setUp } from './gates.kit.ts';
import { Gates } from './gates.ts';

/** Goes the short way; if it is one, the reference must agree. */
function compare(
  seed: number, short: (gates: Gates) => boolean,
  long: (cpu: Cpu) => void,
): boolean {
  const [quick, slow] = [setUp(seed), setUp(seed)];
  const before = image(quick);
  const text = `seed ${seed}: the word that differs`;
  const went = short(new Gates(quick));
  if (went) {
    long(slow);
    slow.after = 0;
    expect(difference(image(quick), image(slow)), text).toBe(-1);
  } else expect(difference(image(quick), before), text).toBe(-1);
  return went;
}

test('2000 entries: as the reference, or not at all', () => {
  let went = 0;
  for (let seed = 1; seed <= 2000; seed++) {
    const fault = seed % 3 === 0;
    const cause = fault ? 'fault' : 'soft';
    const code = fault && seed % 2 === 0 ? 17 : undefined;
    const event = { vector: 3, code, cause, next: 0x55 } as const;
    if (compare(seed,
      (gates) => gates.enter(3, code ?? -1, !fault,
        fault ? 0x1_0000 : 0, 0x55),
      (cpu) => { expect(deliver(cpu, event)).toBe(true); })) went++;
  }
  expect(went).toBeGreaterThan(500);
});

test('2000 returns: as the reference, or not at all', () => {
  let went = 0;
  for (let seed = 1; seed <= 2000; seed++) {
    const came = compare(seed, (gates) => gates.leave(), (cpu) => {
      cpu.evaluator.begin();
      cpu.set(EIP, interruptReturn(cpu, 4, 0));
    });
    if (came) went++;
  }
  expect(went).toBeGreaterThan(500);
});
