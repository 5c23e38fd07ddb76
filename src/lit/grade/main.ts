import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { Program } from '../book.ts';
import { type Exercise, exercisesOf } from '../exercises.ts';
import { listFiles, readText, writeAtomic } from '../files.ts';
import { loadSound } from '../load.ts';
import { BookError } from '../model.ts';
import { editionOf } from './edition.ts';
import {
  inWords, toAutograding, toClassroom, toGradescope, toJson, toJUnit,
} from './formats.ts';
import { type Grade, gradeAll } from './grade.ts';
import { HELP, type Options, parseOptions } from './options.ts';
import { pointsOf } from './points.ts';
import { GradeError, prepare, type Prepared } from './prepare.ts';
import {
  findSubmission, foldersOf, type Submission,
} from './submissions.ts';

/** The exercises that are graded, in the book's order. */
function choose(
  all: readonly Exercise[], words: readonly string[],
): Exercise[] {
  for (const word of words) {
    if (all.some((e) => e.id === word || e.slug === word)) continue;
    const like = all.map((e) => e.id).filter((id) => id.includes(word));
    const hint = like.length > 0 ? `; is it ${like.join(' or ')}?`
      : '; npm run ex -- list names them all';
    throw new GradeError(
      `--exercise ${word}: there is no such exercise${hint}`);
  }
  return all.filter((e) =>
    words.includes(e.id) || words.includes(e.slug));
}

/** Hidden tests by exercise. */
function hiddenTests(
  folder: string | undefined, all: readonly Exercise[],
): Map<string, string> {
  const found = new Map<string, string>();
  if (folder === undefined) return found;
  const files = existsSync(folder) ? listFiles(folder, '.') : [];
  for (const file of files.filter((f) => f.endsWith('.ts'))) {
    const id = relative('.', file).replaceAll('\\', '/')
      .replace(/\.test\.ts$/, '');
    if (!all.some((e) => e.id === id)) {
      throw new GradeError(`${join(folder, file)}: ${id} is no `
        + 'exercise; name it like decoding/special.test.ts');
    }
    found.set(id, readText(join(folder, file)) ?? '');
  }
  if (found.size > 0) return found;
  throw new GradeError(
    `--tests ${folder}: holds no file CHAPTER/NAME.test.ts`);
}

async function main(argv: readonly string[]): Promise<number> {
  const options = parseOptions(argv);
  const { flags } = options;
  if (flags.has('help') || argv.length === 0) {
    console.log(HELP);
    return flags.has('help') ? 0 : 2;
  }
  const root = process.cwd().replaceAll('\\', '/');
  const book = loadSound(root);
  const edition = editionOf(book);
  if (flags.has('edition')) {
    console.log(edition);
    return 0;
  }
  const all = exercisesOf(book);
  const named = choose(all, options.exercises);
  if (flags.has('autograding')) {
    const list = named.length > 0 ? named : all;
    console.log(JSON.stringify(toAutograding(list.map((e) =>
      ({ id: e.id, title: e.title, points: pointsOf(e) }))), null, 2));
    return 0;
  }
  return gradeThem({ root, book, edition, options }, all, named);
}

async function gradeThem(
  desk: Desk, all: readonly Exercise[], named: readonly Exercise[],
): Promise<number> {
  const { options, edition } = desk;
  const { flags, jobs, seconds, memory } = options;
  const stop = new AbortController();
  process.on('SIGINT', () => stop.abort());
  const submissions = submissionsOf(desk, all);
  const exercises = named.length > 0 ? named
    : flags.has('prepare') ? all : answered(all, submissions);
  const prepared = await prepareAll(desk, exercises, stop.signal);
  if (flags.has('prepare')) return 0;
  const grades = await gradeAll({
    prepared, edition, jobs, signal: stop.signal,
    limits: { seconds, patience: 5, memory },
    tell: (submission, grade, done, count) => console.error(
      `${done}/${count} ${submission.name} ${inWords(grade)}`),
  }, submissions);
  const complete = grades.length === submissions.length;
  write(desk, grades, complete);
  if (!complete) {
    console.error(`stopped: ${grades.length} of ${submissions.length} `
      + 'submissions are graded, the others are left out');
    return 130;
  }
  return flags.has('strict') && !grades.every(isFull) ? 1 : 0;
}

