// The benches of the book's own tools in their pages: each opens on its
// prepared files, every prepared change is made and undone to the same files
// and the same results; keys reach everything; axe finds nothing serious.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { axe } from './axe.ts';
import { dist } from './build.ts';
import { errorsOf, looks, openHouse, openLooks } from './house.ts';

const chapters = join(import.meta.dirname, '..', '..', 'chapters');

/** The benches that the chapters place, each named like its chapter. */
const benches = readdirSync(chapters).filter((name) => name.endsWith('.md'))
  .filter((name) => /^<ToolLab id=/m.test(readFileSync(join(chapters, name), 'utf8')))
  .map((name) => name.replace(/\.md$/, ''));

const house = openHouse();
const contexts = openLooks(house);

interface Opened {
  page: Page;
  bench: Locator;
  errors: string[];
}

async function open(look: number, id: string): Promise<Opened> {
  const page = await contexts[look]!.newPage();
  const errors = errorsOf(page);
  await page.goto(`${house.site.url}${id}.html`, { waitUntil: 'load' });
  const place = page.locator(`#bench-${id}`);
  await place.scrollIntoViewIfNeeded();
  const bench = place.locator('.bench');
  await bench.locator('.cm-content').waitFor({ timeout: 30_000 });
  await settled(bench);
  return { page, bench, errors };
}

async function settled(bench: Locator): Promise<void> {
  await expect.poll(() => bench.getAttribute('data-state').catch(() => null),
    { timeout: 30_000, interval: 20 }).toBe('idle');
}

const verdict = (bench: Locator): Promise<string> =>
  bench.locator('.verdict').innerText();

async function choose(bench: Locator, tab: string | RegExp): Promise<void> {
  await bench.getByRole('tab', { name: tab }).click();
}

/** The whole text of a file; the editor draws only the part that shows. */
async function textOf(bench: Locator, file: string): Promise<string> {
  await choose(bench, file);
  return bench.locator('.cm-content').innerText();
}

/** What all files say, in a word. */
const hashOf = (bench: Locator): Promise<string | null> =>
  bench.getAttribute('data-hash');

/** Puts a text at the end of the line that has another. */
async function typeAfter(bench: Locator, line: string, text: string): Promise<void> {
  await bench.locator('.cm-line', { hasText: line }).first().click();
  await bench.page().keyboard.press('End');
  await bench.page().keyboard.type(text);
}

test('there are benches', () => expect(benches.length).toBeGreaterThan(0));

describe('each bench', () => {
  const cases = benches.flatMap((id, i) =>
    [i, i + 1].map((look) => ({ id, look: look % looks.length })));

  test.each(cases)('$id, look $look: there, changed, and back', async ({ id, look }) => {
    const { page, bench, errors } = await open(look, id);
    const first = await verdict(bench);
    expect(first).not.toBe('');
    const texts = await hashOf(bench);
    const tries = bench.locator('.controls button[aria-pressed]:not(.size)');
    const names = await tries.allInnerTexts();
    expect(names.length).toBeGreaterThan(1);
    for (const name of names) {
      const button = bench.getByRole('button', { name, exact: true });
      await button.click();
      await settled(bench);
      expect(await button.getAttribute('aria-pressed')).toBe('true');
      expect(await hashOf(bench), name).not.toBe(texts);
      expect(await bench.locator('.verdict').innerText()).not.toContain('stopped');
      await button.click();
      await settled(bench);
    }
    expect(await hashOf(bench)).toBe(texts);
    expect((await verdict(bench)).split(';')[0]).toBe(first.split(';')[0]);

    await bench.getByRole('button', { name: names[0]!, exact: true }).click();
    await settled(bench);
    await bench.getByRole('button', { name: 'Start over' }).click();
    await settled(bench);
    expect(await hashOf(bench)).toBe(texts);
    expect((await verdict(bench)).split(';')[0]).toBe(first.split(';')[0]);
    expect(errors).toEqual([]);
    await page.close();
  });

  test.each(cases)('$id, look $look: axe finds nothing on any panel', async ({ id, look }) => {
    const { page, bench, errors } = await open(look, id);
    for (const tab of await bench.getByRole('tab').all()) {
      await tab.click();
      expect(await axe(page, '.bench'), `at ${await tab.textContent()}`).toEqual([]);
    }
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(wide).toBeLessThanOrEqual(looks[look]!.width);
    expect(errors).toEqual([]);
    await page.close();
  });
});

