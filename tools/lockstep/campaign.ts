import { pathToFileURL } from 'node:url';
import { commandLine } from '../../src/machine/command-line.ts';
import {
  type EachTally, newEachTally, summary, tryEach,
} from './each/each.ts';
import { PROGRAMS } from './each/programs.ts';
import { randomProgram } from './each/random.ts';
import type { Program } from './each/stage.ts';
import { faultScene } from './faults.ts';
import { lockstep, type Scene, type Tuning, TUNINGS } from './lockstep.ts';
import { makeWork, type Place, PLACES, sceneOf } from './scenes.ts';

/** What a campaign has seen. */
export interface Tally {
  scenes: number;
  /** Instructions in the reference; as many ran translated. */
  retired: number;
  /** How many of them the translator left to the reference. */
  foreign: number;
  /** How often both machines stopped and were compared. */
  cuts: number;
  faults: number;
  readonly failures: string[];
}

export const newTally = (): Tally => ({
  scenes: 0, retired: 0, foreign: 0, cuts: 0, faults: 0, failures: [],
});

export interface Options {
  /** Instructions in each program. */
  readonly length: number;
  readonly tunings?: Readonly<Record<string, Tuning>>;
  readonly places?: Readonly<Record<string, Place>>;
}

function compare(
  tally: Tally, scene: Scene, name: string, tuning: Tuning,
): void {
  const verdict = lockstep(scene, tuning);
  tally.scenes++;
  tally.retired += verdict.retired;
  tally.foreign += verdict.foreign;
  tally.cuts += verdict.cuts;
  const { difference } = verdict;
  if (difference) tally.failures.push(`${name}: ${difference}`);
}

/** One seed: a program in each place, under each tuning. */
export function trySeed(
  tally: Tally, seed: number, options: Options,
): void {
  const { length, tunings = TUNINGS, places = PLACES } = options;
  Object.entries(places).forEach(([where, place], n) => {
    const work = makeWork(seed * 16 + n, place);
    const scene = sceneOf(work, place, seed, length);
    for (const [how, tuning] of Object.entries(tunings)) {
      const name = `seed ${seed}, ${where}, ${how}`;
      compare(tally, scene, name, tuning);
    }
  });
}

/** One seed: a loop whose pages lose each right once. */
export function tryFaults(
  tally: Tally, seed: number, tunings = TUNINGS,
): void {
  const scene = faultScene(seed);
  for (const [how, tuning] of Object.entries(tunings)) {
    compare(tally, scene, `faults, seed ${seed}, ${how}`, tuning);
    tally.faults += scene.faults;
  }
}

const USAGE = `usage: npm run campaign:lockstep -- [options]

Runs random programs in the reference and translated, side by side, and
compares registers, memory, counts and the translation buffer at many
places on the way.

  --seed N        of the first program (default 1)
  --count N       until so many instructions have run (default 1000000)
  --length N      instructions of each program (default 2000)
  --each-access   instead let each memory access of a set of programs
                  fault once, and compare what the programs leave
  --random N      random programs in that set (default 100)
  --help          show this text

Ends with 1 if anything differed.`;

function main(): void {
  const { seed, count, length, random, 'each-access': each } =
    commandLine(USAGE, { seed: 1, count: 1_000_000, length: 2000,
      random: 100, 'each-access': false }).values;
  if (each) eachAccess(seed, random);
  else lockstepFrom(seed, count, length);
}

function lockstepFrom(first: number, count: number, length: number): void {
  const tally = newTally();
  let seed = first;
  for (; tally.retired < count; seed++) {
    trySeed(tally, seed, { length });
    tryFaults(tally, seed);
    console.log(`seed ${seed}: ${tally.retired} instructions,`
      + ` ${tally.failures.length} different`);
    for (const one of tally.failures.splice(20)) console.log(one);
  }
  report(tally, first, seed - 1);
}

/** What is hot at once, and what never is. */
export const EACH_TUNINGS: Readonly<Record<string, Tuning>> =
  Object.fromEntries(['handlers', 'pairs', 'one', 'three', 'short', 'stock'].map((name) =>
    [name, TUNINGS[name] ?? {}]));

function eachAccess(first: number, random: number): void {
  const tally = newEachTally();
  const attempt = (name: string, program: Program): void => {
    const known = tally.failures.length;
    tryEach(tally, name, program, EACH_TUNINGS);
    console.log(`${name}: ${sofar(tally)}`);
    for (const one of tally.failures.slice(known)) console.log(one);
  };
  for (const [name, program] of Object.entries(PROGRAMS)) {
    attempt(name, program);
  }
  for (let seed = first; seed < first + random; seed++) {
    attempt(`seed ${seed}`, randomProgram(seed));
  }
  console.log(`${random} random programs from seed ${first} among them: `
    + summary(tally));
  process.exitCode = tally.failures.length === 0 ? 0 : 1;
}

const sofar = ({ accesses, failures }: EachTally): string =>
  `${accesses} accesses so far, ${failures.length} different`;

function report(tally: Tally, first: number, last: number): void {
  const { scenes, retired, foreign, cuts, faults, failures } = tally;
  for (const one of failures) console.log(one);
  console.log(`seeds ${first} to ${last}: ${scenes} runs,`
    + ` ${retired} instructions, ${foreign} of them left to the`
    + ` reference, ${faults} injected faults, compared ${cuts} times;`
    + ` ${failures.length} different`);
  process.exitCode = failures.length === 0 ? 0 : 1;
}

const [, file = ''] = process.argv;
if (import.meta.url === pathToFileURL(file).href) main();
