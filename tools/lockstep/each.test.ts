import { expect, test } from 'vitest';
import { newEachTally, tryEach } from './each/each.ts';
import { PROGRAMS } from './each/programs.ts';
import { randomProgram } from './each/random.ts';
import type { Program } from './each/stage.ts';
import { TUNINGS } from './lockstep.ts';

const { handlers = {}, one = {} } = TUNINGS;

/** Every fifth access of a program's list; the campaign tries them all. */
function everyFifth(): () => boolean {
  let n = 0;
  return () => n++ % 5 === 0;
}

const all: [string, Program][] = [...Object.entries(PROGRAMS),
  ['any instructions', randomProgram(3)]];

test.each(all)('accesses fault once: %s', (name, program) => {
  const tally = newEachTally();
  tryEach(tally, name, program, { handlers, one }, everyFifth());
  expect(tally.failures).toEqual([]);
  expect(tally.courses.mended).toBeGreaterThan(10);
  expect(tally.regions).toBeGreaterThan(5);
}, 60_000);
