import { existsSync, lstatSync, readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { mine } from '../ex/desk.ts';
import type { Exercise } from '../exercises.ts';
import { readText } from '../files.ts';
import { GradeError } from './prepare.ts';

/** A student's work: paths of the answers, by exercise. */
export interface Submission {
  readonly name: string;
  readonly answers: ReadonlyMap<string, string>;
  /** Why it is not graded. */
  readonly refused?: string;
}

/** Bytes; the book's longest solution is a fraction of it. */
const LARGEST = 256 * 1024;

/** Whether an answer is a plain file within the submission: a link
 * could lead to somebody else's. */
function isAnswer(path: string, my: string): boolean {
  const parts = path.slice(my.length + 1).split(/[\\/]/);
  const above = parts.slice(0, -1).map((_, i) =>
    join(my, ...parts.slice(0, i + 1)));
  return above.every(isFolder) && plainFile(path) !== undefined;
}

function plainFile(path: string): string | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found?.isFile() && found.size <= LARGEST ? path : undefined;
}

function isFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory()
    ?? false;
}

/** Finds the answers in a folder: a student's `my/`, or a copy of the
 * repository with `my/` in it. */
export function findSubmission(
  folder: string, exercises: readonly Exercise[], edition: string,
  anyEdition: boolean,
): Submission {
  const name = basename(resolve(folder));
  const my = isFolder(join(folder, 'my')) ? join(folder, 'my') : folder;
  const answers = new Map<string, string>();
  for (const exercise of exercises) {
    const path = join(my, mine(exercise).replace(/^my\//, ''));
    if (isAnswer(path, my)) answers.set(exercise.id, path);
  }
  const made = readText(plainFile(join(my, 'edition')) ?? '')?.trim();
  if (made === undefined || made === edition || anyEdition) {
    return { name, answers };
  }
  const refused = `${name} was begun with edition ${made}, and this `
    + `is edition ${edition}: grade it with a checkout of that one, `
    + 'or with --any-edition if its exercises are the same';
  return { name, answers, refused };
}

/** The folders of a class, or an error that says what is wanted. */
export function foldersOf(
  given: readonly string[], classes: readonly string[],
): string[] {
  for (const folder of [...given, ...classes]) {
    if (!existsSync(folder)) {
      throw new GradeError(`${folder}: there is no such folder; name a `
        + 'student’s my/, or a checkout that has one');
    }
    if (!isFolder(folder)) {
      throw new GradeError(`${folder}: is no folder; unpack it first`);
    }
  }
  const members = classes.flatMap((folder) => {
    const found = readdirSync(folder).sort()
      .map((name) => join(folder, name)).filter(isFolder);
    if (found.length > 0) return found;
    throw new GradeError(`${folder}: holds no folders; --class wants `
      + 'one folder for each submission');
  });
  return [...given, ...members];
}
