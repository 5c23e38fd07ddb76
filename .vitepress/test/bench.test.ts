// Every lab of the book in its page: it opens at its prepared moment, goes
// back to the start and forward again to the same state; keys, the slider,
// links to moments and dropped images work; axe finds nothing serious.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { axe } from './axe.ts';
import { dist } from './build.ts';
import { errorsOf, looks, openHouse, openLooks } from './house.ts';

const chapters = join(import.meta.dirname, '..', '..', 'chapters');

interface Placed {
  id: string;
  page: string;
}

/** The labs that the chapters place. */
const labs: Placed[] = readdirSync(chapters)
  .filter((name) => name.endsWith('.md'))
  .flatMap((name) => {
    const text = readFileSync(join(chapters, name), 'utf8');
    return [...text.matchAll(/^<LabBench id="([\w-]+)"/gm)]
      .map(([, id = '']) => ({ id, page: name.replace(/\.md$/, '.html') }));
  });

const house = openHouse();
const contexts = openLooks(house);

interface Opened {
  page: Page;
  bench: Locator;
  errors: string[];
}

/** Goes to a page and waits until its bench has done what it had to. */
async function open(look: number, { id, page: name }: Placed, hash = ''): Promise<Opened> {
  const page = await contexts[look]!.newPage();
  const errors = errorsOf(page);
  await page.goto(`${house.site.url}${name}${hash}`, { waitUntil: 'load' });
  const place = page.locator(`#bench-${id}`);
  // It opens by itself where the reader comes near.
  if (hash === '') await place.scrollIntoViewIfNeeded();
  const bench = place.locator('.bench');
  await settled(bench);
  return { page, bench, errors };
}

async function settled(bench: Locator): Promise<void> {
  await expect.poll(() => bench.getAttribute('data-state').catch(() => null),
    { timeout: 30_000, interval: 20 }).toBe('idle');
  await drawn(bench);
}

/** Waits until each group has the panel that its tabs say. */
async function drawn(bench: Locator): Promise<void> {
  await expect.poll(() => bench.locator('[role=tabpanel][aria-busy=false]').count(),
    { interval: 20 }).toBe(await bench.getByRole('tabpanel').count());
}

async function number(bench: Locator, name: string): Promise<number> {
  return Number(await bench.getAttribute(`data-${name}`));
}

/** Moves the slider as a reader does, to a moment. */
async function slide(bench: Locator, at: number): Promise<void> {
  await bench.getByRole('slider').fill(String(at));
  await settled(bench);
}

test('every chapter of the parts has its lab', () => {
  const slugs = readdirSync(chapters).filter((n) => n.endsWith('.md'))
    .map((n) => n.replace(/\.md$/, ''));
  expect(labs.length).toBeGreaterThan(0);
  expect(new Set(labs.map((l) => l.id)).size).toBe(labs.length);
  for (const { page } of labs) expect(slugs).toContain(page.replace('.html', ''));
});

describe('each lab', () => {
  test.each(labs.map((lab, i) => ({ ...lab, look: i % looks.length })))(
    '$id: its moment, its start, and its moment again', async (lab) => {
      const { page, bench, errors } = await open(lab.look, lab);
      const moment = await number(bench, 'moment');
      expect(await number(bench, 'now')).toBe(moment);
      const hash = await bench.getAttribute('data-hash');

      const start = await number(bench, 'start');
      const few = Math.min(3, moment - start);
      await bench.focus();
      for (let i = 0; i < few; i += 1) await page.keyboard.press('b');
      await settled(bench);
      expect(await number(bench, 'now')).toBe(moment - few);
      for (let i = 0; i < few; i += 1) await page.keyboard.press('s');
      await settled(bench);
      expect(await bench.getAttribute('data-hash')).toBe(hash);

      await slide(bench, start);
      expect(await number(bench, 'now')).toBe(start);
      await page.keyboard.press('m');
      await settled(bench);
      expect(await bench.getAttribute('data-hash')).toBe(hash);

      expect(await axe(page, '.bench')).toEqual([]);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(wide).toBeLessThanOrEqual(looks[lab.look]!.width);
      expect(errors).toEqual([]);
      await page.close();
    });
});

const paging = labs.find((l) => l.page === 'paging.html')!;

