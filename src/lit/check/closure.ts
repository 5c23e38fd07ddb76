import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { type Line, render, type Snapshot } from '../model.ts';

/** A short name for some content. */
export function digest(...parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('base64url').slice(0, 22);
}

/** All files that a file needs, itself included, sorted. */
export function closure(files: Snapshot, start: string): string[] {
  const seen = new Set<string>();
  const queue = [start];
  for (let path = queue.pop(); path; path = queue.pop()) {
    const lines = files.get(path);
    if (seen.has(path) || !lines) continue;
    seen.add(path);
    for (const what of specifiersOf(lines)) {
      queue.push(resolveImport(path, what));
    }
  }
  return [...seen].sort();
}

/** A name for a file and everything that it needs. */
export function closureKey(files: Snapshot, start: string): string {
  const parts = closure(files, start).flatMap((path) =>
    [path, textOf(files.get(path) ?? [])]);
  return digest(...parts);
}

const texts = new WeakMap<readonly Line[], string>();
const specifiers = new WeakMap<readonly Line[], readonly string[]>();

/** The text of a file, rendered once. */
export function textOf(lines: readonly Line[]): string {
  let text = texts.get(lines);
  if (text === undefined) {
    text = render(lines);
    texts.set(lines, text);
  }
  return text;
}

/** The texts of some files of a snapshot. */
export function textsOf(
  files: Snapshot, paths: Iterable<string> = files.keys(),
): Map<string, string> {
  const texts = new Map<string, string>();
  for (const path of paths) {
    const lines = files.get(path);
    if (lines) texts.set(path, textOf(lines));
  }
  return texts;
}

const BEFORE = /(?:\bfrom|\bimport|import\(|new URL\()\s*/;
const OURS = /(['"])((?:\.|#book\/)[^'"]*)\1/;
const IMPORT = new RegExp(BEFORE.source + OURS.source, 'g');
const PATH = /(['"`])(src\/[\w./+-]+)\1/g;

/** What a file names: imports, files beside it, paths in `src/`. */
function specifiersOf(lines: readonly Line[]): readonly string[] {
  let found = specifiers.get(lines);
  if (!found) {
    const text = textOf(lines);
    found = [
      ...[...text.matchAll(IMPORT)].map((m) => m[2] ?? ''),
      ...[...text.matchAll(PATH)].map((m) => m[2] ?? ''),
    ];
    specifiers.set(lines, found);
  }
  return found;
}

/** The path that an import in a file means. */
export function resolveImport(from: string, what: string): string {
  if (what.startsWith('#book/')) return `src/${what.slice(6)}`;
  if (!what.startsWith('.')) return what;
  return posix.join(posix.dirname(from), what);
}
