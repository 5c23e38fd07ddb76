// The book as the site sees it: order, numbers and titles, from
// chapters/contents.yaml and each chapter's front matter.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

export interface ChapterInfo {
  slug: string;
  title: string;
  question: string;
  /** "1", "2" … in the body of the book, "A", "B" … in the appendices */
  number: string;
  part: string;
  supplement: boolean;
  appendix: boolean;
  minutes: number;
  /** The part of them that its exercises take. */
  exerciseMinutes: number;
}

interface Contents {
  title: string;
  parts: { title: string; appendix?: boolean; chapters: string[] }[];
}

export const chaptersDir = join(import.meta.dirname, '..', 'chapters');

/** The front matter of a Markdown file as plain data, {} if there is none. */
export function frontMatter(path: string): Record<string, unknown> {
  const text = readFileSync(path, 'utf8').replaceAll('\r\n', '\n');
  const match = /^---\n([\s\S]*?)\n---\n/.exec(text);
  return match ? (parse(match[1]!) as Record<string, unknown>) : {};
}

function totalMinutes(minutes: unknown): number {
  if (typeof minutes === 'number') return minutes;
  if (typeof minutes !== 'object' || minutes === null) return 0;
  return Object.values(minutes)
    .filter((m): m is number => typeof m === 'number')
    .reduce((a, b) => a + b, 0);
}

/** All chapters in book order. */
export function readBook(dir = chaptersDir): ChapterInfo[] {
  const contents = parse(
    readFileSync(join(dir, 'contents.yaml'), 'utf8'),
  ) as Contents;
  let chapter = 0;
  let appendix = 0;
  return contents.parts.flatMap((part) =>
    part.chapters.map((slug) => {
      const front = frontMatter(join(dir, `${slug}.md`));
      const number = part.appendix
        ? String.fromCharCode(65 + appendix++)
        : String(chapter++);
      return {
        slug,
        number,
        part: part.title,
        title: String(front['title'] ?? slug),
        question: String(front['question'] ?? ''),
        appendix: part.appendix ?? false,
        minutes: totalMinutes(front['minutes']),
        exerciseMinutes: totalMinutes(
          (front['minutes'] as Record<string, unknown> | undefined)?.['Exercises']),
        supplement: existsSync(join(dir, `${slug}.more.md`)),
      };
    }),
  );
}

/** The default theme's sidebar: parts, chapters, supplements. */
export function sidebar(book: ChapterInfo[]) {
  const parts = new Map<string, ChapterInfo[]>();
  for (const c of book) {
    parts.set(c.part, [...(parts.get(c.part) ?? []), c]);
  }
  return [...parts].map(([text, chapters]) => ({
    text,
    collapsed: false,
    items: chapters.flatMap((c) => [
      { text: `${c.number} · ${c.title}`, link: `/${c.slug}` },
      ...(c.supplement
        ? [{ text: `${c.number} · the rest of it`, link: `/${c.slug}.more` }]
        : []),
    ]),
  }));
}