test('keys, breakpoints and events lead where they say', async () => {
  const { page, bench, errors } = await open(0, paging);
  const moment = await number(bench, 'moment');
  await bench.focus();
  await page.keyboard.press('t');
  await settled(bench);
  const trap = await number(bench, 'now');
  expect(trap).toBeGreaterThan(moment);
  await page.keyboard.press('s');
  await page.keyboard.press('p');
  await settled(bench);
  expect(await number(bench, 'now')).toBe(trap);
  await page.keyboard.press('p');
  await settled(bench);
  expect(await number(bench, 'now')).toBe(moment);

  const dot = bench.locator('.code li.current + li button.dot');
  const name = await dot.getAttribute('aria-label');
  await dot.click();
  await settled(bench);
  await bench.focus();
  await page.keyboard.press('r');
  await settled(bench);
  const current = bench.locator('.code li.current button.dot');
  expect(await current.getAttribute('aria-label')).toBe(name);
  expect(await current.getAttribute('aria-pressed')).toBe('true');

  await bench.getByRole('tab', { name: 'Traps' }).click();
  await bench.locator('.timeline button').first().click();
  await settled(bench);
  expect(await number(bench, 'now')).toBe(moment);
  await bench.focus();
  await page.keyboard.press('f');
  await expect.poll(() => bench.getAttribute('class')).toContain('big');
  await page.keyboard.press('Escape');
  await expect.poll(() => bench.getAttribute('class')).not.toContain('big');
  expect(errors).toEqual([]);
  await page.close();
});

test('a link leads to a moment', async () => {
  const { page, bench } = await open(1, paging, `#bench-${paging.id}@100`);
  expect(await number(bench, 'now')).toBe(100);
  await bench.getByRole('slider').focus();
  await page.keyboard.press('ArrowRight');
  await settled(bench);
  expect(await number(bench, 'now')).toBe(101);
  await page.close();
});

test.each([0, 1, 2, 3])('axe finds nothing on any panel, look %i', async (look) => {
  const lab = labs.find((l) => l.page === 'direct-paging.html') ?? paging;
  const { page, bench, errors } = await open(look, lab);
  const tabs = await bench.getByRole('tab').all();
  for (const tab of tabs) {
    await tab.click();
    await drawn(bench);
    if (await tab.textContent() === 'Console') await bench.locator('.xterm').waitFor();
  }
  for (const tab of tabs) {
    await tab.click();
    await drawn(bench);
    expect(await axe(page, '.bench'), `at ${await tab.textContent()}`).toEqual([]);
  }
  await bench.getByRole('tab', { name: 'Traps' }).click();
  const link = await bench.locator('.card .hypervisor a').getAttribute('href');
  const [file = '', block = ''] = (link ?? '').split('/').at(-1)!.split('#');
  expect(readFileSync(join(dist, file), 'utf8')).toContain(`id="${block}"`);
  expect(errors).toEqual([]);
  await page.close();
});

describe('colours and registers of a lab', () => {
  const placed = (id: string): Placed => labs.find((lab) => lab.id === id)!;

  test('a hypercall is drawn in the hypervisor’s colour', async () => {
    const { page, bench, errors } = await open(0, placed('first-hypercall'));
    const crossing = bench.locator('.crossing line');
    await crossing.waitFor();
    const [drawn, amber] = await crossing.evaluate((line) => {
      const probe = document.createElement('i');
      probe.style.color = 'var(--rf-hypervisor)';
      document.body.append(probe);
      return [getComputedStyle(line).stroke, getComputedStyle(probe).color];
    });
    expect(drawn).toBe(amber);
    expect(errors).toEqual([]);
    await page.close();
  });

  test('x87 and SSE are shown where the lab is about them', async () => {
    const { page, bench, errors } = await open(1, placed('a-third'));
    const floats = bench.locator('.floats');
    await floats.waitFor();
    const top = floats.locator('tr', { hasText: 'st0' });
    expect(await top.innerText()).toContain('3ffd_aaaaaaaaaaaaaaab');
    expect(await floats.locator('li.set', { hasText: 'PE' }).count()).toBe(1);
    expect(await floats.locator('tr', { hasText: /^xmm/i }).count()).toBe(8);
    expect(await axe(page, '.bench')).toEqual([]);
    await bench.focus();
    await page.keyboard.press('s');
    await page.keyboard.press('s');
    await settled(bench);
    expect(await floats.locator('tr.changed').allInnerTexts())
      .toEqual([expect.stringMatching(/^ST7\s[^]*R7\s+empty/i)]);
    expect(errors).toEqual([]);
    await page.close();
  });

  test('no other lab has the panel', async () => {
    const { page, bench } = await open(0, placed('overflow'));
    expect(await bench.locator('[data-panel=floats]').count()).toBe(0);
    await page.close();
  });
});
