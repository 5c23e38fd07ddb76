// A reader's conveniences in a browser: names with their definitions and
// histories, links to blocks, keys, the indices, and what search puts first.
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axe } from './axe.ts';
import { errorsOf, openHouse } from './house.ts';

/** A busy machine may take its time. */
const PATIENCE = { timeout: 30_000 };
const house = openHouse();

const looks = [
  { name: 'wide, light', width: 1280, colorScheme: 'light' },
  { name: 'narrow, dark', width: 390, colorScheme: 'dark' },
] as const;

describe.each(looks)('$name', ({ width, colorScheme }) => {
  let context: BrowserContext;
  let page: Page;
  let errors: string[];

  beforeAll(async () => {
    context = await house.browser.newContext({
      serviceWorkers: 'block',
      viewport: { width, height: 900 }, colorScheme,
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    page = await context.newPage();
    errors = errorsOf(page);
  });
  afterAll(() => context.close());

  async function open(path: string): Promise<void> {
    errors.length = 0;
    await page.goto(`${house.site.url}${path}`, { waitUntil: 'load' });
    // The layer answers once the page has come alive.
    await page.locator('.rf-said').waitFor({ state: 'attached' });
  }

  /** Nothing wider than the screen, nothing bad for axe, no errors. */
  async function clean(): Promise<void> {
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    expect(await axe(page)).toEqual([]);
    expect(errors).toEqual([]);
  }

  const focused = (): Promise<string> => page.evaluate(() => document.activeElement?.id ?? '');
  const dialog = (): ReturnType<Page['locator']> => page.locator('dialog.rf-dialog[open]');

  test('a name leads to its definition, in another chapter', async () => {
    await open('paging.html');
    const block = page.locator('#code-1');
    await block.getByRole('button', { name: 'names' }).click();
    const phys = dialog().locator('li', { hasText: 'src/machine/phys.ts' }).first();
    await phys.waitFor();
    await clean();
    await phys.locator('summary').click();
    expect(await phys.locator('ol li').count()).toBeGreaterThan(3);
    await phys.getByRole('link').first().click();
    await expect.poll(() => page.url(), PATIENCE).toMatch(/\/(?!paging)[\w.-]+\.html#code-\d+$/);
    await expect.poll(focused, PATIENCE).toMatch(/^code-\d+$/);
    expect(await page.locator('.rf-flash').textContent()).toContain('Phys');
  });

  test.runIf(width > 1000)('the pointer finds it too, and can reach the frame', async () => {
    await open('paging.html');
    await page.locator('#code-1 pre code .line span', { hasText: 'Phys' }).first().hover();
    const frame = page.locator('.rf-hover');
    await frame.waitFor();
    expect(await frame.textContent()).toContain('Defined in');
    await frame.hover();
    await page.waitForTimeout(500);
    await clean();
    await page.keyboard.press('Escape');
    await expect.poll(() => frame.count(), PATIENCE).toBe(0);
  });

  test('a block has a link of its own', async () => {
    await open('paging.html');
    await page.locator('#code-2 .rf-anchor').click();
    await expect.poll(() => page.url(), PATIENCE).toMatch(/paging\.html#code-2$/);
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText()), PATIENCE)
      .toMatch(/paging\.html#code-2$/);
    await expect.poll(focused, PATIENCE).toBe('code-2');
  });

  test('keys: along a block’s history, along the page, help', async () => {
    await open('paging.html#code-2');
    await expect.poll(focused, PATIENCE).toBe('code-2');
    const to = await page.locator('#code-2 [data-rf-to=next]').getAttribute('href');
    const target = to?.split('#')[1] ?? '';
    await page.keyboard.press('n');
    await expect.poll(focused, PATIENCE).toBe(target);
    // The router may still be on its way from the page's top.
    await page.evaluate(() => { scrollTo({ top: 0, behavior: 'instant' }); });
    await page.keyboard.press('k');
    await expect.poll(focused, PATIENCE).not.toBe(target);
    await page.keyboard.press('?');
    await dialog().getByText('Single keys').waitFor();
    await clean();
    await dialog().getByRole('checkbox').uncheck();
    await page.keyboard.press('Escape');
    const before = await focused();
    await page.keyboard.press('j');
    await page.waitForTimeout(200);
    expect(await focused()).toBe(before);
    await page.evaluate(() => localStorage.clear());
  });

  test('search puts prose before code', async () => {
    await open('prologue.html');
    await page.keyboard.press('/');
    await page.locator('.VPLocalSearchBox input').fill('accessed');
    const results = page.locator('.VPLocalSearchBox .result');
    await results.first().waitFor();
    await expect.poll(() => results.count(), PATIENCE).toBeGreaterThan(2);
    const links = await results.evaluateAll((all) => all.map((a) => a.getAttribute('href') ?? ''));
    const code = links.map((href) => /#code-\d+$/.test(href));
    expect(code[0]).toBe(false);
    expect(code.indexOf(true) < 0 || !code.slice(code.indexOf(true)).includes(false), links.join('\n')).toBe(true);
    await page.locator('.VPLocalSearchBox input').fill('walkThree');
    await expect.poll(() => results.first().getAttribute('href'), PATIENCE).toMatch(/paging/);
    await page.keyboard.press('Escape');
  });

  test.each(['indices', 'indices/files', 'indices/hypercalls', 'indices/exercises'])(
    '%s', async (name) => {
      await open(`${name}.html`);
      await clean();
    });

  test('the concordance leads to a block', async () => {
    await open('indices/xen.html');
    const row = page.locator('tr', { hasText: 'do_mmu_update' }).first();
    await row.getByRole('link').first().click();
    await expect.poll(() => page.url(), PATIENCE).toMatch(/direct-paging[\w.]*\.html#code-\d+$/);
    await expect.poll(focused, PATIENCE).toMatch(/^code-\d+$/);
    expect(errors).toEqual([]);
  });
});
