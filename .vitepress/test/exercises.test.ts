// Every exercise of the book in its page: the stub fails, the solution
// passes, and an answer that never ends is stopped by name.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { dist } from './build.ts';
import { openHouse } from './house.ts';

interface Data {
  id: string;
  stub: string;
  solution: string;
}

function exercises(): Data[] {
  const folder = join(dist, 'exercises');
  return readdirSync(folder)
    .filter((name) => statSync(join(folder, name)).isDirectory())
    .flatMap((slug) => readdirSync(join(folder, slug))
      .map((name) => JSON.parse(readFileSync(join(folder, slug, name), 'utf8')) as Data));
}

const house = openHouse();
let page: Page;
beforeAll(async () => {
  page = await house.browser.newPage({ serviceWorkers: 'block' });
});

async function openPad(id: string): Promise<Locator> {
  for (const name of [id.split('/')[0]!, `${id.split('/')[0]!}.more`]) {
    await page.goto(`${house.site.url}${name}.html`);
    await page.evaluate(() => localStorage.clear());
    const pad = page.locator(`section.pad[aria-label="Exercise ${id}"]`);
    if (await pad.count() === 0) continue;
    await pad.getByRole('button', { name: 'Try it here' }).click();
    await pad.locator('.cm-content').waitFor();
    return pad;
  }
  throw new Error(`no page shows exercise ${id}`);
}

/** Replaces the editor's text without typing it key by key. */
async function answer(pad: Locator, text: string): Promise<void> {
  await pad.locator('.cm-content').click();
  await page.keyboard.press('Control+a');
  await page.evaluate((t) => {
    const data = new DataTransfer();
    data.setData('text/plain', t);
    document.activeElement?.dispatchEvent(new ClipboardEvent('paste', {
      clipboardData: data, bubbles: true, cancelable: true,
    }));
  }, text);
}

async function check(pad: Locator): Promise<string> {
  await pad.getByRole('button', { name: 'Check' }).click();
  await pad.locator('.status').waitFor({ timeout: 120_000 });
  return pad.locator('.status').innerText();
}

test.each(exercises())('$id', async ({ id, solution }) => {
  const pad = await openPad(id);
  const stub = await check(pad);
  if (stub.includes('needs Node')) {
    return console.log(`${id} is not tried in the page: ${stub}`);
  }
  expect(stub, 'the stub must fail').not.toMatch(/ 0 failed$/);
  await answer(pad, solution);
  expect(await check(pad)).toMatch(/^[1-9]\d* passed, 0 failed$/);
});

test('an endless loop is stopped and named', async () => {
  const pad = await openPad('prologue/field');
  await answer(pad, 'export function field(): number { for (;;); }');
  expect(await check(pad)).toContain('loop');
  expect(await pad.locator('.results').innerText()).toContain('one nibble');
});
