import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** What a cell is told. */
export interface ToCell {
  readonly nonce: string;
  /** The folder that the tests see, absolute. */
  readonly room: string;
  /** The folder of compiled modules, and each module's name there. */
  readonly store: string;
  readonly modules: Readonly<Record<string, string>>;
  /** The answer: the stub's path, and JavaScript. */
  readonly answer: { readonly path: string; readonly text: string };
  /** Test files, in order; `own` ends the run when one fails. */
  readonly tests: readonly string[];
  readonly own: readonly string[];
  /** Libraries that an answer may import. */
  readonly packages: readonly string[];
  /** Folders of libraries. */
  readonly libraries: readonly string[];
  /** Whether what JavaScript itself brings is frozen. */
  readonly frozen: boolean;
  /** Shuffles the tests of a file. */
  readonly seed?: number;
}

/** What a cell says. */
export type FromCell =
  | { kind: 'start'; file: string; name: string }
  | {
    kind: 'test'; file: string; name: string; passed: boolean;
    message: string;
  }
  | { kind: 'error'; file: string; message: string }
  | { kind: 'file'; file: string }
  | { kind: 'done' };

/** What a cell may use. */
export interface Limits {
  readonly seconds: number;
  /** Mebibytes of resident memory. */
  readonly memory: number;
}

/** What came of a run: its messages, and why it ended if not well. */
export interface Outcome {
  readonly said: readonly FromCell[];
  readonly ended?: string;
  readonly ms: number;
}

/** Runs an answer's tests in a process of its own. Never throws for
 * anything that the answer does. */
export async function runCell(
  script: string, order: Omit<ToCell, 'nonce'>, limits: Limits,
  signal?: AbortSignal,
): Promise<Outcome> {
  const nonce = randomBytes(24).toString('hex');
  const start = performance.now();
  const child = spawn(process.execPath,
    [...flagsFor(order, script, limits), script], {
      cwd: order.room, env: {}, killSignal: 'SIGKILL',
      stdio: ['pipe', 'ignore', 'ignore', 'pipe'],
      ...(signal ? { signal } : {}),
    });
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(JSON.stringify({ ...order, nonce }));
  firstToDie(child.pid);
  const said: FromCell[] = [];
  const ended = await watchOver(child, limits, (line) =>
    hear(said, nonce, line));
  const ms = performance.now() - start;
  return { said, ms, ...(ended === undefined ? {} : { ended }) };
}

/** Node's own walls: few files to read, none to write, no processes,
 * no threads, no inspector, a small heap, intrinsics that nobody can
 * change. */
function flagsFor(
  order: Omit<ToCell, 'nonce'>, script: string, limits: Limits,
): string[] {
  const walls = process.allowedNodeEnvironmentFlags.has('--permission')
    ? '--permission' : '--experimental-permission';
  const readable =
    [order.room, order.store, script, ...order.libraries];
  return [
    walls, '--no-warnings',
    ...order.frozen ? ['--frozen-intrinsics'] : [],
    ...readable.map((path) => `--allow-fs-read=${path}`),
    `--max-old-space-size=${Math.ceil(limits.memory / 2)}`,
  ];
}

/** Waits for a cell's end, and ends it where it must be. */
function watchOver(
  child: ChildProcess, limits: Limits, hear: (line: string) => Heard,
): Promise<string | undefined> {
  let reason: string | undefined;
  let done = false;
  const end = (why?: string): void => {
    reason ??= why;
    child.kill('SIGKILL');
  };
  const clock = setTimeout(() => end(
    `stopped after ${limits.seconds} s: an endless loop?`),
  limits.seconds * 1000);
  const scales = setInterval(() => {
    if (memoryOf(child.pid) <= limits.memory) return;
    end(`stopped at more than ${limits.memory} MiB of memory`);
  }, 50);
  listen(child, (line) => {
    const heard = done ? 'done' : hear(line);
    if (typeof heard === 'object') end(heard.wrong);
    else if (heard === 'done') { done = true; end(); }
  });
  return new Promise((resolve) => {
    child.on('error', (error) => { reason ??= error.message; });
    child.on('close', (code, signal) => {
      clearTimeout(clock);
      clearInterval(scales);
      resolve(reason ?? (done ? undefined : howItEnded(code, signal)));
    });
  });
}

/** What a line from the cell means for the cell. */
type Heard = 'go on' | 'done' | { readonly wrong: string };

/** Takes a line from the cell, if it knows the nonce; if not, nothing
 * that was said before counts either. */
function hear(said: FromCell[], nonce: string, line: string): Heard {
  if (!line.startsWith(`${nonce} `)) {
    said.length = 0;
    return { wrong: 'the answer wrote to the grader’s channel' };
  }
  const message = JSON.parse(line.slice(nonce.length + 1)) as FromCell;
  said.push(message);
  return message.kind === 'done' ? 'done' : 'go on';
}

function howItEnded(
  code: number | null, signal: NodeJS.Signals | null,
): string {
  if (signal === 'SIGABRT' || code === 134) {
    return 'the process crashed: out of memory?';
  }
  return signal ? `the process was ended by ${signal}`
    : `the process ended before its tests did (exit code ${code})`;
}

/** A process's resident memory in MiB, 0 where nobody tells. */
function memoryOf(pid: number | undefined): number {
  try {
    const text = readFileSync(`/proc/${pid}/statm`, 'utf8');
    return Number(text.split(' ')[1]) * PAGE / 2 ** 20;
  } catch {
    return 0;
  }
}

/** Bytes of a page as Linux counts them here. */
const PAGE = 4096;

/** Tells Linux whom to end first when memory runs out. */
function firstToDie(pid: number | undefined): void {
  try {
    writeFileSync(`/proc/${pid}/oom_score_adj`, '1000');
  } catch {
    // Another system, or the process has ended already.
  }
}

function listen(
  child: ChildProcess, hear: (line: string) => void,
): void {
  const input = child.stdio[3] as Readable;
  input.on('error', () => undefined);
  createInterface({ input }).on('line', hear);
}