describe('at rest', () => {
  test('nothing is fetched before the reader comes near', async () => {
    const page = await contexts[0]!.newPage();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(`${house.site.url}grading.html`, { waitUntil: 'networkidle' });
    expect(asked.filter((url) => /toollab|worker|ToolBody|files-editor/.test(url))).toEqual([]);
    await page.locator('.rf-bench-place').scrollIntoViewIfNeeded();
    await expect.poll(() => asked.filter((url) => url.endsWith('/toollab/grading.json')).length)
      .toBe(1);
    await page.close();
  });

  test('without JavaScript the page says what would be there', async () => {
    const context = await house.browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(`${house.site.url}literate-tool.html`);
    expect(await page.locator('#bench-literate-tool').innerText())
      .toContain('a bench for this chapter’s tool');
    await context.close();
  });
});

test('the keyboard reaches everything, and leaves the editor', async () => {
  const { page, bench, errors } = await open(0, 'literate-tool');
  const focused = (): Promise<string> => page.evaluate(() =>
    document.activeElement?.getAttribute('aria-label')
      ?? document.activeElement?.textContent?.trim() ?? '');
  await bench.getByRole('button', { name: 'Misspell a slot' }).focus();
  await page.keyboard.press('Enter');
  await settled(bench);
  expect(await verdict(bench)).toContain('1 problem');
  await page.keyboard.press('Enter');
  await settled(bench);
  for (const name of ['Start over', 'Full window', 'The program after this many blocks']) {
    await page.keyboard.press('Tab');
    expect(await focused()).toBe(name);
  }
  await page.keyboard.press('ArrowLeft');
  await settled(bench);
  expect(await bench.locator('.dial p').innerText()).toMatch(/^4 of 5: after slot=state/);
  await page.keyboard.press('Tab');
  await page.keyboard.press('ArrowRight');
  expect(await focused()).toBe('one.md');
  await page.keyboard.press('End');
  expect(await focused()).toBe('two.md');
  await page.keyboard.press('Home');
  expect(await focused()).toBe('one.md');
  await page.keyboard.press('Tab');
  expect(await focused()).toBe('one.md');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Tab');
  expect(await focused()).toBe('src/cpu.ts');

  const halted = bench.locator('.rows li', { hasText: 'halted = false' });
  await halted.getByRole('button', { name: /two\.md:13/ }).focus();
  await page.keyboard.press('Enter');
  expect(await focused()).toBe('two.md');
  expect(await bench.locator('.cm-activeLine').innerText()).toContain('halted = false;');

  await bench.getByRole('button', { name: 'Full window' }).click();
  await expect.poll(() => bench.getAttribute('class')).toContain('big');
  expect(await axe(page, '.bench')).toEqual([]);
  await page.keyboard.press('Escape');
  await expect.poll(() => bench.getAttribute('class')).not.toContain('big');
  expect(errors).toEqual([]);
  await page.close();
});

