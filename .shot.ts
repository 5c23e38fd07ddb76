import { launchChromium } from './tools/chromium.ts';
import { serve } from './.vitepress/test/serve.ts';
const site = await serve('.vitepress/dist');
const b = await launchChromium();
const ids = process.argv[2] ? process.argv[2].split(',') : ['literate-tool', 'literate-sync', 'literate-check', 'exercise-tool', 'grading'];
const looks = (process.argv[3] ?? '1280l,390d').split(',');
for (const look of looks) {
  const width = parseInt(look); const dark = look.endsWith('d');
  const c = await b.newContext({ viewport: { width, height: 1000 }, colorScheme: dark ? 'dark' : 'light', serviceWorkers: 'block' });
  for (const id of ids) {
    const p = await c.newPage();
    p.on('console', (m) => { if (m.type() === 'error') console.log(id, m.text(), m.location().url); });
    p.on('pageerror', (e) => console.log(id, 'pageerror', e.message));
    await p.goto(`${site.url}${id}.html`, { waitUntil: 'load' });
    const place = p.locator('.rf-bench-place');
    await place.scrollIntoViewIfNeeded();
    const t = Date.now();
    await p.locator('.bench[data-state=idle] .verdict').waitFor({ timeout: 20000 }).catch((e) => console.log(id, 'no idle'));
    await p.locator('.bench .cm-content').waitFor({ timeout: 5000 }).catch(() => console.log(id, 'no editor'));
    await p.waitForTimeout(300);
    console.log(id, look, Date.now() - t, 'ms', await p.locator('.bench .verdict').innerText().catch(() => '-'), '| scrollW', await p.evaluate(() => document.documentElement.scrollWidth));
    await place.screenshot({ path: `/tmp/shots/${id}-${look}.png` });
    const tries = await p.locator('.bench .controls button[aria-pressed]:not(.size)').all();
    for (const [i, t] of tries.entries()) {
      await t.click();
      const t0 = Date.now();
      await p.locator('.bench[data-state=idle]').waitFor({ timeout: 20000 }).catch(() => console.log('stuck'));
      console.log('   ', await t.innerText(), '->', await p.locator('.bench .verdict').innerText(), Date.now() - t0, 'ms');
      if (look === looks[0]) await place.screenshot({ path: `/tmp/shots/${id}-${look}-try${i}.png` });
      await t.click();
      await p.locator('.bench[data-state=idle]').waitFor({ timeout: 20000 }).catch(() => console.log('stuck'));
    }
    await p.close();
  }
  await c.close();
}
await b.close(); site.server.close();
