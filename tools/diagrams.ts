// npm run diagrams: draws every mermaid fence of the book, light and dark,
// into chapters/public/diagrams/. --check only says what is missing or stale.
import {
  existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { createRequire } from 'node:module';
import MarkdownIt from 'markdown-it';
import type { Page } from 'playwright-core';
import { chaptersDir } from '../.vitepress/book.ts';
import { diagramHash, diagramPath } from '../.vitepress/markdown/diagrams.ts';
import { launchChromium } from './chromium.ts';

const folder = join(chaptersDir, 'public', 'diagrams');

/** Every mermaid source of the book, with the file it stands in. */
export function sources(): { file: string; source: string }[] {
  const md = new MarkdownIt({ html: true });
  return readdirSync(chaptersDir).filter((f) => f.endsWith('.md'))
    .flatMap((file) => md.parse(readFileSync(join(chaptersDir, file), 'utf8'), {})
      .filter((t) => t.type === 'fence' && t.info.trim() === 'mermaid')
      .map((t) => ({ file, source: t.content })));
}

function stale(wanted: Set<string>): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((f) => !wanted.has(f.split('.')[0] ?? ''));
}

async function draw(page: Page, source: string): Promise<void> {
  for (const scheme of ['light', 'dark'] as const) {
    const svg = await page.evaluate(async ([text, dark, id]) => {
      interface Mermaid {
        initialize(options: object): void;
        render(id: string, text: string): Promise<{ svg: string }>;
      }
      const { mermaid } = window as unknown as { mermaid: Mermaid };
      mermaid.initialize({
        startOnLoad: false, theme: dark ? 'dark' : 'neutral',
        htmlLabels: false, flowchart: { htmlLabels: false },
        fontFamily: 'system-ui, sans-serif',
      });
      return (await mermaid.render(`m${id}`, text as string)).svg;
    }, [source, scheme === 'dark', diagramHash(source)] as const);
    writeFileSync(diagramPath(source, scheme), tidy(svg));
  }
}

/** A picture as the standard has it (EPUB readers insist): mermaid names
 * shapes, gives them a role of its own, and leaves grounds without a size. */
function tidy(svg: string): string {
  return svg.replace('role="graphics-document document"', 'role="img"')
    .replace(/(<(?:g|line|rect)\b[^>]*?) name="[^"]*"/g, '$1')
    .replace(/<rect(?![^>]*\bwidth=)[^>]*?(?:\/>|>\s*<\/rect>)/g, '');
}

async function main(argv: string[]): Promise<number> {
  const all = sources();
  const missing = all.filter((s) => !existsSync(diagramPath(s.source, 'light')));
  const old = stale(new Set(all.map((s) => diagramHash(s.source))));
  if (argv.includes('--check')) {
    for (const { file } of missing) console.error(`chapters/${file}: a diagram is not drawn; npm run diagrams`);
    for (const file of old) console.error(`chapters/public/diagrams/${file}: belongs to no diagram; npm run diagrams`);
    return missing.length + old.length > 0 ? 1 : 0;
  }
  mkdirSync(folder, { recursive: true });
  for (const file of old) rmSync(join(folder, file));
  if (missing.length === 0) {
    console.log('all diagrams are drawn');
    return 0;
  }
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    const bundle = createRequire(import.meta.url).resolve('mermaid/dist/mermaid.min.js');
    await page.addScriptTag({ path: bundle });
    for (const [i, { file, source }] of missing.entries()) {
      console.log(`${i + 1}/${missing.length} ${file}`);
      await draw(page, source);
    }
  } finally {
    await browser.close();
  }
  return 0;
}

process.exitCode = await main(process.argv.slice(2));
