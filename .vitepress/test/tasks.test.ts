// What could hold up a reader is cut into pieces. How long a piece takes is a
// matter of the computer (npm run page-tasks measures it); that there are
// pieces is not: parts of a page come to life in as many idle moments, and the
// panels of a bench in as many frames.
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { openHouse } from './house.ts';

const house = openHouse();

async function open(before: () => void, name: string): Promise<Page> {
  const page = await house.browser.newPage({
    viewport: { width: 1680, height: 900 }, serviceWorkers: 'block',
  });
  await page.addInitScript(before);
  await page.goto(`${house.site.url}${name}`, { waitUntil: 'load' });
  return page;
}

interface Idle {
  /** Idle moments that were asked for and have not come. */
  moments: (() => void)[];
}

/** Idle moments come when the test says so. */
function holdIdle(): void {
  const moments: Idle['moments'] = [];
  Object.assign(globalThis, {
    moments,
    requestIdleCallback: (work: (left: IdleDeadline) => void): number =>
      moments.push(() => work({ didTimeout: false, timeRemaining: () => 50 })),
  });
}

/** Parts of the sidebar, and the bar, in which Vue listens. */
function living(): { parts: number; bar: number } {
  const lives = (e: Element): boolean =>
    [e, ...e.querySelectorAll('*')].some((x) => Object.getOwnPropertySymbols(x).length > 0);
  const count = (selector: string): number =>
    [...document.querySelectorAll(selector)].filter(lives).length;
  return { parts: count('.VPSidebar .group'), bar: count('.VPNav') };
}

test('the bar and the parts of the sidebar come to life one by one', async () => {
  const page = await open(holdIdle, 'first-machine.html');
  const all = await page.locator('.VPSidebar .group').count();
  expect(all).toBeGreaterThan(1);
  await page.waitForFunction((n) => (globalThis as unknown as Idle).moments.length > n, all);
  expect(await page.evaluate(living)).toEqual({ parts: 0, bar: 0 });

  let before = 0;
  while (await page.evaluate(() => (globalThis as unknown as Idle).moments.length) > 0) {
    await page.evaluate(() => (globalThis as unknown as Idle).moments.shift()?.());
    const { parts, bar } = await page.evaluate(living);
    expect(parts + bar - before).toBeLessThanOrEqual(1);
    before = parts + bar;
  }
  expect(await page.evaluate(living)).toEqual({ parts: all, bar: 1 });
  await page.close();
});

interface Frames {
  /** Of each panel that was made: the frame before which it came. */
  made: number[];
}

/** Counts frames, and writes down in which one a bench's panels are made. */
function watchPanels(): void {
  const made: Frames['made'] = [];
  let frame = 0;
  const next = (): void => {
    frame += 1;
    requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
  new MutationObserver((changes) => {
    const panels = changes.filter(({ target }) =>
      target instanceof Element && target.matches('[role=tabpanel]'))
      .flatMap((c) => [...c.addedNodes].filter((n) => n instanceof Element));
    made.push(...panels.map(() => frame));
  }).observe(document, { childList: true, subtree: true });
  Object.assign(globalThis, { made });
}

const made = (page: Page): Promise<number[]> =>
  page.evaluate(() => (globalThis as unknown as Frames).made.splice(0));

test('what is used comes to life at once', async () => {
  const page = await open(holdIdle, 'first-machine.html');
  const sun = page.locator('.VPNavBar .VPSwitchAppearance').first();
  await page.waitForFunction(() => (globalThis as unknown as Idle).moments.length > 0);
  expect(await page.evaluate(living)).toMatchObject({ bar: 0 });
  await sun.click();
  expect(await page.evaluate(living)).toMatchObject({ bar: 1 });
  expect(await page.locator('html').getAttribute('class')).toContain('dark');
  await page.close();
});

test.each(['/', 'Control+k'])('a search by %s need not wait for the bar', async (key) => {
  const page = await open(holdIdle, 'first-machine.html');
  await page.waitForFunction(() => (globalThis as unknown as Idle).moments.length > 0);
  expect(await page.evaluate(living)).toMatchObject({ bar: 0 });
  await page.keyboard.press(key);
  const box = page.locator('.VPLocalSearchBox input');
  await box.fill('accessed');
  await page.locator('.VPLocalSearchBox .result').first().waitFor();
  await page.close();
});

test('a bench makes one panel a frame, when it opens and when it grows', async () => {
  const page = await open(watchPanels, 'first-machine.html');
  const bench = page.locator('.rf-bench-place .bench');
  await page.locator('.rf-bench-place').scrollIntoViewIfNeeded();
  const drawn = async (groups: number): Promise<void> => {
    await expect.poll(() => bench.locator('[role=tabpanel][aria-busy=false]').count(),
      { timeout: 30_000 }).toBe(groups);
  };
  await drawn(3);
  const opened = await made(page);
  expect(opened).toHaveLength(3);
  expect(new Set(opened).size).toBe(3);

  await bench.getByRole('button', { name: 'Full window' }).click();
  await drawn(5);
  const grown = await made(page);
  expect(grown.length).toBeGreaterThanOrEqual(2);
  expect(new Set(grown).size).toBe(grown.length);
  await page.close();
});
