import { readText } from '../files.ts';
import { runCell } from './cell.ts';
import { pointsOf } from './points.ts';
import {
  type Check, errorOf, keyOf, type Prepared, resultsOf, withAnswer,
} from './prepare.ts';
import { scoreOf, split } from './score.ts';
import type { Submission } from './submissions.ts';

/** What a check came to. Points are in hundredths. */
export interface CheckGrade extends Check {
  readonly passed: boolean;
  readonly message: string;
  readonly score: number;
  readonly maxScore: number;
}

/** What an answer came to. */
export interface ExerciseGrade {
  readonly id: string;
  readonly title: string;
  readonly state: 'graded' | 'missing' | 'untouched' | 'broken';
  /** Why the run did not come to its end. */
  readonly note?: string;
  /** In hundredths of a point. */
  readonly score: number;
  readonly maxScore: number;
  readonly checks: readonly CheckGrade[];
  readonly ms: number;
}

/** What a submission came to. */
export interface Grade {
  readonly submission: string;
  readonly edition: string;
  /** Why nothing was graded. */
  readonly refused?: string;
  readonly exercises: readonly ExerciseGrade[];
}

/** Judges one answer. */
export async function judge(
  prepared: Prepared, answer: string | undefined, limits: Limits,
  signal?: AbortSignal,
): Promise<ExerciseGrade> {
  const { exercise, stub, order, script } = prepared;
  const none = (state: ExerciseGrade['state'], note: string) =>
    toGrade(prepared, state, new Map(), 0, note);
  if (answer === undefined) return none('missing', 'no answer');
  if (answer.trim() === stub.trim()) {
    return none('untouched', 'the stub as the book prints it');
  }
  let ready: Prepared['order'];
  try {
    ready = withAnswer(order, answer);
  } catch (error) {
    const { message } = error as Error;
    return none('broken', `${exercise.stub}: ${message}`);
  }
  const seconds = Math.max(limits.seconds,
    Math.ceil(limits.patience * prepared.ms / 1000));
  const outcome = await runCell(
    script, ready, { seconds, memory: limits.memory }, signal);
  const results = new Map(resultsOf(prepared, outcome.said).map((r) =>
    [keyOf(r), r] as const));
  const note = outcome.ended ?? errorOf(outcome);
  const state = note === undefined ? 'graded' : 'broken';
  return toGrade(prepared, state, results, outcome.ms, note);
}

/** Judges every answer, some at a time. A submission is told of when
 * its last answer has been judged; when stopped, what is unfinished is
 * left out. */
export async function gradeAll(
  desk: GradeDesk, submissions: readonly Submission[],
): Promise<Grade[]> {
  const { prepared, edition, jobs, limits, signal, tell } = desk;
  const open = submissions.flatMap((submission) =>
    submission.refused === undefined ? prepared.map((p) =>
      ({ submission, prepared: p })) : []);
  const found = new Map<Submission, ExerciseGrade[]>();
  for (const s of submissions) found.set(s, []);
  let done = 0;
  const all = open.length;
  const work = async (): Promise<void> => {
    for (let job = open.shift(); job; job = open.shift()) {
      if (signal?.aborted) return;
      const { submission, prepared: p } = job;
      const path = submission.answers.get(p.exercise.id);
      const answer = path === undefined ? path : readText(path);
      const grade = await judge(p, answer, limits, signal);
      if (signal?.aborted) return;
      found.get(submission)?.push(grade);
      tell(submission, grade, done += 1, all);
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  return submissions.flatMap((s) =>
    toWhole(s, found.get(s) ?? [], desk));
}

/** What a class is graded with. */
export interface GradeDesk {
  readonly prepared: readonly Prepared[];
  readonly edition: string;
  readonly jobs: number;
  readonly limits: Limits;
  readonly signal?: AbortSignal;
  readonly tell: (
    submission: Submission, grade: ExerciseGrade, done: number,
    all: number,
  ) => void;
}

/** What an answer may use: `seconds`, or `patience` times what our own
 * solution took if that is more; mebibytes of memory. */
export interface Limits {
  readonly seconds: number;
  readonly patience: number;
  readonly memory: number;
}

function toWhole(
  submission: Submission, grades: readonly ExerciseGrade[],
  { prepared, edition }: GradeDesk,
): Grade[] {
  const { name, refused } = submission;
  const whole = { submission: name, edition };
  if (refused !== undefined) {
    return [{ ...whole, refused, exercises: [] }];
  }
  if (grades.length < prepared.length) return [];
  const order = prepared.map((p) => p.exercise.id);
  const exercises = [...grades].sort((a, b) =>
    order.indexOf(a.id) - order.indexOf(b.id));
  return [{ ...whole, exercises }];
}

function toGrade(
  prepared: Prepared, state: ExerciseGrade['state'],
  results: ReadonlyMap<string, { passed: boolean; message: string }>,
  ms: number, note: string | undefined,
): ExerciseGrade {
  const { exercise, checks } = prepared;
  const maxScore = pointsOf(exercise) * 100;
  const judged = checks.map((check) => {
    const result = results.get(keyOf(check));
    const message = result?.message ?? note ?? 'not reached';
    return { ...check, passed: result?.passed ?? false, message };
  });
  const score = state === 'missing' || state === 'untouched' ? 0
    : scoreOf(judged, maxScore);
  return {
    id: exercise.id, title: exercise.title, state, score, maxScore,
    checks: withShares(judged, score, maxScore), ms: Math.round(ms),
    ...(note === undefined ? {} : { note }),
  };
}

/** Gives each check its part, so that the parts add up. */
function withShares(
  checks: readonly Omit<CheckGrade, 'score' | 'maxScore'>[],
  score: number, maxScore: number,
): CheckGrade[] {
  const earns = checks.filter((c) => !c.guard);
  const shares = split(maxScore, earns.length);
  const good = earns.filter((c) => c.passed);
  const parts = split(score, good.length);
  return checks.map((check) => ({
    ...check, message: check.passed ? '' : check.message,
    score: parts[good.indexOf(check)] ?? 0,
    maxScore: shares[earns.indexOf(check)] ?? 0,
  }));
}
