// Every page in a real browser: no error on the console, nothing wider than
// the screen, nothing that axe finds serious; and the tools of a code block.
import { readdirSync } from 'node:fs';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axe } from './axe.ts';
import { dist } from './build.ts';
import { errorsOf, openHouse } from './house.ts';

const pages = readdirSync(dist, { recursive: true, encoding: 'utf8' })
  .map((f) => f.replaceAll('\\', '/'))
  .filter((f) => f.endsWith('.html') && f !== '404.html');
const house = openHouse();

async function visit(context: BrowserContext, name: string): Promise<{ page: Page; errors: string[] }> {
  const page = await context.newPage();
  const errors = errorsOf(page);
  await page.goto(`${house.site.url}${name}`, { waitUntil: 'load' });
  await page.waitForSelector('#app [class]');
  return { page, errors };
}

const looks = [
  { name: 'wide, light', width: 1280, scheme: 'light' },
  { name: 'narrow, dark', width: 390, scheme: 'dark' },
] as const;

describe.each(looks)('$name', ({ width, scheme }) => {
  let context: BrowserContext;
  beforeAll(async () => {
    context = await house.browser.newContext({
      viewport: { width, height: 900 }, colorScheme: scheme,
      serviceWorkers: 'block',
    });
  });
  afterAll(() => context.close());

  test.concurrent.each(pages)('%s', async (name) => {
    const { page, errors } = await visit(context, name);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    const marked = await page.locator('.kind-edit .line').evaluateAll((lines) => lines
      .map((line) => line.textContent ?? '').filter((text) => /\/\/ \[!code (\+\+|--)\]$/.test(text)));
    const found = await axe(page);
    await page.close();
    expect(wide).toBeLessThanOrEqual(width);
    expect(marked).toEqual([]);
    expect(found).toEqual([]);
    expect(errors).toEqual([]);
  });
});

describe('the tools of a block', () => {
  test('whole file, and what a name means', async () => {
    const context = await house.browser.newContext({
      viewport: { width: 1280, height: 900 }, serviceWorkers: 'block',
    });
    const { page, errors } = await visit(context, 'first-machine.html');
    await page.locator('.rf-block [data-rf=whole]').nth(2).click();
    const dialog = page.locator('dialog.rf-dialog');
    await dialog.waitFor();
    await expect.poll(() => dialog.locator('.here').count()).toBeGreaterThan(0);
    await dialog.getByRole('button', { name: 'Close' }).click();
    await page.locator('.rf-block [data-rf=diff]').nth(2).click();
    await expect.poll(() => dialog.locator('.row').count()).toBeGreaterThan(0);
    await page.keyboard.press('Escape');
    await page.locator('.rf-block.kind-new pre code .line span', { hasText: 'Uint8Array' })
      .first().hover();
    await page.locator('.rf-hover').waitFor();
    expect(await page.locator('.rf-hover').textContent()).toContain('Uint8Array');
    expect(errors).toEqual([]);
    await context.close();
  });

  test('search finds prose', async () => {
    const context = await house.browser.newContext({
      viewport: { width: 1280, height: 900 }, serviceWorkers: 'block',
    });
    const { page } = await visit(context, 'prologue.html');
    await page.keyboard.press('Control+k');
    await page.locator('.VPLocalSearchBox input').fill('hypercall');
    await page.locator('.VPLocalSearchBox .result').first().waitFor();
    await context.close();
  });
});
