import {
  existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync,
  rmdirSync, writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { splitLines } from './parse.ts';

/** Reads a text file with plain line ends; undefined if absent. */
export function readText(path: string): string | undefined {
  if (!existsSync(path)) return undefined;
  return readFileSync(path, 'utf8').replace(/\r\n?/g, '\n');
}

/** The same text with exactly one line end after each line. */
export function ended(text: string): string {
  return splitLines(text).map((line) => `${line}\n`).join('');
}

/** Writes a file so that no reader ever sees half of it. */
export function writeAtomic(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, text);
  renameSync(temporary, path);
}

/** Writes only when the content differs; tells whether it did. */
export function writeChanged(path: string, text: string): boolean {
  if (existsSync(path) && readFileSync(path, 'utf8') === text) {
    return false;
  }
  writeAtomic(path, text);
  return true;
}

/** Removes a file and the folders that it leaves empty. */
export function removeFile(root: string, path: string): void {
  rmSync(join(root, path), { force: true });
  let folder = dirname(path);
  while (folder !== '.' && existsSync(join(root, folder))
    && readdirSync(join(root, folder)).length === 0) {
    rmdirSync(join(root, folder));
    folder = dirname(folder);
  }
}

/** All files below a folder, as POSIX paths from the root. */
export function listFiles(root: string, folder: string): string[] {
  const full = join(root, folder);
  if (!existsSync(full)) return [];
  return readdirSync(full, { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? listFiles(root, path) : [path];
  });
}
