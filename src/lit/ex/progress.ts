import { join } from 'node:path';
import { readText, writeChanged } from '../files.ts';

/** What a learner has done about one exercise. */
export interface Entry {
  readonly state: 'started' | 'passed';
  readonly tries: number;
  /** How many hints were shown. */
  readonly hints: number;
}

/** A plain file, the learner’s own. */
export type Progress = Readonly<Record<string, Entry>>;

const FILE = 'my/progress.json';
const FIRST: Entry = { state: 'started', tries: 0, hints: 0 };

export function readProgress(root: string): Progress {
  return JSON.parse(readText(join(root, FILE)) ?? '{}') as Progress;
}

/** Changes one exercise's entry and gives the new one. */
export function note(
  root: string, id: string, change: (entry: Entry) => Partial<Entry>,
): Entry {
  const progress = readProgress(root);
  const old = progress[id] ?? FIRST;
  const entry = { ...old, ...change(old) };
  const all = { ...progress, [id]: entry };
  writeChanged(join(root, FILE), `${JSON.stringify(all, null, 2)}\n`);
  return entry;
}

/** Forgets an exercise. */
export function forget(root: string, id: string): void {
  const { [id]: _, ...rest } = readProgress(root);
  writeChanged(join(root, FILE), `${JSON.stringify(rest, null, 2)}\n`);
}
