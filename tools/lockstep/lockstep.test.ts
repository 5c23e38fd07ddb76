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
    length: 1500, places: { [name]: place }, tunings: some('one', 'handlers'),
  };
  for (const seed of [1, 2]) trySeed(tally, seed, options);
  expect(tally.failures).toEqual([]);
  expect(tally.retired).toBeGreaterThan(1000);
}, 60_000);

test('each access of some loops faults once', () => {
  const tally = newTally();
  for (const seed of [3, 5]) tryFaults(tally, seed, some('one', 'handlers'));
  expect(tally.failures).toEqual([]);
  expect(tally.faults).toBeGreaterThan(100);
}, 60_000);

