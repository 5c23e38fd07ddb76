// The host's own processor: the same object code as a 32-bit Linux program.
import { outputOf } from '../processes.ts';
import { type Measured, RunFailed } from './engine.ts';

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
