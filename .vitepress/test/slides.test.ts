// A chapter's slides under the keys, in both widths.
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { axe } from './axe.ts';
import { errorsOf, openHouse } from './house.ts';

const house = openHouse();

async function deck(width: number, name = 'segments'): Promise<Page> {
  const page = await house.browser.newPage({
    viewport: { width, height: 800 }, serviceWorkers: 'block',
  });
  await page.goto(`${house.site.url}slides/${name}.html`);
  await expect.poll(() => place(page)).toMatch(/^1 \/ \d+$/);
  return page;
}

const place = (page: Page): Promise<string> =>
  page.locator('.deck-bar .place').innerText();

/** How far each slide's top is from where a shown one stands, in pixels. */
function distances(page: Page): Promise<number[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('.rf-slide')].map((slide) =>
      Math.round(slide.getBoundingClientRect().top
        - Number.parseFloat(getComputedStyle(slide).scrollMarginTop))));
}

test.each([1280, 390])('keys turn the slides, at %i pixels', async (width) => {
  const page = await deck(width);
  const errors = errorsOf(page);
  const total = await page.locator('.rf-slide').count();
  expect(total).toBeGreaterThan(3);
  const shows = async (n: number): Promise<void> => {
    await expect.poll(() => place(page)).toBe(`${n} / ${total}`);
    expect(Math.abs((await distances(page))[n - 1]!)).toBeLessThanOrEqual(1);
  };
  await page.keyboard.press('ArrowRight');
  await shows(2);
  await page.keyboard.press('ArrowLeft');
  await shows(1);
  await page.keyboard.press('End');
  await shows(total);
  await page.keyboard.press('ArrowRight');
  await shows(total);
  await page.keyboard.press('Home');
  await shows(1);
  await page.keyboard.press('PageDown');
  await shows(2);
  await page.keyboard.press('PageUp');
  await shows(1);
  await page.keyboard.press('ArrowDown');
  await shows(2);
  await page.getByRole('button', { name: 'Next slide' }).click();
  await shows(3);
  expect(await axe(page, '.deck-bar')).toEqual([]);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(wide).toBeLessThanOrEqual(width);
  expect(errors).toEqual([]);
  await page.close();
});

test('a slide taller than the screen is read to its end first', async () => {
  const page = await deck(390, 'numbers');
  await page.setViewportSize({ width: 390, height: 260 });
  const tall = await page.evaluate(() =>
    [...document.querySelectorAll('.rf-slide')]
      .findIndex((slide) => slide.clientHeight > 1.5 * innerHeight));
  expect(tall).toBeGreaterThanOrEqual(0);
  for (let n = 0; n < tall; n++) await page.keyboard.press('ArrowRight');
  const [before] = await distances(page);
  await page.keyboard.press('PageDown');
  await expect.poll(async () => (await distances(page))[0]).toBeLessThan(before!);
  expect(await place(page)).toMatch(new RegExp(`^${tall + 1} /`));
  await page.close();
});

test('who types in a field turns no slide', async () => {
  const page = await deck(1280);
  await page.evaluate(() => {
    const input = document.createElement('input');
    document.querySelector('.rf-slide')?.append(input);
    input.focus();
  });
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('End');
  expect(await place(page)).toMatch(/^1 \//);
  expect(Math.abs((await distances(page))[0]!)).toBeLessThan(200);
  await page.close();
});
