import { join } from 'node:path';
import { readText, writeChanged } from '../files.ts';
import { digest } from './closure.ts';

/** What is known to hold, by a digest of everything it rests on.
 * Entries that a full check did not ask for are forgotten. */
export class Cache {
  readonly #file: string;
  readonly #tools: string;
  readonly #old: Map<string, unknown>;
  readonly #used = new Map<string, unknown>();

  constructor(root: string) {
    this.#file = join(root, '.lit', 'cache.json');
    this.#tools = toolsOf(root);
    this.#old = new Map(readEntries(this.#file, this.#tools));
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  get(key: string): unknown {
    const value = this.#used.get(key) ?? this.#old.get(key);
    if (value !== undefined) this.#used.set(key, value);
    return value;
  }

  put(key: string, value: unknown): void {
    this.#used.set(key, value);
  }

  /** Forgets what turned out not to hold. */
  drop(key: string): void {
    this.#old.delete(key);
    this.#used.delete(key);
  }

  /** Writes the entries; `all` keeps those not asked for, too. */
  save(all: boolean): void {
    const entries = all
      ? new Map([...this.#old, ...this.#used]) : this.#used;
    writeChanged(this.#file, JSON.stringify([this.#tools, ...entries]));
  }
}

/** Results rest on the tools that made them, too. */
function toolsOf(root: string): string {
  const lock = readText(join(root, 'package-lock.json')) ?? '';
  return digest(process.version, lock);
}

function readEntries(file: string, tools: string): [string, unknown][] {
  try {
    const [made, ...entries] = JSON.parse(readText(file) ?? '[]') as
      [string, ...[string, unknown][]];
    return made === tools ? entries : [];
  } catch {
    return [];
  }
}
