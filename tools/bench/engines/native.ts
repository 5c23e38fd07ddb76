// The host's own processor: the same object code as a 32-bit Linux program.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { outputOf } from '../processes.ts';
import { type Measured, RunFailed } from './engine.ts';

/** Why programs of `gcc -m32` don't run here, or undefined where they do: a
 * kernel may have been built, or started, without support for them. */
export function whyNotNative(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  try {
    const program = join(folder, 'program');
    spawnSync('gcc', ['-m32', '-xc', '-', '-o', program], { input: 'int main(void){return 0;}' });
    const runs = spawnSync(program).status === 0;
    return runs ? undefined : 'this kernel runs no 32-bit programs';
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Runs a program that host.c is part of; throws RunFailed. */
export async function runNative(program: string, words: readonly string[]): Promise<Measured> {
  const text = await outputOf(program, words);
  const checksum = /^checksum ([0-9a-f]{8})$/m.exec(text)?.[1];
  const times = [...text.matchAll(/^time (\d+)$/gm)].map(([, time]) => Number(time) / 1e6);
  if (checksum === undefined || times.length === 0) {
    throw new RunFailed(`${program} wrote: ${JSON.stringify(text)}`);
  }
  // One thread: its time is the process's.
  const repetitions = times.map((time) => ({ thread: time, process: time, wall: time }));
  return { checksum, rep: 0, repetitions };
}
