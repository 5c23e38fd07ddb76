// What every bench of the book's tools is made of: the reader's files, and the
// book's modules as they stand at the end of the lab's chapter.
import { type Exports, Modules } from '../modules.ts';
import type { SmallNode } from './small-node.ts';
import type {
  Finding, LabFile, Place, Row, ToolDesk, ToolLabView,
} from './view.ts';

export interface ToolLab extends ToolLabView {
  /** Paths of the book's modules that it calls. */
  readonly roots: readonly string[];
  open(book: BookModules, node: SmallNode): ToolDesk;
}

/** Loads a module of the book; its caller knows what it exports. */
export type BookModules = <T>(path: string) => T;

/** Modules whose waiting a page shortens: path, what stands there, and what
 * shall. Throws where it does not stand there. */
export function shortened(
  files: Readonly<Record<string, string>>,
  changes: readonly (readonly [path: string, from: string, to: string])[],
): Record<string, string> {
  const all = { ...files };
  for (const [path, from, to] of changes) {
    const text = all[path];
    if (text === undefined) continue;
    if (!text.includes(from)) throw new Error(`${path} has no ${from}`);
    all[path] = text.replace(from, to);
  }
  return all;
}

/** Nobody waits for minutes in front of a page. */
const PATIENCE: readonly (readonly [string, string, string])[] = [
  ['src/lit/check/tests.ts', 'PATIENCE = 300', 'PATIENCE = 3'],
  ['src/lit/check/exercises.ts', 'PATIENCE = 60', 'PATIENCE = 3'],
  ['src/lit/check/command.ts', 'LIMIT = 180_000', 'LIMIT = 3_000'],
  ['src/lit/ex/desk.ts', 'PATIENCE = 20', 'PATIENCE = 3'],
];

/** The modules of a lab, whose files are compiled. */
export function bookModules(
  files: Readonly<Record<string, string>>, node: SmallNode,
  libraries: Readonly<Record<string, unknown>>,
): BookModules {
  const modules = new Modules(shortened(files, PATIENCE), {
    libraries: { ...libraries, ...node.libraries }, process: node.process,
  });
  return <T>(path: string) => modules.load(path) as Exports as T;
}

/** Files by their names, as the reader left them. */
export function textsOf(files: readonly LabFile[]): Record<string, string> {
  return Object.fromEntries(files.map(({ path, text }) => [path, text]));
}

/** A problem of the book's tools; chapters/x.md is the file x.md here. */
export function findingOf(
  { file, line, message }: Place & { readonly message: string },
): Finding {
  return { message, place: placeOf({ file, line }) };
}

export function placeOf({ file, line }: Place): Place {
  return { file: file.replace(/^chapters\//, ''), line };
}

/** How two texts differ, with lines around; `place` leads to the new one. */
export function diffRows(
  before: readonly string[], after: readonly string[],
  hunks: readonly { from: number; to: number; text: readonly string[] }[],
  file?: string, around = 2,
): Row[] {
  const rows: Row[] = [];
  let [old, now] = [0, 0];
  const plain = (to: number): void => {
    for (; old < to; old++, now++) {
      rows.push({ text: after[now] ?? '', number: now + 1, tone: 'grey' });
    }
  };
  hunks.forEach((hunk, n) => {
    const start = Math.max(old, hunk.from - around);
    if (start > old) {
      now += start - old;
      old = start;
      if (n > 0) rows.push({ text: '…', tone: 'grey' });
    }
    plain(hunk.from);
    for (; old < hunk.to; old++) {
      rows.push({ text: before[old] ?? '', tone: 'removed' });
    }
    for (const text of hunk.text) {
      now += 1;
      rows.push({ text, tone: 'added', number: now,
        ...(file === undefined ? {} : { place: { file, line: now } }) });
    }
    const next = hunks[n + 1]?.from ?? before.length;
    plain(Math.min(old + around, next, before.length));
  });
  return rows;
}

export function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}
