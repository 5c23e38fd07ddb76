import { loadSound } from '../load.ts';
import type { Problem } from '../model.ts';
import { compare } from '../tangle.ts';
import { Cache } from './cache.ts';
import { lint } from './lints.ts';
import { type Desk, type Report, single } from './report.ts';
import { checkRuns } from './runs.ts';
import { checkTests } from './tests.ts';
import { checkTypes } from './types.ts';
import { checkExercises } from './exercises.ts';

/** What a stage does, by its name, in order. */
const RUN = {
  src: (desk: Desk) => single(compare(desk.root)),
  lints: (desk: Desk) => single(lint(desk)),
  types: (desk: Desk) => single(checkTypes(desk)),
  tests: checkTests,
  runs: checkRuns,
  exercises: checkExercises,
} as const;

export type Stage = keyof typeof RUN;
export const STAGES = Object.keys(RUN) as readonly Stage[];

/** What to check: all of it unless something is named. */
export interface Wanted {
  readonly slugs: readonly string[];
  readonly stages: readonly Stage[];
  /** Write what runs print into the chapters. */
  readonly update: boolean;
}

/** Checks the book; `tell` hears of progress. */
export async function check(
  root: string, wanted: Wanted, tell: (text: string) => void,
): Promise<Report> {
  const book = loadSound(root);
  const all = book.book.chapters.map((c) => c.slug);
  const some = wanted.slugs.length > 0;
  const desk: Desk = {
    root, book, slugs: some ? wanted.slugs : all, tell,
    cache: new Cache(root), update: wanted.update,
  };
  const problems: Problem[] = [];
  let [passed, failed] = [0, 0];
  for (const stage of wanted.stages) {
    const report = await RUN[stage](desk);
    problems.push(...report.problems);
    passed += report.passed;
    failed += report.failed;
    desk.cache.save(true);
  }
  desk.cache.save(some || wanted.stages.length < STAGES.length);
  return { problems, passed, failed };
}
