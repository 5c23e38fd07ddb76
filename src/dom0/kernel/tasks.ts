import type { Kernel } from '../../xen/public/kernel.ts';
import { type Dom0 } from './state.ts';

/** Does one piece of work; false if there was none. */
export type Task = (k: Kernel, s: Dom0) => boolean;

/**
 * Runs the next task that has something to do, beginning behind the
 * one that ran last; false if none has.
 */
export function runOne(
  k: Kernel, s: Dom0, tasks: readonly Task[],
): boolean {
  for (let i = 0; i < tasks.length; i++) {
    const turn = (s.turn + i) % tasks.length;
    if (!tasks[turn]!(k, s)) continue;
    s.turn = turn + 1;
    return true;
  }
  return false;
}
