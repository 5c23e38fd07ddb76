import { parseArgs } from 'node:util';
import { pathToFileURL } from 'node:url';
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

function main(): void {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      count: { type: 'string', default: '1000000' },
      length: { type: 'string', default: '2000' },
    },
  });
  const [first, count, length] =
    [values.seed, values.count, values.length].map(Number);
  if (![first, count, length].every((n) => Number.isInteger(n))) {
    throw new Error('--seed, --count and --length want whole numbers');
  }
  const tally = newTally();
  let seed = first ?? 1;
  for (; tally.retired < (count ?? 0); seed++) {
    trySeed(tally, seed, { length: length ?? 2000 });
    tryFaults(tally, seed);
    console.log(`seed ${seed}: ${tally.retired} instructions,`
      + ` ${tally.failures.length} different`);
    for (const one of tally.failures.splice(20)) console.log(one);
  }
  report(tally, first ?? 1, seed - 1);
}

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
