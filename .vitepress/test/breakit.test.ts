// Break it in Chromium: a line in place holds, without it the attack reaches
// what it wants; two lines that lean on each other; narrow, light and dark.
import type { Locator, Page } from 'playwright-core';
import { beforeEach, expect, test } from 'vitest';
import { axe } from './axe.ts';
import { errorsOf, openHouse } from './house.ts';

const house = openHouse();
let page: Page;
let errors: string[];

beforeEach(async () => {
  page = await house.browser.newPage({ serviceWorkers: 'block' });
  errors = errorsOf(page);
  return async () => {
    await page.close();
    expect(errors).toEqual([]);
  };
});

async function open(name: string): Promise<Locator> {
  await page.goto(`${house.site.url}${name}.html`);
  const section = page.locator('section.breakit');
  await section.getByRole('button', { name: 'Show the lines' }).click();
  await section.locator('.lines input').first().waitFor();
  return section;
}

async function attack(section: Locator): Promise<string> {
  await section.getByRole('button', { name: 'Run the attack' }).click();
  const verdict = section.locator('.verdict').filter({ hasText: /\w/ });
  await verdict.waitFor({ timeout: 60_000 });
  return verdict.innerText();
}

const press = (section: Locator, name: string): Promise<void> =>
  section.getByRole('button', { name }).click();

test.each(['direct-paging', 'event-channels', 'grant-tables', 'hypercalls'])(
  'a line of %s', async (name) => {
    const section = await open(name);
    expect(await attack(section)).toMatch(/^Refused, with -\d+/);
    const wanted = section.locator('.lines input').nth(name === 'event-channels' ? 1 : 0);
    await wanted.click();
    expect(await attack(section)).toMatch(/^Reached: /);
    await press(section, 'Put it back');
    expect(await attack(section)).toMatch(/^Refused/);
  });

test.each([
  ['segments', 'dpl(d.hi) < 1'], ['memory', 'order <= maxOrder(d)'], ['control', 'free(wish)'],
])('a line of %s, which is no chapter', async (name, text) => {
  const section = await open('breaking');
  await section.getByRole('combobox').selectOption(name);
  await section.locator('.lines label', { hasText: text }).locator('input').click();
  expect(await attack(section)).toMatch(/^Reached: /);
  await press(section, 'Put it back');
  expect(await attack(section)).toMatch(/^Refused/);
});

test('two lines that lean on each other', async () => {
  const section = await open('grant-tables');
  const line = (text: string): Locator => section.locator('.lines label', { hasText: text });
  await line('frames.owner[mfn] === owner.id').locator('input').click();
  expect(await attack(section)).toMatch(/^Refused/);
  await line('held').locator('input').click();
  expect(await attack(section)).toMatch(/^Reached: /);
});

test.each(['light', 'dark'] as const)('390 px, %s: fits, and axe has no complaint', async (scheme) => {
  await page.emulateMedia({ colorScheme: scheme });
  await page.setViewportSize({ width: 390, height: 800 });
  const section = await open('breaking');
  await section.locator('.lines input').first().click();
  await attack(section);
  const wide = await page.evaluate(() =>
    document.documentElement.scrollWidth > document.documentElement.clientWidth);
  expect(wide).toBe(false);
  const found = await axe(page, 'section.breakit');
  expect(found).toEqual([]);
});
