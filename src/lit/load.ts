import { join } from 'node:path';
import {
  applyBook, type Program, readBook, type Reader, soundProgram,
} from './book.ts';
import { readText } from './files.ts';

/** Reads files of a project's `chapters/`. */
export function chapterReader(root: string): Reader {
  return (name) => readText(join(root, 'chapters', name));
}

/** Reads and applies the book in a project's folder. */
export function loadProgram(root: string): Program {
  return applyBook(readBook(chapterReader(root)));
}

/** As `loadProgram`, but throws when anything is wrong. */
export function loadSound(root: string): Program {
  return soundProgram(chapterReader(root));
}
