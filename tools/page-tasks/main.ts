// npm run page-tasks: the longest tasks of a page's main thread while a reader
// loads it and works with its bench. Needs a built site. A task's time is what
// its thread had of the processor, and of some rounds the least is taken: so
// others on this computer count little, though caches are shared.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser } from 'playwright-core';
import { serve } from '../../.vitepress/test/serve.ts';
import { launchChromium } from '../chromium.ts';
import { load, use } from './acts.ts';
import { type Act, type Task, traced } from './trace.ts';

const HELP = `usage: npm run page-tasks -- [options] [PAGE…]

Loads pages of the built site in Chromium (first-machine.html, if none is
named), does what a reader does, and prints for each act the longest task of
the page's main thread: milliseconds of the processor, of the clock, and what
it was.

  --rounds N   how often (default 5); the least of each act counts
  --width N    of the window (default 1280)
  --dist DIR   the built site (default .vitepress/dist)
  --help       show this text`;

/** Longer tasks are felt. */
const LONG = 50;

interface Wish {
  readonly dist: string;
  readonly pages: readonly string[];
  readonly rounds: number;
  readonly width: number;
}

/** What was asked for; undefined: help. */
function wish(): Wish | undefined {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rounds: { type: 'string', default: '5' },
      width: { type: 'string', default: '1280' },
      dist: { type: 'string', default: join('.vitepress', 'dist') },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const { dist } = values;
  if (!existsSync(join(dist, 'index.html'))) {
    throw new Error(`no site in ${dist}: npm run build makes it`);
  }
  const pages = positionals.length > 0 ? positionals : ['first-machine.html'];
  const missing = pages.find((page) => !existsSync(join(dist, page)));
  if (missing !== undefined) throw new Error(`${missing} is no page of the site in ${dist}`);
  return {
    dist, pages, rounds: whole('rounds', values.rounds), width: whole('width', values.width),
  };
}

function whole(name: string, text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new Error(`--${name} wants a whole number from 1 on, not ${text}`);
}

/** A fresh browser each time: nothing is compiled or cached. */
async function round(url: string, width: number): Promise<Act[]> {
  const browser: Browser = await launchChromium();
  try {
    const viewport = { width, height: 900 };
    const context = await browser.newContext({ viewport, serviceWorkers: 'block' });
    const page = await context.newPage();
    return await traced(browser, page, 'load', async () => {
      await load(page, url);
      await use(page);
    });
  } finally {
    await browser.close();
  }
}

const longest = (tasks: readonly Task[]): Task | undefined =>
  tasks.toSorted((a, b) => b.own - a.own)[0];

/** Of each act's longest tasks the least. */
function leastOf(rounds: readonly Act[][]): Map<string, Task> {
  const least = new Map<string, Task>();
  for (const { name, tasks } of rounds.flat()) {
    const task = longest(tasks);
    const known = least.get(name);
    if (task && (!known || task.own < known.own)) least.set(name, task);
  }
  return least;
}

function rowOf(name: string, { own, wall, parts }: Task): string {
  const numbers = [own, wall].map((ms) => ms.toFixed(1).padStart(8)).join('');
  const what = parts.filter((p) => p.ms >= 2)
    .map((p) => `${p.name} ${p.ms.toFixed(0)}`).join(', ');
  return `${name.padEnd(18)}${numbers}${own > LONG ? ' *' : '  '} ${what}`;
}

async function measure(url: string, page: string, { rounds, width }: Wish): Promise<void> {
  const all: Act[][] = [];
  for (let i = 1; i <= rounds; i += 1) {
    console.error(`${page}: round ${i} of ${rounds}`);
    all.push(await round(url + page, width));
  }
  console.log(`${page}, ${width} wide: longest task, ms own, ms wall`);
  for (const [name, task] of leastOf(all)) console.log(rowOf(name, task));
}

async function measureAll(asked: Wish): Promise<void> {
  const { url, server } = await serve(asked.dist);
  try {
    for (const page of asked.pages) await measure(url, page, asked);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

try {
  const asked = wish();
  if (asked) await measureAll(asked);
  else console.log(HELP);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
