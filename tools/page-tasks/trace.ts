// Reads Chromium's trace of a page: which tasks its main thread ran between
// two marks, how long each had the processor, and what it was busy with.
import type { Browser, Page } from 'playwright-core';

/** Tasks with what they do, and marks. */
const CATEGORIES = [
  'disabled-by-default-devtools.timeline', 'devtools.timeline', 'v8.execute',
  'blink.user_timing',
];
const MARK = 'act: ';
/** An act of this tool's, not of a reader's. */
export const OURS = 'ours';
/** Parts of a task that only say that it has parts. */
const FRAMES = /^(RunTask|v8\.callFunction|FunctionCall|BlinkScheduler_.*)$/;

/** As Chromium writes it, in microseconds; `tdur` is the thread's own time. */
interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
}

export interface Part {
  readonly name: string;
  readonly ms: number;
}

export interface Task {
  /** Milliseconds of the processor. */
  readonly own: number;
  /** Milliseconds from its beginning to its end. */
  readonly wall: number;
  /** The longest first. */
  readonly parts: readonly Part[];
}

export interface Act {
  readonly name: string;
  readonly tasks: readonly Task[];
}

/** From here on the tasks belong to another act. */
export function mark(page: Page, act: string): Promise<void> {
  return page.evaluate((name) => { performance.mark(name); }, MARK + act);
}

/** Traces what `follow` does; the first act begins with the page. */
export async function traced(
  browser: Browser, page: Page, first: string, follow: () => Promise<void>,
): Promise<Act[]> {
  await page.addInitScript((name) => { performance.mark(name); }, MARK + first);
  await browser.startTracing(page, { categories: CATEGORIES });
  await follow();
  await mark(page, 'end');
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as {
    traceEvents: TraceEvent[];
  };
  return actsOf(traceEvents);
}

function actsOf(all: readonly TraceEvent[]): Act[] {
  const marks = all.filter((e) => e.name.startsWith(MARK)).sort((a, b) => a.ts - b.ts);
  const main = marks.at(-1);
  const mine = all.filter((e) =>
    e.ph === 'X' && e.pid === main?.pid && e.tid === main.tid);
  const tasks = mine.filter((e) => e.name === 'RunTask');
  return marks.slice(0, -1).map((from, i) => ({
    name: from.name.slice(MARK.length),
    tasks: tasks
      .filter((t) => from.ts <= t.ts && t.ts < marks[i + 1]!.ts)
      .map((t) => taskOf(t, mine)),
  })).filter((act) => act.name !== OURS);
}

const ms = (microseconds = 0): number => microseconds / 1000;

function taskOf(task: TraceEvent, all: readonly TraceEvent[]): Task {
  const end = task.ts + (task.dur ?? 0);
  const parts = all
    .filter((e) => task.ts <= e.ts && e.ts < end && !FRAMES.test(e.name))
    .map((e) => ({ name: e.name, ms: ms(e.tdur) }))
    .sort((a, b) => b.ms - a.ms);
  return { own: ms(task.tdur), wall: ms(task.dur), parts: parts.slice(0, 4) };
}
