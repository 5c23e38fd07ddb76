// Runs workloads on engines: rounds, and in each round every engine in turn.
import { join } from 'node:path';
import { whyNotGcc, type Built } from './build.ts';
import { whyNoClock } from './clock.ts';
import { type Measured, RunFailed } from './engines/engine.ts';
import { runNative, whyNotNative } from './engines/native.ts';
import { runQemu, whyNotQemu } from './engines/qemu.ts';
import { whyNotV86 } from './engines/v86.ts';
import { outputOf } from './processes.ts';
import { type Engine, type Figure, type Figures, figureOf, rowsOf } from './stats.ts';
import { type Job, type RowName } from './workloads.ts';

/** Why an engine can't take part, or undefined. */
export function whyNot(engine: Engine): string | undefined {
  if (engine === 'native') return whyNotNative();
  return whyNoClock() ?? { ours: () => undefined, v86: whyNotV86, qemu: whyNotQemu }[engine]();
}

/** Why nothing can be built here, or undefined. */
export const whyNothing = whyNotGcc;

/** A process of its own for a run on ours or v86. */
async function runInNode(engine: 'ours' | 'v86', image: string, words: readonly string[]): Promise<Measured> {
  const [run, child] = [join(import.meta.dirname, '..', 'run.mjs'), join(import.meta.dirname, 'child.ts')];
  const out = await outputOf(process.execPath, [run, child, engine, image, ...words]);
  const line = out.trim().split('\n').at(-1) ?? '';
  try {
    return JSON.parse(line) as Measured;
  } catch {
    throw new RunFailed(`${engine} wrote ${JSON.stringify(out)}`);
  }
}

/** Runs a workload once; throws RunFailed. */
export function runOn(engine: Engine, built: Built, job: Job): Promise<Measured> {
  if (engine === 'native') return runNative(built.program, job.words);
  if (engine === 'qemu') return runQemu(built.image, job.words);
  return runInNode(engine, built.image, job.words);
}

/** All runs of a workload, by engine; one for each round. */
export type Runs = Readonly<Partial<Record<Engine, readonly Measured[]>>>;

/** Runs a workload `rounds` times on each engine, in turn. Throws RunFailed
 * if a run fails or a checksum is not the same as the others. */
export async function measure(
  job: Job, built: Built, engines: readonly Engine[], rounds: number,
  progress: (text: string) => void,
): Promise<Runs> {
  const runs: Partial<Record<Engine, Measured[]>> = {};
  let agreed: { checksum: string; engine: Engine } | undefined;
  for (let round = 1; round <= rounds; round++) {
    for (const engine of engines) {
      progress(`${job.name}: round ${round} of ${rounds}, ${engine}`);
      const run = await runOn(engine, built, job);
      agreed ??= { checksum: run.checksum, engine };
      if (run.checksum !== agreed.checksum) {
        throw new RunFailed(`${job.name}: ${engine} has the checksum ${run.checksum},`
          + ` ${agreed.engine} has ${agreed.checksum}`);
      }
      (runs[engine] ??= []).push(run);
    }
  }
  return runs;
}

/** On Linux the small Unix of `syscall` has no rings and no page faults: its
 * checksum is compared, its time is not. */
const comparable = (engine: Engine, row: RowName): boolean => engine !== 'native' || row !== 'syscall';

/** The figures of each row of a workload. */
export function figuresOf(job: Job, runs: Runs): Map<RowName, Figures> {
  return new Map(rowsOf(job.name).map((row) => {
    const figures: Partial<Record<Engine, Figure[]>> = {};
    for (const [engine, list] of Object.entries(runs) as [Engine, readonly Measured[]][]) {
      if (!comparable(engine, row)) continue;
      const counts = engine === 'ours' ? 'iterations' : 'instructions';
      figures[engine] = list.map((run) => figureOf(row, run, counts));
    }
    return [row, figures];
  }));
}

/** How far the counts of instructions of ours and v86 may lie apart. v86
 * counts an instruction that faults each time it is tried; we count it when it
 * is done. */
const COUNT_TOLERANCE = 0.002;
/** v86's compiled code adds to its counter late: when we look at it, it lacks
 * up to a turn of v86's main loop, about 100,000 instructions. */
const COUNT_SLACK = 110_000;

/** The greatest difference between the counts of ours and v86, as a part of
 * the whole; undefined where one of them did not count. Throws RunFailed if
 * it is more than can be explained. */
export function compareCounts(row: RowName, figures: Figures): number | undefined {
  const all = [...figures.ours ?? [], ...figures.v86 ?? []].flatMap(({ instructions }) => instructions ?? []);
  if (!figures.ours?.length || !figures.v86?.length || all.length === 0) return undefined;
  const [least, most] = [Math.min(...all), Math.max(...all)];
  if (most - least > COUNT_TOLERANCE * most + COUNT_SLACK) {
    throw new RunFailed(`${row}: ours and v86 retire between ${least} and ${most} instructions`);
  }
  return (most - least) / most;
}
