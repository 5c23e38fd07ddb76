// The guest on the title page: it repeats any word, ends at the line q, and
// can be booted again.
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { errorsOf, openHouse } from './house.ts';

const house = openHouse();

async function say(page: Page, words: string): Promise<void> {
  await page.getByLabel('Say something').fill(words);
  await page.getByRole('button', { name: 'Send' }).click();
}

test('only the line q ends it, and it boots again', async () => {
  const page = await house.browser.newPage({ serviceWorkers: 'block' });
  const errors = errorsOf(page);
  await page.goto(house.site.url);
  const machine = page.locator('.machine');
  const text = (): Promise<string> => machine.locator('.console').innerText();
  const state = (): Promise<string> => machine.getByRole('status').innerText();
  await expect.poll(text, { timeout: 60_000 }).toContain('The line q ends.');
  await say(page, 'quite equal, q or not');
  await expect.poll(text, { timeout: 30_000 }).toContain('quite equal, q or not');
  await say(page, 'quq');
  await expect.poll(text, { timeout: 30_000 }).toContain('quq');
  await expect.poll(state, { timeout: 30_000 }).toContain('waits for you');
  await say(page, 'q');
  await expect.poll(state, { timeout: 30_000 }).toContain('powered off by the line q');
  expect(await page.getByLabel('Say something').isDisabled()).toBe(true);
  await machine.getByRole('button', { name: 'Boot again' }).click();
  await expect.poll(state, { timeout: 60_000 }).toContain('waits for you');
  await say(page, 'back');
  await expect.poll(text, { timeout: 30_000 }).toContain('back');
  expect(errors).toEqual([]);
  await page.close();
});
