import { expect, test } from 'vitest';
import { newTally, tryFaults, trySeed } from './campaign.ts';
import { type Tuning, TUNINGS } from './lockstep.ts';
import { PLACES } from './scenes.ts';

const some = (...names: string[]): Record<string, Tuning> =>
  Object.fromEntries(names.map((name) => [name, TUNINGS[name] ?? {}]));

test.each(Object.keys(PLACES))('random programs in lockstep: %s', (name) => {
  const place = PLACES[name];
  if (!place) throw new Error('no such place');
  const tally = newTally();
  const options = {
    length: 1500, places: { [name]: place }, tunings: some('one', 'handlers', 'stock'),
  };
  trySeed(tally, 1, options);
  expect(tally.failures).toEqual([]);
  expect(tally.retired).toBeGreaterThan(500);
}, 60_000);

test('each access of some loops faults once', () => {
  const tally = newTally();
  tryFaults(tally, 5, some('one', 'handlers'));
  expect(tally.failures).toEqual([]);
  expect(tally.faults).toBeGreaterThan(50);
}, 60_000);

