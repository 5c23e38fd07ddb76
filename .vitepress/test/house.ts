// What every file of browser tests needs: the built site on a server, a
// browser, and ears for what goes wrong on a page.
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { launchChromium } from '../../tools/chromium.ts';
import { dist } from './build.ts';
import { serve, type Site } from './serve.ts';

export interface House {
  readonly site: Site;
  readonly browser: Browser;
}

/** Both are there while the file's tests run, and not before. */
export function openHouse(): House {
  const house: { site?: Site; browser?: Browser } = {};
  beforeAll(async () => {
    house.site = await serve(dist);
    house.browser = await launchChromium();
  });
  afterAll(async () => {
    await house.browser?.close();
    house.site?.server.close();
  });
  return house as House;
}

/** How a bench is looked at. */
export const looks = [
  { width: 1280, scheme: 'light' }, { width: 390, scheme: 'dark' },
  { width: 1280, scheme: 'dark' }, { width: 390, scheme: 'light' },
] as const;

/** A context for each look, once the tests begin. */
export function openLooks(house: House): readonly BrowserContext[] {
  const contexts: BrowserContext[] = [];
  beforeAll(async () => {
    for (const { width, scheme } of looks) {
      contexts.push(await house.browser.newContext({
        viewport: { width, height: 900 }, colorScheme: scheme,
        serviceWorkers: 'block',
      }));
    }
  });
  return contexts;
}

/** Collects the errors of a page's console, and those nobody caught. */
export function errorsOf(page: Page): string[] {
  const errors: string[] = [];
  page.on('console', (m) => {
    if (m.type() === 'error') errors.push(`${m.text()} ${m.location().url}`);
  });
  page.on('pageerror', (error) => errors.push(error.message));
  return errors;
}
