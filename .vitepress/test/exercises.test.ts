// Every exercise of the book in its page: the stub fails, the solution
// passes, and an answer that never ends is stopped by name.
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { openHouse } from './house.ts';
import { answer, check, exercises, openPad } from './pad.ts';

const house = openHouse();
let page: Page;
beforeAll(async () => {
  page = await house.browser.newPage({ serviceWorkers: 'block' });
});

test.each(exercises())('$id', async ({ id, solution }) => {
  const pad = await openPad(page, house.site.url, id);
  const stub = await check(pad);
  expect(stub, 'the stub must fail').not.toMatch(/ 0 failed$/);
  await answer(pad, solution);
  expect(await check(pad)).toMatch(/^[1-9]\d* passed, 0 failed$/);
});

test('an endless loop is stopped and named', async () => {
  const pad = await openPad(page, house.site.url, 'prologue/field');
  await answer(pad, 'export function field(): number { for (;;); }');
  expect(await check(pad)).toContain('loop');
  expect(await pad.locator('.results').innerText()).toContain('one nibble');
});
