// Type errors in the exercises' pads. What the page's checker finds is what
// tsc finds in the same file on disk; it is fetched when it is first needed;
// and its errors can be reached with the pointer, keys, and a screen reader.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { endOf } from '../../src/lit/book.ts';
import { textsOf } from '../../src/lit/check/closure.ts';
import { furnish } from '../../src/lit/check/rooms.ts';
import { readProgram } from '../page-model.ts';
import type { TypeAnswer, TypeQuestion } from '../theme/exercises/protocol.ts';
import { axe } from './axe.ts';
import { brokenAnswers } from './broken-answers.ts';
import { dist } from './build.ts';
import { errorsOf, openHouse } from './house.ts';
import { answer, check, exercises, openPad, type PadData } from './pad.ts';

/** A busy machine may take its time. */
const PATIENCE = { timeout: 60_000 };
const root = join(import.meta.dirname, '..', '..');
const house = openHouse();

const all = exercises();
const chapterOf = ({ id }: { id: string }): string => id.split('/')[0]!;
const chapters = [...new Set(all.map(chapterOf))];

interface Found {
  line: number;
  column: number;
  code: number;
  /** The first line of the message. */
  message: string;
}

interface Text extends PadData {
  text: string;
}

/** What the page's worker finds in answers of one chapter. */
async function foundInPage(page: Page, texts: readonly Text[]): Promise<Found[][]> {
  const name = readdirSync(join(dist, 'assets'))
    .find((f) => /^typescript\.worker-.*\.js$/.test(f));
  const questions = texts.map(({ path, end, text }, id): TypeQuestion =>
    ({ id, site: house.site.url, path, end, text }));
  const answers = await page.evaluate(([address, asked]) =>
    new Promise<TypeAnswer[]>((resolve, reject) => {
      const worker = new Worker(address, { type: 'module' });
      const heard: TypeAnswer[] = [];
      worker.onerror = (event) => reject(new Error(event.message));
      worker.onmessage = ({ data }: MessageEvent<TypeAnswer>) => {
        if (heard.push(data) < asked.length) return;
        worker.terminate();
        resolve(heard);
      };
      for (const question of asked) worker.postMessage(question);
    }), [`${house.site.url}assets/${name}`, questions] as const);
  return answers.map((found, i) => {
    if (found.kind === 'failed') throw new Error(found.reason);
    return found.problems.map(({ from, line, code, message }) => ({
      line, code, message: message.split('\n')[0]!,
      column: from - texts[i]!.text.lastIndexOf('\n', from - 1),
    }));
  });
}

/** What tsc finds in the same texts, beside the chapter's program. */
function foundByTsc(slug: string, texts: readonly Text[]): Found[][] {
  const paths = texts.map(({ path }, i) => path.replace(/\.ts$/, `.${i}.ts`));
  const files = textsOf(endOf(program, slug));
  texts.forEach(({ text }, i) => files.set(paths[i]!, text));
  const first = runTsc(slug, files, paths);
  // Where the syntax of one is wrong, tsc says nothing of the others' types.
  const others = paths.filter((path) => !first.has(path));
  const second = others.length < paths.length && others.length > 0
    ? runTsc(slug, files, others) : new Map<string, Found[]>();
  return paths.map((path) => first.get(path) ?? second.get(path) ?? []);
}

function runTsc(
  slug: string, program: ReadonlyMap<string, string>, paths: readonly string[],
): Map<string, Found[]> {
  const folder = `.lit/types/${slug}`;
  furnish(root, folder, new Map(program).set('tsconfig.json', JSON.stringify({
    extends: '../../../tsconfig.json',
    compilerOptions: { paths: { '#book/*': ['./src/*'] } },
    files: paths, include: [],
  })));
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  const { stdout } = spawnSync(process.execPath, [tsc, '-p', '.', '--pretty', 'false'],
    { cwd: join(root, folder), encoding: 'utf8' });
  const found = new Map<string, Found[]>();
  for (const [, path = '', line, column, code, message = ''] of stdout.matchAll(
    /^(\S+)\((\d+),(\d+)\): error TS(\d+): (.*)$/gm)) {
    const row = { line: Number(line), column: Number(column), code: Number(code), message };
    found.set(path, [...found.get(path) ?? [], row]);
  }
  return found;
}

let program: ReturnType<typeof readProgram>;
beforeAll(() => { program = readProgram(); });

describe('what is found', () => {
  let page: Page;
  beforeAll(async () => {
    page = await house.browser.newPage({ serviceWorkers: 'block' });
    await page.goto(`${house.site.url}404.html`);
  });

  test.each(chapters)('%s: nothing in stubs and solutions', async (slug) => {
    const own = all.filter((e) => chapterOf(e) === slug);
    const texts = own.flatMap((e) =>
      [{ ...e, text: e.stub }, { ...e, text: e.solution }]);
    expect(await foundInPage(page, texts)).toEqual(texts.map(() => []));
  });

  const broken = brokenAnswers.map((b) => {
    const data = all.find(({ id }) => id === b.id)!;
    return { ...data, why: b.why, text: data.solution.replace(b.from, () => b.to) };
  });

  test.each([...new Set(broken.map(chapterOf))])(
    '%s: in broken answers what tsc finds', async (slug) => {
      const texts = broken.filter((b) => chapterOf(b) === slug);
      const named = (found: Found[][]): object => Object.fromEntries(
        texts.map((t, i) => [`${t.id}: ${t.why}`, found[i]]));
      const right = foundByTsc(slug, texts);
      for (const [i, { why }] of texts.entries()) {
        expect(right[i], `tsc finds nothing: ${why}`).not.toEqual([]);
      }
      expect(named(await foundInPage(page, texts))).toEqual(named(right));
    });
});

