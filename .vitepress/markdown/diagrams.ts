// mermaid fences become pictures made beforehand by `npm run diagrams`
// (chapters/public/diagrams/HASH.{light,dark}.svg). One that has not been
// made yet is drawn by the reader's browser.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { MarkdownRenderer } from 'vitepress';
import { chaptersDir } from '../book.ts';

/** The name under which a diagram's pictures are kept. */
export function diagramHash(source: string): string {
  return createHash('sha256').update(source.trim()).digest('hex').slice(0, 16);
}

export function diagramPath(source: string, scheme: 'light' | 'dark'): string {
  const name = `${diagramHash(source)}.${scheme}.svg`;
  return join(chaptersDir, 'public', 'diagrams', name);
}

/** The text a screen reader gets: `accTitle:` of the diagram, else its kind. */
function altText(source: string): string {
  const title = /accTitle:\s*(.+)/.exec(source)?.[1];
  return title ?? 'Diagram: ' + source.trim().split('\n')[0];
}

export function diagrams(md: MarkdownRenderer): void {
  md.core.ruler.push('diagrams', (state) => {
    for (const token of state.tokens) {
      if (token.type !== 'fence' || token.info.trim() !== 'mermaid') continue;
      const source = token.content;
      const alt = md.utils.escapeHtml(altText(source));
      const made = existsSync(diagramPath(source, 'light'));
      token.type = 'html_block';
      token.tag = '';
      token.content = made
        ? picture(diagramHash(source), alt)
        : `<MermaidDiagram source="${encodeURIComponent(source)}" `
          + `alt="${alt}" />\n`;
    }
  });
}

function picture(hash: string, alt: string): string {
  const one = (scheme: string) =>
    `<BookImage class="rf-${scheme}-only" alt="${alt}" `
    + `src="/diagrams/${hash}.${scheme}.svg" />`;
  return `<figure class="rf-diagram">${one('light')}${one('dark')}</figure>\n`;
}
