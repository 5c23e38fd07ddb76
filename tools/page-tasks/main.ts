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

const { values: options, positionals: pages } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    width: { type: 'string', default: '1280' },
    dist: { type: 'string', default: join('.vitepress', 'dist') },
    help: { type: 'boolean', default: false },
  },
});

/** A fresh browser each time: nothing is compiled or cached. */
async function round(url: string): Promise<Act[]> {
  const browser: Browser = await launchChromium();
  try {
    const viewport = { width: Number(options.width), height: 900 };
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

async function measure(url: string, page: string): Promise<void> {
  const rounds: Act[][] = [];
  for (let i = 0; i < Number(options.rounds); i += 1) rounds.push(await round(url + page));
  console.log(`${page}, ${options.width} wide: longest task, ms own, ms wall`);
  for (const [name, task] of leastOf(rounds)) console.log(rowOf(name, task));
}

if (options.help) console.log(HELP);
else if (!existsSync(join(options.dist, 'index.html'))) {
  console.error(`no site in ${options.dist}: npm run build makes it`);
  process.exitCode = 1;
} else {
  const { url, server } = await serve(options.dist);
  for (const page of pages.length > 0 ? pages : ['first-machine.html']) {
    await measure(url, page);
  }
  server.close();
  server.closeAllConnections();
}
