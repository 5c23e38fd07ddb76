// The lab in Chromium: our guest answers; Debian's GRUB, dropped on the page,
// reaches its prompt and answers too; a broken file is named.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { errorsOf, openHouse } from './house.ts';

const grub = join(import.meta.dirname, '..', '..', '.guests', 'grub32', 'grub-i386-xen.bin');
if (!existsSync(grub)) {
  console.log('lab: GRUB is not tried, npm run guests -- grub32 fetches it');
}

const house = openHouse();
let page: Page;
let errors: string[];

beforeAll(async () => {
  page = await house.browser.newPage({ serviceWorkers: 'block' });
  errors = errorsOf(page);
});

async function open(): Promise<void> {
  errors.length = 0;
  await page.goto(`${house.site.url}lab.html`);
  await page.locator('.lab').waitFor();
}

/** Why the machine stands where it stands. */
function why(): Promise<string> {
  return page.locator('.bench .why').innerText();
}

/** Whether the whole console is in the window; one out of sight draws nothing. */
function isConsoleSeen(): Promise<boolean> {
  return page.locator('.xterm').evaluate((console) => {
    const { top, bottom } = console.getBoundingClientRect();
    return top >= 0 && bottom <= innerHeight;
  });
}

/** What stands on the console, line by line. */
function screen(): Promise<string> {
  return page.locator('.xterm-accessibility-tree').innerText();
}

async function type(text: string): Promise<void> {
  await page.locator('.xterm-helper-textarea').focus();
  await page.keyboard.type(text);
  await page.keyboard.press('Enter');
}

async function dropFile(name: string, bytes: Buffer): Promise<void> {
  const base64 = bytes.toString('base64');
  await page.evaluate(([file, text]) => {
    const data = new DataTransfer();
    const raw = Uint8Array.from(atob(text!), (c) => c.charCodeAt(0));
    data.items.add(new File([raw], file!));
    document.querySelector('.lab')?.dispatchEvent(
      new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
  }, [name, base64]);
}

test('our guest boots and answers', async () => {
  await open();
  await page.getByRole('button', { name: 'Boot our guest' }).click();
  await expect.poll(isConsoleSeen, { timeout: 30_000 }).toBe(true);
  await expect.poll(screen, { timeout: 30_000 }).toContain('I repeat');
  await type('ring-fence');
  await expect.poll(screen, { timeout: 30_000 }).toContain('ring-fence');
  await type('q');
  await expect.poll(why, { timeout: 30_000 }).toMatch(/ended/);
  expect(errors).toEqual([]);
});

test.skipIf(!existsSync(grub))('GRUB, dropped on the page, answers', async () => {
  await open();
  await dropFile('grub-i386-xen.bin', readFileSync(grub));
  await expect.poll(screen, { timeout: 120_000, interval: 1000 }).toContain('grub>');
  await type('echo ring-fence');
  await expect.poll(screen, { timeout: 30_000 }).toMatch(/^ring-fence\s*$/m);
  expect(errors).toEqual([]);
});

test('a file that is no guest is refused with its reason', async () => {
  await open();
  await page.getByLabel('Run it').selectOption('as a guest of Xen');
  await dropFile('notes.txt', Buffer.from('this is not a kernel'));
  await expect.poll(why, { timeout: 30_000 }).toMatch(/ELF/);
});