describe('what is typed', () => {
  test('makes the program', async () => {
    const { page, bench, errors } = await open(0, 'literate-tool');
    await typeAfter(bench, 'pc = 0;', '\nticks = 0;');
    await settled(bench);
    expect(await bench.locator('.rows').innerText()).toContain('ticks = 0;');
    expect(errors).toEqual([]);
    await page.close();
  });

  test('goes back to its chapter when it is told to', async () => {
    const { page, bench, errors } = await open(1, 'literate-sync');
    await typeAfter(bench, 'pc &= 0xffff;', ' // a wide one');
    await settled(bench);
    expect(await verdict(bench)).toBe('2 changes would go to two.md.');
    await bench.getByRole('button', { name: 'lit sync' }).click();
    await settled(bench);
    expect(await verdict(bench)).toMatch(/^Written: 1 chapter changed/);
    expect(await textOf(bench, 'two.md')).toContain('halted = true;');
    expect(await textOf(bench, 'last tangled')).toContain('0xffff; // a wide one');
    expect(errors).toEqual([]);
    await page.close();
  });

  test('is checked, and only what rests on it runs again', async () => {
    const { page, bench, errors } = await open(0, 'literate-check');
    await bench.getByRole('button', { name: 'Put all right' }).click();
    await settled(bench);
    expect(await verdict(bench)).toMatch(/^4 passed, 0 failed/);
    await choose(bench, 'one.md');
    await typeAfter(bench, 'The test asks for noon.', ' Of any day.');
    await settled(bench);
    expect(await verdict(bench)).toBe('4 passed, 0 failed; 0 test files had to run.');
    await choose(bench, 'two.md');
    await typeAfter(bench, "import { hour } from './clock.ts';", '\n');
    await settled(bench);
    expect(await verdict(bench)).toBe('4 passed, 0 failed; 1 test file had to run.');
    expect(errors).toEqual([]);
    await page.close();
  });

  test('takes the place of the book’s function', async () => {
    const { page, bench, errors } = await open(0, 'exercise-tool');
    expect(await bench.locator('pre').innerText())
      .toMatch(/and back: expected -2 to be 22[^]*at chapters\/clock\.md:37/);
    await choose(bench, 'In the book’s place');
    expect(await bench.locator('.rows .added').allInnerTexts()).toEqual(
      expect.arrayContaining([expect.stringContaining('import { wrap } from')]));
    await choose(bench, 'Answers that must fail');
    expect(await bench.locator('td.good').count()).toBe(5);
    await bench.getByRole('button', { name: 'A test that is too kind' }).click();
    await settled(bench);
    await choose(bench, 'Answers that must fail');
    expect(await bench.locator('td.bad').count()).toBeGreaterThan(0);
    await bench.getByRole('button', { name: 'An endless loop' }).click();
    await settled(bench);
    await choose(bench, 'The check');
    expect(await bench.locator('pre').innerText()).toContain('endless loop?');
    expect(errors).toEqual([]);
    await page.close();
  });
});

describe('a class of four', () => {
  const row = (bench: Locator, who: string): Promise<string> =>
    bench.locator('tr', { hasText: who }).innerText();

  test('each has what is due, and whoever speaks for the judge has nothing', async () => {
    const { page, bench, errors } = await open(0, 'grading');
    expect(await row(bench, 'ada')).toContain('20 of 20');
    expect(await row(bench, 'bob')).toContain('13.33 of 20');
    expect(await row(bench, 'mallory')).toContain('wrote to the grader’s channel');
    await bench.getByRole('button', { name: 'Mallory loops' }).click();
    await settled(bench);
    expect(await row(bench, 'mallory')).toContain('stopped after 2 s');
    expect(await row(bench, 'ada')).toContain('20 of 20');
    expect(errors).toEqual([]);
    await page.close();
  });

  test('what a stranger wrote is no markup in any format', async () => {
    const { page, bench, errors } = await open(3, 'grading');
    await bench.getByRole('combobox').selectOption('gradescope');
    await settled(bench);
    const text = (): Promise<string> => bench.locator('pre').innerText();
    expect(await text()).toContain('"status": "failed"');
    await bench.getByRole('combobox').selectOption('classroom');
    await settled(bench);
    expect(await text()).toMatch(/out of its base64:\s*\{\s*"version": 1/);
    await bench.getByRole('combobox').selectOption('json');
    await settled(bench);
    expect(await text()).toContain('"format": "ringfence-grade"');
    await bench.getByRole('combobox').selectOption('junit');
    await settled(bench);
    const xml = await text();
    const problem = await page.evaluate((source) =>
      new DOMParser().parseFromString(source, 'text/xml')
        .querySelector('parsererror')?.textContent ?? '', xml);
    expect(problem).toBe('');
    expect(xml).toContain('&lt;testcase name=&quot;all of it&quot;');
    expect(errors).toEqual([]);
    await page.close();
  });
});

test('the modules of a bench are its chapter’s', () => {
  for (const id of benches) {
    const modules = JSON.parse(
      readFileSync(join(dist, 'toollab', `${id}.json`), 'utf8')) as Record<string, string>;
    expect(Object.keys(modules)).toContain('src/lit/book.ts');
    const later = 'src/lit/grade/grade.ts' in modules;
    expect(later).toBe(id === 'grading');
  }
});