const looks = [
  { name: 'wide, light', width: 1280, colorScheme: 'light' },
  { name: 'narrow, dark', width: 390, colorScheme: 'dark' },
] as const;

describe.each(looks)('$name', ({ width, colorScheme }) => {
  const exercise = all.find(({ id }) => id === 'decoding/after-opcode')!;
  /** It passes its tests, all the same. */
  const wrong = exercise.solution.replace('  if (mod === 3)',
    '  const name: string = mod;\n  const other: bigint = name;\n  if (mod === 3)');
  let context: BrowserContext;
  let page: Page;
  let errors: string[];
  let requests: string[];
  let pad: Locator;

  beforeAll(async () => {
    context = await house.browser.newContext({
      serviceWorkers: 'block', viewport: { width, height: 900 }, colorScheme,
    });
    page = await context.newPage();
    errors = errorsOf(page);
    requests = [];
    context.on('request', (request) => requests.push(request.url()));
    pad = await openPad(page, house.site.url, exercise.id);
  });
  afterAll(() => context.close());

  const summary = (): Promise<string> => pad.locator('.types .summary').innerText();
  const checkers = (): string[] => requests.filter((url) => /typescript\.worker-|\/types\//.test(url));

  test('nothing is fetched before it is needed', async () => {
    await page.waitForLoadState('networkidle');
    expect(checkers()).toEqual([]);
    expect(await pad.locator('.types').getAttribute('data-types')).toBe('untried');
  });

  test('errors are underlined and listed', async () => {
    await answer(pad, wrong);
    await expect.poll(summary, PATIENCE).toBe('Types: 2 errors');
    expect(checkers().length).toBeGreaterThan(0);
    expect(await pad.locator('.cm-lintRange-error').allInnerTexts()).toEqual(['name', 'other']);
    const list = pad.getByRole('list', { name: 'Type errors' });
    expect(await list.getByRole('listitem').allInnerTexts()).toEqual([
      expect.stringMatching(/line 6[^]*'number' is not assignable to type 'string'[^]*TS2322/),
      expect.stringMatching(/line 7[^]*'string' is not assignable to type 'bigint'[^]*TS2322/),
    ]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    expect(await axe(page, 'section.pad')).toEqual([]);
  });

  test('the pointer shows what one says', async () => {
    await pad.locator('.cm-lintRange-error').last().hover();
    const tip = page.locator('.cm-tooltip-lint');
    await tip.waitFor();
    expect(await tip.innerText()).toContain('not assignable to type \'bigint\'');
    expect(await axe(page, 'section.pad')).toEqual([]);
    await page.mouse.move(0, 0);
    await expect.poll(() => tip.count(), PATIENCE).toBe(0);
  });

  const lineOfCursor = (): Promise<string> => pad.locator('.cm-activeLine').innerText();

  test('a line’s button leads there', async () => {
    await pad.getByRole('button', { name: 'line 7' }).press('Enter');
    expect(await lineOfCursor()).toContain('const other');
    expect(await pad.locator('.cm-content').evaluate((e) => e === document.activeElement)).toBe(true);
  });

  test('F8 says what stands there, then leads to the next', async () => {
    const said = pad.locator('.cm-announced');
    await page.keyboard.press('F8');
    expect(await lineOfCursor()).toContain('const other');
    await page.locator('.cm-tooltip-lint').waitFor();
    expect(await said.textContent()).toContain('not assignable to type \'bigint\'');
    await page.keyboard.press('F8');
    expect(await lineOfCursor()).toContain('const name');
    expect(await said.textContent()).toContain('not assignable to type \'string\'');
  });

  test('tests run all the same, and both are shown', async () => {
    expect(await check(pad)).toMatch(/^[1-9]\d* passed, 0 failed$/);
    expect(await summary()).toBe('Types: 2 errors');
  });

  test('what is mended is no longer shown', async () => {
    await answer(pad, exercise.solution);
    await expect.poll(summary, PATIENCE).toBe('Types: no errors');
    expect(await pad.locator('.cm-lintRange-error').count()).toBe(0);
    expect(errors).toEqual([]);
  });

  test('without the checker, tests run and the page says so', async () => {
    await context.route(/typescript\.worker-/, (route) => route.abort());
    pad = await openPad(page, house.site.url, exercise.id);
    expect(await check(pad)).toMatch(/\d+ passed, [1-9]\d* failed$/);
    await expect.poll(summary, PATIENCE).toMatch(/^Types could not be checked: /);
    await context.unroute(/typescript\.worker-/);
    await answer(pad, wrong);
    await expect.poll(summary, PATIENCE).toBe('Types: 2 errors');
  });
});
