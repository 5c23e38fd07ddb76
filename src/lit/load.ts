import { join } from 'node:path';
import { applyBook, type Program, readBook } from './book.ts';
import { readText } from './files.ts';
import { BookError } from './model.ts';

/** Reads and applies the book in a project's folder. */
export function loadProgram(root: string): Program {
  return applyBook(readBook((name) =>
    readText(join(root, 'chapters', name))));
}

/** As `loadProgram`, but throws when anything is wrong. */
export function loadSound(root: string): Program {
  const program = loadProgram(root);
  if (program.problems.length > 0) throw new BookError(program.problems);
  return program;
}
