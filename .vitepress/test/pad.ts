// The exercises of the built site, and their pads in its pages.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { dist } from './build.ts';

export interface PadData {
  id: string;
  stub: string;
  solution: string;
  path: string;
  end: number;
}

export function exercises(): PadData[] {
  const folder = join(dist, 'exercises');
  return readdirSync(folder)
    .filter((name) => statSync(join(folder, name)).isDirectory())
    .flatMap((slug) => readdirSync(join(folder, slug))
      .map((name) => JSON.parse(readFileSync(join(folder, slug, name), 'utf8')) as PadData));
}

/** Opens an exercise on the page that has it, with nothing remembered. */
export async function openPad(page: Page, site: string, id: string): Promise<Locator> {
  for (const name of [id.split('/')[0]!, `${id.split('/')[0]!}.more`]) {
    await page.goto(`${site}${name}.html`);
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
export async function answer(pad: Locator, text: string): Promise<void> {
  const page = pad.page();
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

/** Runs the tests; gives what the pad says in the end. */
export async function check(pad: Locator): Promise<string> {
  await pad.getByRole('button', { name: 'Check' }).click();
  await pad.locator('.status').waitFor({ timeout: 120_000 });
  return pad.locator('.status').innerText();
}
