import { notify } from '../kernel/calls.ts';
import type { Task } from '../kernel/tasks.ts';
import { serveConsole } from './consoled.ts';

/** Visits one console that is awake. */
export const consoleTask: Task = (k, s) => {
  const c = s.consoles.find(one => one.awake);
  if (!c) return false;
  s.consoles = [...s.consoles.filter(one => one !== c), c];
  if (serveConsole(k, c)) notify(k, c.port);
  return true;
};
