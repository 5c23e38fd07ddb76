import type { Program } from '../book.ts';
import {
  type Exercise, exercisesOf, makeTrial, type Trial,
} from '../exercises.ts';
import { type Problem, problemAt } from '../model.ts';
import { digest, textOf } from './closure.ts';
import { furnish } from './rooms.ts';
import type { Desk, Report } from './report.ts';
import { type FileResult, runFiles } from './vitest.ts';

/** One answer of ours, and whether it has to pass. */
interface Answer {
  readonly exercise: Exercise;
  readonly name: string;
  readonly good: boolean;
  readonly trial: Trial;
  readonly key: string;
}

/** Seconds that a trial may be silent: wrong answers may loop. */
const PATIENCE = 60;

/** Solutions pass; stubs and wrong solutions fail. */
export async function checkExercises(desk: Desk): Promise<Report> {
  const { root, book, slugs, cache, tell } = desk;
  const all = exercisesOf(book).filter((e) => slugs.includes(e.slug));
  const problems = all.flatMap((e) => missing(e));
  const answers = all.flatMap((e) => answersOf(book, e));
  const open = answers.filter((a) => !cache.has(a.key));
  const verdicts = await tryAll(root, open, tell);
  for (const answer of open) {
    const failure = verdicts.get(answer);
    const problem = verdict(answer, failure);
    if (problem) problems.push(problem);
    else cache.put(answer.key, 1);
  }
  const failed = problems.length;
  return { problems, passed: answers.length - failed, failed };
}

/** What first failed for each answer: the exercise's own test runs
 * first, the chapter's tests only where that passed. */
async function tryAll(
  root: string, answers: readonly Answer[],
  tell: (text: string) => void,
): Promise<Map<Answer, string>> {
  const failures = new Map<Answer, string>();
  for (const round of ['own', 'others'] as const) {
    const left = answers.filter((a) => !failures.has(a));
    const files = layOut(root, left, round);
    let done = 0;
    await runFiles(root, [...files.keys()], PATIENCE, (result) => {
      const answer = files.get(result.file.slice(root.length + 1));
      if (!answer) return;
      const name = `${answer.exercise.id} ${answer.name}`;
      tell(`exercises: ${done += 1}/${files.size} ${name}`);
      const text = firstFailure(result);
      if (text !== undefined) failures.set(answer, text);
    });
  }
  return failures;
}

function missing(exercise: Exercise): Problem[] {
  const { block, id, wrong } = exercise;
  const say = (what: string): Problem =>
    problemAt(block, 0, `exercise ${id} has ${what}`);
  return [
    ...(exercise.test || exercise.replaces ? [] : [say('no test')]),
    ...(exercise.solution ? [] : [say('no solution')]),
    ...(exercise.hints.length > 0 ? [] : [say('no hint')]),
    ...(wrong.size >= 3 ? []
      : [say(`${wrong.size} wrong solutions; 3 wanted`)]),
  ];
}

function answersOf(book: Program, exercise: Exercise): Answer[] {
  const paths: [string, string | undefined, boolean][] = [
    ['solution', exercise.solution, true],
    ['stub', exercise.stub, false],
  ];
  for (const [name, path] of exercise.wrong) {
    paths.push([name, path, false]);
  }
  return paths.flatMap(([name, path, good]) => {
    const lines = path && book.extras.get(path);
    if (!lines) return [];
    const trial = makeTrial(book, exercise, textOf(lines));
    const parts = [...trial.files].flat();
    const key = `exercise ${digest(name, String(good), ...parts)}`;
    return [{ exercise, name, good, trial, key }];
  });
}

/** Writes each answer's files; gives the tests to run. */
function layOut(
  root: string, answers: readonly Answer[], round: 'own' | 'others',
): Map<string, Answer> {
  const files = new Map<string, Answer>();
  for (const answer of answers) {
    const folder = folderOf(answer);
    furnish(root, folder, answer.trial.files);
    for (const path of answer.trial[round]) {
      files.set(`${folder}/${path}`, answer);
    }
  }
  return files;
}

function folderOf({ exercise, name }: Answer): string {
  return `.lit/ex/${exercise.id}/${name.replace(/[^\w-]+/g, '-')}`;
}

function firstFailure(result: FileResult): string | undefined {
  const [first] = result.failures;
  if (first) return `${first.name}: ${first.message}`.split('\n')[0];
  return result.passed === 0 ? 'no test ran' : undefined;
}

function verdict(
  answer: Answer, failure: string | undefined,
): Problem | undefined {
  const { exercise, name, good } = answer;
  if (good === (failure === undefined)) return undefined;
  const message = good
    ? `the solution of ${exercise.id} fails: ${failure ?? ''}`
    : `the tests of ${exercise.id} let "${name}" pass`;
  return problemAt(exercise.block, 0, message);
}