interface Desk {
  readonly root: string;
  readonly book: Program;
  readonly edition: string;
  readonly options: Options;
}

function submissionsOf(
  { options, edition }: Desk, all: readonly Exercise[],
): Submission[] {
  const { folders, classes, flags } = options;
  if (folders.length + classes.length === 0) {
    if (flags.has('prepare')) return [];
    throw new GradeError('nothing to grade: name a folder, or --class '
      + 'and a folder of many');
  }
  const any = flags.has('any-edition');
  const single = new Set(folders.map((f) => resolve(f)));
  return foldersOf(folders, classes).map((folder) => {
    const found = findSubmission(folder, all, edition, any);
    if (found.answers.size === 0 && single.has(resolve(folder))) {
      throw new GradeError(`${folder}: holds no answer; wanted are `
        + 'files like my/decoding/special/special.ts, as npm run ex '
        + 'makes them');
    }
    if (found.refused !== undefined) console.error(found.refused);
    return found;
  });
}

/** Without a list, what anybody answered. */
function answered(
  all: readonly Exercise[], submissions: readonly Submission[],
): Exercise[] {
  const found = all.filter((e) =>
    submissions.some((s) => s.answers.has(e.id)));
  console.error(`grading ${found.length} exercises, all that anybody `
    + 'answered; --exercise makes a list of your own');
  return found;
}

async function prepareAll(
  desk: Desk, exercises: readonly Exercise[], signal: AbortSignal,
): Promise<Prepared[]> {
  const { root, book, options } = desk;
  const hidden = hiddenTests(options.tests, exercisesOf(book));
  const prepared: Prepared[] = [];
  for (const exercise of exercises) {
    const ready = await prepare(root, book, exercise, {
      hidden: hidden.get(exercise.id), signal,
      ...(options.seed === undefined ? {} : { seed: options.seed }),
    });
    prepared.push(ready);
    console.error(`ready: ${exercise.id}, ${ready.checks.length} checks`
      + ready.leftOut.map((f) => `; not ${f}, which needs more than a `
        + 'cell allows').join(''));
  }
  return prepared;
}

function isFull(grade: Grade): boolean {
  return grade.refused === undefined
    && grade.exercises.every((e) => e.score === e.maxScore);
}

/** Writes what was graded; a class has one file for each submission in
 * the formats that know one submission only. */
function write(
  { options }: Desk, grades: readonly Grade[], complete: boolean,
): void {
  const { format, out, classes, folders } = options;
  const pretty = (value: unknown): string =>
    `${JSON.stringify(value, null, 2)}\n`;
  const single = format === 'gradescope' || format === 'classroom';
  if (!single) {
    const text = format === 'junit' ? toJUnit(grades)
      : pretty(toJson(grades, complete));
    if (out === undefined) process.stdout.write(text);
    else writeAtomic(out, text);
    return;
  }
  const many = classes.length > 0 || folders.length > 1;
  for (const grade of grades) {
    const text = format === 'gradescope' ? pretty(toGradescope(grade))
      : `${toClassroom(grade)}\n`;
    const end = format === 'gradescope' ? 'json' : 'txt';
    if (out === undefined) process.stdout.write(text);
    else if (!many) writeAtomic(out, text);
    else writeAtomic(join(out, `${grade.submission}.${end}`), text);
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const ours = error instanceof GradeError || error instanceof BookError
    || (error as Error).name === 'AbortError';
  if (!ours) throw error;
  console.error((error as Error).message);
  process.exitCode = 2;
}
