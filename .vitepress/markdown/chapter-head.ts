// The first lines of a chapter's page, made from its front matter: number,
// opening question, reading time.
import type { MarkdownRenderer } from 'vitepress';
import type { ChapterInfo } from '../book.ts';

interface Env {
  relativePath?: string;
}

function hours(minutes: number): string {
  if (minutes < 60) return `${minutes} minutes`;
  const h = Math.floor(minutes / 60);
  const m = minutes % 60;
  return m === 0 ? `${h} h` : `${h} h ${m} min`;
}

export function chapterHead(md: MarkdownRenderer, book: ChapterInfo[]): void {
  const bySlug = new Map(book.map((c) => [`${c.slug}.md`, c]));
  md.core.ruler.push('chapter_head', (state) => {
    const c = bySlug.get((state.env as Env).relativePath ?? '');
    const close = state.tokens.findIndex((t) => t.type === 'heading_close');
    if (!c || close < 0) return;
    const html = new state.Token('html_block', '', 0);
    const e = md.utils.escapeHtml;
    const time = c.minutes > 0 ? `<span>about ${hours(c.minutes)}</span>` : '';
    html.content =
      `<p class="rf-kicker"><span>${e(c.part)}</span>`
      + `<span>Chapter ${e(c.number)}</span>${time}</p>\n`
      + `<p class="rf-question">${e(c.question)}</p>\n`;
    state.tokens.splice(close + 1, 0, html);
  });
}
