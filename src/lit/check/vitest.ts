import { type ChildProcess, fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** One vitest process. When it hangs, the files that it was at are
 * given up, and the caller starts another for the rest. */
function runOnce(
  root: string, files: readonly string[], patience: number,
  tell: (result: FileResult) => void,
): Promise<void> {
  const child = launch(root);
  const running = new Set<string>();
  const giveUp = (): void => {
    for (const file of running) {
      tell(stuck(file, `silent for ${patience} s: endless loop?`));
    }
    child.kill('SIGKILL');
  };
  const timer = setTimeout(giveUp, patience * 1000);
  child.on('message', (message: FromWorker) => {
    timer.refresh();
    if (message.kind === 'start') running.add(message.file);
    if (message.kind !== 'end') return;
    running.delete(message.file);
    tell(message);
  });
  child.send({ root, files } satisfies ToWorker);
  return new Promise((resolve) => child.on('exit', resolve))
    .then(() => clearTimeout(timer));
}

/** A failed test: where its error was thrown, innermost first. */
export interface TestFailure {
  readonly name: string;
  readonly message: string;
  readonly frames: readonly {
    readonly file: string;
    readonly line: number;
    readonly col: number;
  }[];
}

/** What to run: files relative to the root. */
export interface ToWorker {
  readonly root: string;
  readonly files: readonly string[];
}

/** What the process that runs vitest says. */
export type FromWorker =
  | { kind: 'start'; file: string }
  | { kind: 'done' }
  | FileResult & { kind: 'end' };

/** How one test file ended. */
export interface FileResult {
  /** The absolute path. */
  readonly file: string;
  readonly passed: number;
  readonly skipped: number;
  readonly failures: readonly TestFailure[];
  readonly ms: number;
}

/** Runs test files; gives what each came to. A file that makes no
 * progress for `patience` seconds counts as failed. */
export async function runFiles(
  root: string, files: readonly string[], patience: number,
  tell: (result: FileResult) => void,
): Promise<FileResult[]> {
  const results: FileResult[] = [];
  let left = files.map((file) => `${root}/${file}`);
  while (left.length > 0) {
    const before = left.length;
    const relative = left.map((file) => file.slice(root.length + 1));
    await runOnce(root, relative, patience, (result) => {
      results.push(result);
      tell(result);
    });
    const done = new Set(results.map((r) => r.file));
    left = left.filter((file) => !done.has(file));
    if (left.length === before) break;
  }
  const lost = left.map((file) => stuck(file, 'no result from vitest'));
  return [...results, ...lost];
}

function stuck(file: string, message: string): FileResult {
  const failure: TestFailure = { name: '', message, frames: [] };
  return { file, passed: 0, skipped: 0, failures: [failure], ms: 0 };
}

/** Starts the worker; what it prints is shown only if it fails. */
function launch(root: string): ChildProcess {
  const script = fileURLToPath(new URL('./worker.ts', import.meta.url));
  const tsx = createRequire(import.meta.url).resolve('tsx');
  const child = fork(script, [], {
    cwd: root, execArgv: ['--import', pathToFileURL(tsx).href],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, VITEST: 'true', NODE_ENV: 'test' },
  });
  let noise = '';
  child.stderr?.on('data', (data) => { noise += String(data); });
  child.stdout?.resume();
  child.on('exit', (code) => {
    if (code) process.stderr.write(noise);
  });
  return child;
}
