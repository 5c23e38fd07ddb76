import { join } from 'node:path';
import { endOf, type Program } from '../book.ts';
import { textOf, textsOf } from '../check/closure.ts';
import { toChapter } from '../check/places.ts';
import { furnish, roomOf } from '../check/rooms.ts';
import { roomFiles } from '../check/types.ts';
import {
  type FileResult, runFiles, type TestFailure,
} from '../check/vitest.ts';
import { type Exercise, exercisesOf, makeTrial } from '../exercises.ts';
import { readText, writeChanged } from '../files.ts';
import { editionOf } from '../grade/edition.ts';
import { editorConfig } from '../tangle.ts';

/** Seconds that a learner's answer may be silent. */
const PATIENCE = 20;

/** What a check of the learner's answer came to. */
export interface Verdict {
  readonly passed: number;
  /** One line for each failed test. */
  readonly failures: readonly string[];
}

/** Tries the learner's file against the exercise's tests. */
export async function tryAnswer(
  root: string, book: Program, exercise: Exercise,
): Promise<Verdict> {
  const answer = readText(join(root, mine(exercise)))
    ?? stubText(book, exercise);
  const trial = makeTrial(book, exercise, answer);
  const folder = `.lit/ex/${exercise.id}/mine`;
  furnish(root, folder, trial.files);
  const rounds = [trial.own, trial.others];
  let passed = 0;
  const failures: string[] = [];
  for (const files of rounds) {
    if (failures.length > 0) break;
    const paths = files.map((path) => `${folder}/${path}`);
    const results = await runFiles(
      root, paths, PATIENCE, () => undefined);
    passed += results.reduce((n, r) => n + r.passed, 0);
    failures.push(...results.flatMap((result) =>
      describe(`${root}/${folder}/`, book, exercise, result)));
  }
  return { passed, failures };
}

/** A stack frame in the learner's file or in the book. */
function placeOf(
  room: string, book: Program, exercise: Exercise,
  frame: TestFailure['frames'][number],
): string | undefined {
  if (!frame.file.startsWith(room)) return undefined;
  const path = frame.file.slice(room.length);
  if (path === exercise.stub) return `${mine(exercise)}:${frame.line}`;
  const { files } = roomFiles(book, exercise.slug);
  const at = toChapter(files, path, frame.line, frame.col, '');
  return `${at.file}:${at.line}`;
}

/** The learner's file for an exercise. */
export function mine(exercise: Exercise): string {
  const file = exercise.stub.split('/').at(-1) ?? '';
  return `my/${exercise.id}/${file}`;
}

/** The exercise that a word means: its id, or its name alone. */
export function findExercise(
  book: Program, word: string,
): Exercise | string {
  const all = exercisesOf(book);
  const found = all.filter((e) => e.id === word || e.name === word);
  const [first] = found;
  if (first && found.length === 1) return first;
  if (found.length > 1) {
    return `${word} could be ${found.map((e) => e.id).join(' or ')}`;
  }
  const like = all.filter((e) => e.id.includes(word)).map((e) => e.id);
  const hint = like.length > 0 ? `; is it ${like.join(' or ')}?` : '';
  return `there is no exercise ${word}${hint}`;
}

/** Copies the stub, unless the learner's file is there already. */
export function startExercise(
  root: string, book: Program, exercise: Exercise,
): boolean {
  prepareEditor(root, book, exercise.slug);
  const path = join(root, mine(exercise));
  if (readText(path) !== undefined) return false;
  noteEdition(root, book);
  return writeChanged(path, stubText(book, exercise));
}

/** The stub as the book prints it. */
export function stubText(book: Program, exercise: Exercise): string {
  return textOf(book.extras.get(exercise.stub) ?? []);
}

/** Lets an editor find `#book/...`: the chapter's own program. */
function prepareEditor(
  root: string, book: Program, slug: string,
): void {
  furnish(root, roomOf(slug), textsOf(endOf(book, slug)));
  const path = join(root, 'my', slug, 'tsconfig.json');
  writeChanged(path, editorConfig(slug));
}

/** What went wrong, in few lines. */
function briefly(message: string): string {
  const [first = '', ...rest] = message.split('\n');
  const telling = rest.filter((line) =>
    /^(Counterexample|Got\b|Caused by)/.test(line));
  return [first, ...telling.slice(0, 2)].join('\n    ');
}

function describe(
  room: string, book: Program, exercise: Exercise, result: FileResult,
): string[] {
  return result.failures.map((failure) => {
    const places = failure.frames
      .map((frame) => placeOf(room, book, exercise, frame))
      .filter((place) => place !== undefined);
    const shown = [...new Set(places)].slice(0, 3).join(', ');
    const name = failure.name === '' ? 'the test file' : failure.name;
    const message = briefly(failure.message);
    return `${name}: ${message}${shown ? `\n    at ${shown}` : ''}`;
  });
}

/** Writes down with which edition a learner began. */
function noteEdition(root: string, book: Program): void {
  const path = join(root, 'my/edition');
  if (readText(path) !== undefined) return;
  writeChanged(path, `${editionOf(book)}\n`);
}
