import type { Program } from '../book.ts';
import { loadSound } from '../load.ts';
import type { Problem } from '../model.ts';
import { compare } from '../tangle.ts';
import { Cache } from './cache.ts';
import { checkExercises } from './exercises.ts';
import { lint } from './lints.ts';
import { checkRuns } from './runs.ts';
import { checkTests, type Tally } from './tests.ts';
import { checkTypes } from './types.ts';

export const STAGES = [
  'src', 'lints', 'types', 'tests', 'runs', 'exercises',
] as const;
export type Stage = (typeof STAGES)[number];

/** What to check: all of it unless something is named. */
export interface Wanted {
  readonly slugs: readonly string[];
  readonly stages: readonly Stage[];
  /** Write what runs print into the chapters. */
  readonly update: boolean;
}

/** The outcome of a check. */
export interface Report {
  readonly problems: readonly Problem[];
  readonly passed: number;
  readonly failed: number;
}

/** Checks the book; `tell` hears of progress. */
export async function check(
  root: string, wanted: Wanted, tell: (text: string) => void,
): Promise<Report> {
  const program = loadSound(root);
  const all = program.book.chapters.map((c) => c.slug);
  const slugs = wanted.slugs.length > 0 ? wanted.slugs : all;
  const cache = new Cache(root);
  const problems: Problem[] = [];
  let [passed, failed] = [0, 0];
  for (const stage of wanted.stages) {
    const tally = await runStage(
      stage, root, program, slugs, cache, wanted.update, tell);
    problems.push(...tally.problems);
    passed += tally.passed;
    failed += tally.failed;
  }
  cache.save(wanted.slugs.length > 0);
  return { problems, passed, failed };
}

/** A stage that is itself one test. */
function single(problems: Problem[]): Tally {
  const failed = problems.length;
  return { problems, passed: failed === 0 ? 1 : 0, failed };
}

async function runStage(
  stage: Stage, root: string, program: Program,
  slugs: readonly string[], cache: Cache, update: boolean,
  tell: (text: string) => void,
): Promise<Tally> {
  const chosen = (p: Problem): boolean =>
    slugs.some((slug) => p.file.startsWith(`chapters/${slug}.`));
  switch (stage) {
    case 'src': return single(compare(root));
    case 'lints': return single(lint(root, program).filter(chosen));
    case 'types':
      return single(checkTypes(root, program, slugs, cache, tell));
    case 'tests':
      return checkTests(root, program, slugs, cache, tell);
    case 'runs':
      return checkRuns(root, program, slugs, cache, update, tell);
    case 'exercises':
      return checkExercises(root, program, slugs, cache, tell);
  }
}
