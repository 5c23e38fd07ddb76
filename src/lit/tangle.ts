import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Program } from './book.ts';
import {
  ended, listFiles, readText, removeFile, writeChanged,
} from './files.ts';
import { loadSound } from './load.ts';
import {
  BookError, type Problem, render, type Snapshot,
} from './model.ts';

/** Files in `src/` whose text is neither ours nor the base. */
export function editedFiles(
  root: string, files: ReadonlyMap<string, string>,
): string[] {
  const state = readState(root);
  const known = new Set([
    ...files.keys(), ...Object.keys(state?.files ?? {}),
  ]);
  return [...known].filter((path) => {
    const now = readText(join(root, path));
    if (now === undefined) return false;
    const text = ended(now);
    if (text === files.get(path)) return false;
    return text !== baseOf(root, path, state, text);
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
  const old = Object.keys(readState(root)?.files ?? {});
  const removed = old.filter((path) => !files.has(path)
    && readText(join(root, path)) !== undefined);
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
  return files;
}

/** What was last tangled: the common ancestor of both ways. */
export interface State {
  readonly head: string;
  readonly files: Readonly<Record<string, string>>;
}

const STATE = '.lit/tangled.json';

/** Reads the state; a fresh clone has none. */
export function readState(root: string): State | undefined {
  const text = readText(join(root, STATE));
  return text === undefined ? undefined : JSON.parse(text) as State;
}

/** Remembers what was tangled. */
export function writeState(
  root: string, files: ReadonlyMap<string, string>,
): void {
  const state: State = {
    head: git(root, 'rev-parse', 'HEAD')?.trim() ?? '',
    files: Object.fromEntries(files),
  };
  writeChanged(join(root, STATE), JSON.stringify(state));
}

/** The output of a git command, or nothing if it fails. */
export function git(
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

/** The ancestor of a file: last tangled, or after a pull or in a
 * fresh clone what the last commit holds. */
export function baseOf(
  root: string, path: string, state: State | undefined, now: string,
): string | undefined {
  const last = state?.files[path];
  if (last === now) return last;
  const head = git(root, 'rev-parse', 'HEAD')?.trim() ?? '';
  if (state && state.head === head && last !== undefined) return last;
  return git(root, 'show', `HEAD:${path}`) ?? last;
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
