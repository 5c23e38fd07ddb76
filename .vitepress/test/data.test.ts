// What a page fetches only when a reader asks for it is there.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { dist } from './build.ts';
import { errorsOf, openHouse } from './house.ts';

const pages = readdirSync(dist).filter((f) => f.endsWith('.html'));
const house = openHouse();

/** Each value of an attribute in a page's elements that match. */
function valuesOf(html: string, pattern: RegExp): Set<string> {
  return new Set([...html.matchAll(pattern)].map(([, value = '']) => value));
}

/** The files that the page named `name` may come to ask for. */
function askedFor(name: string): string[] {
  const html = readFileSync(join(dist, name), 'utf8');
  const page = name.replace(/\.html$/, '');
  const paths = valuesOf(html, /data-path="([^"]+)"/g);
  const exercises = valuesOf(html, /<section class="pad"[^>]*aria-label="Exercise ([^"]+)"/g);
  return [
    ...html.includes('data-order=') ? [`hovers/${page}.json`, `names/${page}.json`] : [],
    ...[...paths].map((path) => `weave/${path}.json`),
    ...[...exercises].map((id) => `exercises/${id}.json`),
  ];
}

test('what the pages ask for is there', () => {
  const asked = pages.flatMap(askedFor);
  expect(asked.length).toBeGreaterThan(pages.length);
  expect(asked.filter((file) => !existsSync(join(dist, file)))).toEqual([]);
});

test('to point at code that has no names is no error', async () => {
  const page = await house.browser.newPage({ serviceWorkers: 'block' });
  const errors = errorsOf(page);
  await page.goto(`${house.site.url}prologue.html`);
  const code = page.locator('.rf-block[data-order] pre code').first();
  await code.scrollIntoViewIfNeeded();
  const hovers = page.waitForResponse(/hovers\/prologue\.json/);
  await expect.poll(async () => {
    await page.mouse.move(0, 0);
    await code.hover();
    return true;
  }).toBe(true);
  expect((await hovers).status()).toBe(200);
  expect(errors).toEqual([]);
  await page.close();
});
