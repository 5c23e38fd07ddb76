// Programs that are started here, so that none outlives the benchmark.
import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';
import { basename } from 'node:path';
import { RunFailed } from './engines/engine.ts';

const alive = new Set<ChildProcess>();

/** Starts a program that `killAll` will end. */
export function start(file: string, words: readonly string[], options: SpawnOptions): ChildProcess {
  const child = spawn(file, words, options);
  alive.add(child);
  child.once('close', () => alive.delete(child));
  child.once('error', () => alive.delete(child));
  return child;
}

/** Ends what is still running. */
export function killAll(): void {
  for (const child of alive) child.kill('SIGKILL');
}

/** Minutes after which a run is given up. */
const PATIENCE = 30;

/** Waits for a program's end; its exit code or signal. Throws RunFailed if it
 * could not be started or took too long. */
export async function closed(child: ChildProcess, file: string): Promise<number | string> {
  const late = setTimeout(() => child.kill('SIGKILL'), PATIENCE * 60_000);
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', (error) => reject(new RunFailed(`${file}: ${error.message}`)));
      child.once('close', (code, signal) => resolve(code ?? signal ?? 'nothing'));
    });
  } finally {
    clearTimeout(late);
  }
}

/** What a program writes. Throws RunFailed if it fails. */
export async function outputOf(file: string, words: readonly string[]): Promise<string> {
  const child = start(file, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout?.setEncoding('utf8').on('data', (part: string) => { out += part; });
  child.stderr?.setEncoding('utf8').on('data', (part: string) => { err += part; });
  const code = await closed(child, file);
  if (code === 0) return out;
  throw new RunFailed(`${basename(file)} ${words.at(-1) ?? ''} ended with ${code}: ${err.trim()}`);
}
