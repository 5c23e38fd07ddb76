import { expect, test } from 'vitest';
import { makeToy, meaning, Trap } from './machine.ts';
import { makeGuest, runGuests } from './monitor.ts';

test('a privileged instruction that nobody emulates ends it', () => {
  meaning.set(0xfa, () => { throw new Trap('privileged'); });
  const m = makeToy(0x2000, () => {});
  const program = Uint8Array.of(0x40, 0xfa);
  const g = makeGuest(m, 'g', 0x1000, 0x1000, program);
  runGuests(m, [g], 10);
  meaning.delete(0xfa);
  expect(g.ended).toBe('privileged trap at 1');
  expect([g.retired, g.traps]).toEqual([1, 1]);
});
