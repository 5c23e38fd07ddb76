// After one visit the site needs no network: its server is shut down, and
// another chapter, an exercise and the lab still work. From a sub-path, as in
// all tests here, and without a violation of the pages' policy.
import { readFileSync, statSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { dist } from './build.ts';
import { errorsOf, openHouse } from './house.ts';
import { answer, openPad } from './pad.ts';

const house = openHouse();
let context: BrowserContext;
let page: Page;
let errors: string[];

beforeAll(async () => {
  context = await house.browser.newContext();
  page = await context.newPage();
  errors = errorsOf(page);
});

test('the first view of a chapter with exercises is at most 250 KiB', async () => {
  const fresh = await house.browser.newContext({ serviceWorkers: 'block' });
  const visit = await fresh.newPage();
  let bytes = 0;
  visit.on('response', (response) => {
    if (!response.url().startsWith(house.site.url)) return;
    const path = new URL(response.url()).pathname.slice(new URL(house.site.url).pathname.length);
    bytes += gzipSync(readFileSync(join(dist, path))).length;
  });
  await visit.goto(`${house.site.url}first-machine.html`, { waitUntil: 'networkidle' });
  await fresh.close();
  expect(bytes).toBeGreaterThan(50 * 1024);
  expect(bytes).toBeLessThanOrEqual(250 * 1024);
});

test('every page says what it may load', async () => {
  await page.goto(`${house.site.url}index.html`);
  const policy = await page.locator('meta[http-equiv="Content-Security-Policy"]')
    .getAttribute('content');
  expect(policy).toContain(`default-src 'none'`);
  expect(policy).toMatch(/'sha256-[\w+/]{43}='/);
  expect(policy).not.toMatch(/script-src[^;]*'unsafe-inline'|https?:|\*/);
  const refused = page.waitForEvent('console', (m) => m.text().includes('Content Security Policy'));
  await page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'globalThis.injected = true';
    document.head.append(script);
  });
  await refused;
  errors.length = 0;
});

/** What is kept of the exercises' type checker. */
async function keptOfChecker(): Promise<string[]> {
  const kept = await page.evaluate(async () => {
    const cache = await caches.open((await caches.keys())[0]!);
    return (await cache.keys()).map((request) => request.url);
  });
  return kept.map((url) => url.slice(house.site.url.length))
    .filter((path) => /^types\//.test(path));
}

async function visitPrologue(): Promise<void> {
  await page.goto(`${house.site.url}prologue.html`);
  await page.locator('[data-offline="kept"]').waitFor({ state: 'attached', timeout: 120_000 });
}

/** Megabytes that a visit may fetch unasked. */
const MOST = 15;

test('the first visit keeps the whole site, but for what types are checked with', async () => {
  let bytes = 0;
  context.on('response', (response) => {
    if (!response.url().includes('/packed/')) return;
    bytes += statSync(join(dist, 'packed', response.url().split('/').at(-1)!)).size;
  });
  await visitPrologue();
  expect(await keptOfChecker()).toEqual([]);
  expect(bytes).toBeGreaterThan(1e6);
  expect(bytes).toBeLessThanOrEqual(MOST * 1e6);
  const said = await page.locator('[data-offline="kept"]').textContent();
  expect(said).toContain(`(${(bytes / 1e6).toFixed(0)} MB)`);
});

test('that is kept once it was used, with the packages it may need', async () => {
  const pad = await openPad(page, house.site.url, 'prologue/field');
  await answer(pad, 'export const field = 1;\n');
  await pad.locator('[data-types=found]').waitFor({ timeout: 60_000 });
  expect(await keptOfChecker()).toContain('types/language.json');
  await visitPrologue();
  expect(await keptOfChecker()).toContain('types/packages/yaml.json');
});

test('then the network goes away', async () => {
  await new Promise((done) => {
    house.site.server.close(done);
    house.site.server.closeAllConnections();
  });
  await context.setOffline(true);
  errors.length = 0;
});

test('without a network another chapter opens, with its hovers', async () => {
  await page.goto(`${house.site.url}paging.html`);
  await page.locator('.rf-block [data-rf=whole]').first().click();
  await page.locator('dialog.rf-dialog .row').first().waitFor();
  await page.keyboard.press('Escape');
  await page.locator('.VPSidebar a[href$="segments.html"]').first().click();
  await page.locator('h1', { hasText: /segments/i }).waitFor();
  expect(errors).toEqual([]);
});

test('without a network an exercise is checked', async () => {
  await page.goto(`${house.site.url}prologue.html`);
  const pad = page.locator('section.pad').first();
  await pad.getByRole('button', { name: 'Try it here' }).click();
  await pad.locator('.cm-content').waitFor();
  await pad.getByRole('button', { name: 'Check' }).click();
  await expect.poll(() => pad.locator('.status').innerText(), { timeout: 60_000 })
    .toMatch(/passed, \d+ failed/);
  await pad.locator('[data-types=found]').waitFor({ timeout: 60_000 });
  expect(errors).toEqual([]);
});

test('without a network the machine of the title page boots', async () => {
  await page.goto(`${house.site.url}`);
  await expect.poll(() => page.getByRole('log').innerText(), { timeout: 60_000 })
    .toContain('Type, and I repeat');
  await page.getByLabel('Say something').fill('ring-fence');
  await page.keyboard.press('Enter');
  await expect.poll(() => page.getByRole('log').innerText(), { timeout: 60_000 })
    .toContain('ring-fence');
  expect(errors).toEqual([]);
});

test('without a network a bench of the book’s tools opens', async () => {
  await page.goto(`${house.site.url}exercise-tool.html`);
  await page.locator('.rf-bench-place').scrollIntoViewIfNeeded();
  await expect.poll(() => page.locator('.bench .verdict').innerText(), { timeout: 60_000 })
    .toBe('clock/wrap: not yet (3 passed, 1 failed)');
  expect(errors).toEqual([]);
});

test('without a network the lab opens', async () => {
  await page.goto(`${house.site.url}lab.html`);
  await page.getByRole('button', { name: 'Boot our guest' }).click();
  await page.locator('.xterm-helper-textarea').first().waitFor({ state: 'attached', timeout: 60_000 });
  expect(errors).toEqual([]);
});
