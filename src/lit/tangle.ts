import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { applyBook, type Program, readBook } from './book.ts';
import {
  ended, listFiles, readText, removeFile, writeChanged,
} from './files.ts';
import { loadSound } from './load.ts';
import {
  BookError, type Problem, render, type Snapshot,
} from './model.ts';

/** Files whose text nobody tangled: neither we, now or last time,
 * nor whoever made the last commit. */
export function editedFiles(
  root: string, files: ReadonlyMap<string, string>,
): string[] {
  const last = readState(root);
  const paths = new Set([...files.keys(), ...last.keys()]);
  let head: ReadonlyMap<string, string> | undefined;
  return [...paths].filter((path) => {
    const now = readText(join(root, path));
    if (now === undefined) return false;
    const text = ended(now);
    if (text === files.get(path) || text === last.get(path)) {
      return false;
    }
    head ??= committed(root);
    return text !== head.get(path);
  });
}

/** What a tangle did. */
export interface Tangled {
  readonly written: string[];
  readonly removed: string[];
}

/** Writes the program. Refuses to overwrite edits unless forced. */
export function tangle(root: string, force = false): Tangled {
  const program = loadSound(root);
  const files = outputs(program);
  const edited = force ? [] : editedFiles(root, files);
  if (edited.length > 0) {
    throw new BookError(edited.map((file) => ({
      file, line: 1, col: 1,
      message: 'was edited and the chapters do not know it: '
        + 'npm run lit -- sync, or tangle --force to lose the edit',
    })));
  }
  const removed = [...readState(root).keys()].filter((path) =>
    !files.has(path) && readText(join(root, path)) !== undefined);
  for (const path of removed) removeFile(root, path);
  const written = [...files].flatMap(([path, text]) =>
    writeChanged(join(root, path), text) ? [path] : []);
  writeState(root, files);
  return { written, removed };
}

/** Every file the book writes, by path. */
export function outputs(program: Program): Map<string, string> {
  const files = new Map<string, string>();
  const add = (snapshot: Snapshot): void => {
    for (const [path, lines] of snapshot) {
      if (!path.startsWith('wrong/')) files.set(path, render(lines));
    }
  };
  add(program.final);
  add(program.extras);
  for (const path of program.extras.keys()) {
    const [folder = '', slug = ''] = path.split('/');
    if (folder === 'wrong') continue;
    files.set(`${folder}/${slug}/tsconfig.json`, editorConfig(slug));
  }
  return files;
}

/** Lets an editor find `#book/...` from two folders below the root:
 * in a copy of the chapter's program that the checks make. */
export function editorConfig(slug: string): string {
  const book = `../../.lit/snap/${slug}/src/*`;
  return `${JSON.stringify({
    extends: '../../tsconfig.json',
    compilerOptions: { paths: { '#book/*': [book] } },
    include: ['.'],
  }, null, 2)}\n`;
}

/** What was last tangled here, by path; nothing in a new clone. */
const STATE = '.lit/tangled.json';

export function readState(root: string): Map<string, string> {
  const text = readText(join(root, STATE)) ?? '{}';
  const state = JSON.parse(text) as Record<string, unknown>;
  return new Map(Object.entries(state)
    .filter((e): e is [string, string] => typeof e[1] === 'string'));
}

function writeState(
  root: string, files: ReadonlyMap<string, string>,
): void {
  const state = JSON.stringify(Object.fromEntries(files));
  writeChanged(join(root, STATE), state);
}

/** What the chapters of the last commit say, by path. */
export function committed(root: string): Map<string, string> {
  return outputs(applyBook(readBook((name) =>
    git(root, 'show', `HEAD:chapters/${name}`))));
}

/** The output of a git command, or nothing if it fails. */
function git(
  root: string, ...args: string[]
): string | undefined {
  try {
    return execFileSync('git', args, {
      cwd: root, encoding: 'utf8', maxBuffer: 1 << 28,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch {
    return undefined;
  }
}

/** How the disk differs from the chapters. */
export function compare(root: string): Problem[] {
  const program = loadSound(root);
  const files = outputs(program);
  const differing = [...files].flatMap(([path, text]) => {
    const now = readText(join(root, path));
    return now === text ? [] : [differs(path,
      now === undefined ? 'is missing' : 'is not what the book says')];
  });
  const owned = [...files.keys()];
  const stray = ['src', 'exercises', 'solutions']
    .flatMap((folder) => listFiles(root, folder))
    .filter((path) => !files.has(path) && !bootstrap(path, owned))
    .map((path) => differs(path, 'stands in no chapter'));
  return [...differing, ...stray];
}

function differs(file: string, message: string): Problem {
  return { file, line: 1, col: 1, message: `${message}: lit tangle` };
}

/** The tool itself may stand in no chapter yet. */
function bootstrap(path: string, owned: readonly string[]): boolean {
  return path.startsWith('src/lit/')
    && !owned.some((other) => other.startsWith('src/lit/'));
}
