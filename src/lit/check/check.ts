import type { Program } from '../book.ts';
import { loadProgram } from '../load.ts';
import { BookError, type Problem } from '../model.ts';
import { compare } from '../tangle.ts';
import { Cache } from './cache.ts';
import { lint } from './lints.ts';
import { checkTypes } from './types.ts';

export const STAGES = ['src', 'lints', 'types'] as const;
export type Stage = (typeof STAGES)[number];

/** What to check: all of it unless something is named. */
export interface Wanted {
  readonly slugs: readonly string[];
  readonly stages: readonly Stage[];
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
  const program = loadProgram(root);
  const all = program.book.chapters.map((c) => c.slug);
  const slugs = wanted.slugs.length > 0 ? wanted.slugs : all;
  if (program.problems.length > 0) throw new BookError(program.problems);
  const cache = new Cache(root);
  const problems: Problem[] = [];
  for (const stage of wanted.stages) {
    problems.push(...await runStage(
      stage, root, program, slugs, cache, tell));
  }
  cache.save(wanted.slugs.length > 0);
  return { problems, passed: 0, failed: problems.length };
}

async function runStage(
  stage: Stage, root: string, program: Program,
  slugs: readonly string[], cache: Cache,
  tell: (text: string) => void,
): Promise<Problem[]> {
  const chosen = (p: Problem): boolean =>
    slugs.some((slug) => p.file.startsWith(`chapters/${slug}.`));
  switch (stage) {
    case 'src': return compare(root).map((text) => {
      const [file = '', message = ''] = text.split(': ');
      return { file, line: 1, col: 1, message: `${message} (lit tangle)` };
    });
    case 'lints': return lint(root, program).filter(chosen);
    case 'types': return checkTypes(root, program, slugs, cache, tell);
    default: return [];
  }
}
