// The book as sheets of clean XHTML: each chapter, its supplement and its
// solutions, rendered by the site's own Markdown pipeline and then made fit
// for paper, which has no buttons, no widgets and one colour scheme.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import light from 'shiki/themes/github-light-high-contrast.mjs';
import { createMarkdownRenderer, type MarkdownRenderer } from 'vitepress';
import { type ChapterInfo, chaptersDir, readBook } from '../../.vitepress/book.ts';
import site from '../../.vitepress/config.ts';
import { solutionPages } from '../../.vitepress/instructor.ts';
import { cleaned } from './clean.ts';
import { Palette } from './palette.ts';
import { escaped } from './xhtml.ts';

export type Kind = 'chapter' | 'supplement' | 'solutions';

/** One file of the book. */
export interface Sheet {
  /** The site's name of its page, such as `paging.more`. */
  readonly name: string;
  readonly kind: Kind;
  readonly chapter: ChapterInfo;
  readonly title: string;
  readonly xhtml: string;
  /** Its second-level headings, for the table of contents. */
  readonly sections: readonly { readonly id: string; readonly title: string }[];
}

export interface BookText {
  readonly title: string;
  readonly sheets: readonly Sheet[];
  /** Rules for the classes that the code's colours became. */
  readonly css: string;
  /** Pictures that the sheets show, as paths below chapters/public. */
  readonly pictures: readonly string[];
}

export interface Wanted {
  /** Slugs; none: the whole book. */
  readonly chapters: readonly string[];
  readonly solutions: boolean;
  /** Ids in a sheet become `prefix(name) + id`. */
  readonly prefix: (name: string) => string;
  /** What a link to a sheet becomes. */
  readonly link: (name: string, id: string | undefined) => string;
  readonly picture: (path: string) => string;
}

interface Source {
  readonly name: string;
  readonly kind: Kind;
  readonly chapter: ChapterInfo;
  readonly text: string;
}

/** Renders what is wanted; throws where a slug is no chapter's. */
export async function bookText(
  wanted: Wanted, progress: (line: string) => void,
): Promise<BookText> {
  const all = sources(wanted);
  const { config, languageAlias } = site.markdown ?? {};
  const md = await createMarkdownRenderer(chaptersDir, {
    theme: light,
    ...(config ? { config } : {}), ...(languageAlias ? { languageAlias } : {}),
  }, '/', console);
  const palette = new Palette();
  const pictures = new Set<string>();
  const raw: { source: Source; html: string }[] = [];
  for (const [i, source] of all.entries()) {
    progress(`${i + 1}/${all.length} ${source.name}`);
    raw.push({ source, html: await render(md, source) });
  }
  const ids = new Map(raw.map(({ source, html }) => [source.name,
    new Set([...html.matchAll(/ id="([^"]+)"/g)].map((m) => m[1] ?? ''))]));
  const sheets = raw.map(({ source, html }): Sheet => {
    const { name, kind, chapter } = source;
    const sheet = cleaned(html, {
      name, ids, palette, pictures, ...wanted,
    });
    return { name, kind, chapter, ...sheet };
  });
  return {
    title: site.title ?? '', sheets, css: palette.css(),
    pictures: [...pictures].sort(),
  };
}

function sources(wanted: Wanted): Source[] {
  const book = readBook();
  const unknown = wanted.chapters.filter((s) => !book.some((c) => c.slug === s));
  if (unknown.length > 0) {
    throw new Error(`no chapter is called ${unknown.join(', ')}`
      + ` (there are: ${book.map((c) => c.slug).join(', ')})`);
  }
  const chosen = book.filter((c) =>
    wanted.chapters.length === 0 || wanted.chapters.includes(c.slug));
  const text = (name: string): string =>
    readFileSync(join(chaptersDir, `${name}.md`), 'utf8').replace(/\r\n?/g, '\n');
  const body = chosen.flatMap((chapter): Source[] => {
    const more = `${chapter.slug}.more`;
    return [
      { name: chapter.slug, kind: 'chapter', chapter, text: text(chapter.slug) },
      ...(existsSync(join(chaptersDir, `${more}.md`))
        ? [{ name: more, kind: 'supplement' as const, chapter, text: text(more) }] : []),
    ];
  });
  return wanted.solutions ? [...body, ...solutions(chosen)] : body;
}

function solutions(chosen: readonly ChapterInfo[]): Source[] {
  const pages = new Map(solutionPages().map((p) => [p.params.slug, p.content]));
  return chosen.flatMap((chapter): Source[] => {
    const text = pages.get(chapter.slug);
    const name = `${chapter.slug}.solutions`;
    return text === undefined ? [] : [{ name, kind: 'solutions', chapter, text }];
  });
}

async function render(md: MarkdownRenderer, source: Source): Promise<string> {
  const file = `${source.name}.md`;
  const env = {
    path: join(chaptersDir, file), relativePath: file, cleanUrls: false,
  };
  try {
    return await md.renderAsync(source.text, env);
  } catch (error) {
    throw new Error(`chapters/${file}: ${String(error)}`);
  }
}

/** The parts of a book with their chapters, in order. */
export function partsOf(
  sheets: readonly Sheet[],
): { title: string; sheets: Sheet[] }[] {
  const parts = new Map<string, Sheet[]>();
  for (const sheet of sheets) {
    const title = sheet.kind === 'solutions' ? 'Solutions' : sheet.chapter.part;
    parts.set(title, [...(parts.get(title) ?? []), sheet]);
  }
  return [...parts].map(([title, all]) => ({ title, sheets: all }));
}

/** How a sheet is called in a table of contents, as XHTML. */
export function labelOf(sheet: Sheet): string {
  const number = sheet.kind === 'chapter' ? `${sheet.chapter.number} · ` : '';
  return escaped(number + sheet.title);
}
