// CPU time of this thread and of the whole process.
import { readFileSync } from 'node:fs';
import type { Sample } from './engines/engine.ts';

const THREAD = '/proc/thread-self/schedstat';

/** Nanoseconds that Linux has run a thread for: the first number of its
 * schedstat file (Linux, Documentation/scheduler/sched-stats.rst). */
export function ranFor(file: string): number {
  return Number(readFileSync(file, 'latin1').split(' ', 1)[0]);
}

/** Why CPU time can't be read here, or undefined. */
export function whyNoClock(): string | undefined {
  try {
    return ranFor(THREAD) > 0 ? undefined : `${THREAD} says nothing`;
  } catch {
    return `${THREAD} can't be read: CPU time needs Linux`;
  }
}

/** All clocks, now. */
export function sample(retired: number): Sample {
  // Asking for the process's time brings this thread's up to date; without
  // that the file is as old as the last tick.
  const { user, system } = process.cpuUsage();
  return {
    thread: ranFor(THREAD), process: (user + system) * 1000,
    wall: performance.now() * 1e6, retired,
  };
}
