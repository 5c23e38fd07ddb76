import type { Program } from '../book.ts';
import type { Problem } from '../model.ts';
import type { Cache } from './cache.ts';

/** What every stage of a check works with. */
export interface Desk {
  readonly root: string;
  readonly book: Program;
  /** The chapters to check. */
  readonly slugs: readonly string[];
  readonly cache: Cache;
  /** Write what runs print into the chapters. */
  readonly update: boolean;
  /** Hears of progress. */
  readonly tell: (text: string) => void;
}

/** What a stage came to. */
export interface Report {
  readonly problems: readonly Problem[];
  readonly passed: number;
  readonly failed: number;
}

/** The report of a stage that is itself one test. */
export function single(problems: readonly Problem[]): Report {
  const failed = problems.length;
  return { problems, passed: failed === 0 ? 1 : 0, failed };
}
