// What a reader does with a page: loads it, comes to its bench, which opens,
// and uses all that it has; or boots the machine of the free bench.
import type { Locator, Page } from 'playwright-core';
import { mark, OURS } from './trace.ts';

/** Milliseconds for what follows an act without being asked. */
const REST = 800;
/** As long a machine runs. */
const RUN = 2500;

const rest = (ms = REST): Promise<void> =>
  new Promise((done) => { setTimeout(done, ms); });

/** Until the bench has done what it was asked. */
async function idle(bench: Locator): Promise<void> {
  await bench.and(bench.page().locator('[data-state=idle]')).waitFor();
}

export async function load(page: Page, url: string): Promise<void> {
  await page.goto(url, { waitUntil: 'networkidle' });
  await rest();
}

/** Everything that can be done with what the page has. */
export async function use(page: Page): Promise<void> {
  // What looks for elements is brought into the page first.
  await mark(page, OURS);
  const place = page.locator('.rf-bench-place').first();
  const boot = page.getByRole('button', { name: 'Boot our guest' });
  if (await boot.count() > 0) await bootFree(page, boot);
  else if (await place.count() > 0) await open(page, place);
  else await stay(page);
  const bench = place.locator('.bench');
  if (await bench.locator('.files').count() > 0) await write(page, bench);
  else if (await place.count() > 0) await work(page, bench);
}

/** A title page boots its machine by itself. */
async function stay(page: Page): Promise<void> {
  await mark(page, 'stay');
  await rest(RUN);
}

async function bootFree(page: Page, boot: Locator): Promise<void> {
  await mark(page, 'boot');
  await boot.click();
  await rest(RUN);
  await page.keyboard.press('Escape');
}

async function open(page: Page, place: Locator): Promise<void> {
  await mark(page, 'scroll');
  await place.evaluate((e) => {
    e.scrollIntoView({ block: 'start', behavior: 'instant' });
  });
  await place.locator('.bench').waitFor({ state: 'attached' });
  await mark(page, 'open');
  await idle(place.locator('.bench'));
  await rest();
}

const KEYS = [
  ['step', 's', 5], ['back', 'b', 5], ['next trap', 't', 2],
  ['previous trap', 'p', 2], ['moment', 'm', 1],
] as const;

async function work(page: Page, bench: Locator): Promise<void> {
  await bench.focus();
  for (const [act, key, times] of KEYS) {
    await mark(page, act);
    for (let i = 0; i < times; i += 1) {
      await page.keyboard.press(key);
      await idle(bench);
    }
    await rest(300);
  }
  await mark(page, 'run');
  await page.keyboard.press('r');
  await rest(RUN);
  await page.keyboard.press('m');
  await idle(bench);
  await slide(page, bench);
  await lookAround(page, bench);
}

/** A bench of the book's tools: its files are written in. */
async function write(page: Page, bench: Locator): Promise<void> {
  await bench.locator('.cm-content').waitFor();
  await mark(page, 'click');
  await bench.locator('.cm-line').nth(2).click();
  await rest();
  await mark(page, 'type');
  await page.keyboard.press('End');
  for (const key of ' // written by a reader who types') {
    await page.keyboard.type(key);
    await rest(60);
  }
  await idle(bench);
  for (const change of await bench.locator('.controls button[aria-pressed]:not(.size)').all()) {
    await mark(page, `try ${await change.textContent()}`);
    await change.click();
    await idle(bench);
    await rest();
  }
  await lookAround(page, bench);
}

async function slide(page: Page, bench: Locator): Promise<void> {
  await mark(page, 'slide');
  const end = Number(await bench.getAttribute('data-end'));
  for (const part of [0.1, 0.9, 0.5, 0]) {
    await bench.getByRole('slider').fill(String(Math.floor(end * part)));
    await rest(100);
  }
  await idle(bench);
  await rest(300);
}

async function lookAround(page: Page, bench: Locator): Promise<void> {
  for (const tab of await bench.getByRole('tab').all()) {
    await mark(page, `tab ${await tab.textContent()}`);
    await tab.click();
    await rest(400);
  }
  const size = bench.locator('button.size');
  for (const act of ['full window', 'back in the page']) {
    await mark(page, act);
    await size.click();
    await rest();
  }
}
