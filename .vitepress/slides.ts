// A deck for each chapter: its question, its figures, the passages that are
// marked for slides, and the answer at its end.
import type { Page } from './instructor.ts';
import { chapterTexts } from './instructor.ts';

const OPEN = /^<!--\s*slide\s*-->$/;
const CLOSE = /^<!--\s*\/slide\s*-->$/;
const FIGURE = /^(!\[|<figure|<svg)/;

/** One deck for each chapter. */
export function slidePages(): Page[] {
  return chapterTexts().map(({ slug, title, question, lines }) => ({
    params: { slug },
    content: deck(slug, title, question, slidesOf(slug, lines)),
  }));
}

interface Slide {
  heading: string;
  lines: string[];
}

/** A figure or a marked passage each, under the heading above it. Throws
 * where a mark is not closed. */
export function slidesOf(slug: string, lines: readonly string[]): Slide[] {
  const slides: Slide[] = [];
  let heading = '';
  let fence = '';
  let marked: number | undefined;
  lines.forEach((line, i) => {
    const ticks = /^(```+)/.exec(line)?.[1];
    if (fence) {
      if (ticks && line.trim() === fence) fence = '';
      return;
    }
    if (ticks) {
      fence = ticks;
      if (marked === undefined && line === '```mermaid') {
        const end = lines.indexOf('```', i);
        slides.push({ heading, lines: lines.slice(i, end + 1) });
      }
      return;
    }
    if (/^##+ /.test(line)) heading = line.replace(/^#+ /, '').replace(/\s*\{#.*\}$/, '');
    if (OPEN.test(line)) marked = i;
    else if (CLOSE.test(line)) {
      if (marked === undefined) throw new Error(`chapters/${slug}.md:${i + 1}: ends a slide that did not begin`);
      slides.push({ heading, lines: lines.slice(marked + 1, i) });
      marked = undefined;
    } else if (marked === undefined && FIGURE.test(line)) {
      slides.push({ heading, lines: paragraph(lines, i) });
    }
  });
  if (marked !== undefined) throw new Error(`chapters/${slug}.md:${marked + 1}: a slide without <!-- /slide -->`);
  return [...slides, ...answer(lines)];
}

/** From a line to the next empty one, or to the end of its element. */
function paragraph(lines: readonly string[], from: number): string[] {
  const tag = /^<(figure|svg)/.exec(lines[from] ?? '')?.[1];
  const end = lines.findIndex((l, i) => i >= from
    && (tag ? l.includes(`</${tag}>`) : l.trim() === ''));
  const last = end < 0 ? lines.length : tag ? end + 1 : end;
  return lines.slice(from, last);
}

/** The last section, if it is the one that answers. */
function answer(lines: readonly string[]): Slide[] {
  const at = lines.findLastIndex((l) => l.startsWith('## '));
  const heading = lines[at]?.slice(3) ?? '';
  return /^The answer/i.test(heading) ? [{ heading, lines: lines.slice(at + 1) }] : [];
}

function deck(slug: string, title: string, question: string, slides: Slide[]): string {
  const section = (lines: string[], kind = ''): string[] =>
    ['', `<section class="rf-slide${kind}">`, '', ...lines, '', '</section>', ''];
  const link = (line: string): string => line
    .replace(/\]\(\.?\/?([\w.-]+\.md)/g, '](../$1')
    .replace(/(\]\()(?!https?:|\/|\.\.\/|#)([\w./-]+\.(?:svg|png))/g, '$1../$2')
    .replace(/\{#[\w-]+\}/g, '');
  return [
    ...section([`# ${title}`, '', question], ' rf-slide-title'),
    ...slides.flatMap((s) => section([
      ...(s.heading ? [`## ${s.heading}`, ''] : []), ...s.lines.map(link)])),
    '', '<div class="rf-slide-link">', '', `[To the chapter](../${slug}.md)`, '', '</div>', '',
  ].join('\n');
}
