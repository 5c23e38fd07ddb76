import { parse as parseYaml } from 'yaml';
import { applyBlock, type Effect } from './apply.ts';
import {
  type Block, BookError, type Line, type Problem, problemAt,
  type Snapshot,
} from './model.ts';
import { linesOf } from './apply.ts';
import { type Doc, parseDoc } from './parse.ts';

/** Gives a file of the book's folder, or nothing. */
export type Reader = (name: string) => string | undefined;

/** A chapter with its supplement and its solutions. */
export interface Chapter {
  readonly slug: string;
  readonly title: string;
  readonly part: string;
  readonly appendix: boolean;
  /** What a reader sees; 0 for the prologue, letters' index after. */
  readonly main: Doc;
  readonly more?: Doc;
  readonly solutions?: Doc;
}

/** The whole book, in reading order. */
export interface Book {
  readonly chapters: readonly Chapter[];
  readonly problems: readonly Problem[];
}

interface Contents {
  parts?: {
    title?: string; appendix?: boolean; chapters?: unknown[];
  }[];
}

/** Reads `contents.yaml` and every file that it names. */
export function readBook(read: Reader): Book {
  const file = 'contents.yaml';
  const text = read(file);
  const problems: Problem[] = [];
  const complain = (message: string): void => {
    const line = lineOf(text ?? '', message.split(':')[0] ?? '');
    problems.push({ file: `chapters/${file}`, line, col: 1, message });
  };
  if (text === undefined) complain('missing');
  const contents = parseYaml(text ?? '') as Contents | null;
  const chapters: Chapter[] = [];
  let order = 0;
  for (const part of contents?.parts ?? []) {
    for (const slug of part.chapters ?? []) {
      const chapter = readChapter(read, String(slug), part, order);
      if (!chapter) {
        complain(`${String(slug)}: chapters/${String(slug)}.md is missing`);
        continue;
      }
      chapters.push(chapter);
      order += 10_000;
      problems.push(...docsOf(chapter).flatMap((doc) => doc.problems));
    }
  }
  return { chapters, problems };
}

function lineOf(text: string, word: string): number {
  const at = text.split('\n').findIndex((l) => l.includes(`- ${word}`));
  return at + 1 || 1;
}

function readChapter(
  read: Reader, slug: string,
  part: { title?: string; appendix?: boolean }, order: number,
): Chapter | undefined {
  const doc = (end: string, from: number): Doc | undefined => {
    const text = read(`${slug}${end}`);
    return text === undefined ? undefined
      : parseDoc(`chapters/${slug}${end}`, slug, text, from);
  };
  const main = doc('.md', order);
  if (!main) return undefined;
  const more = doc('.more.md', order + 3000);
  const solutions = doc('.solutions.md', order + 6000);
  const heading = main.lines.find((line) => line.startsWith('# '));
  return {
    slug, main, part: part.title ?? '',
    appendix: part.appendix ?? false,
    title: String(main.front['title'] ?? heading?.slice(2) ?? slug),
    ...(more ? { more } : {}),
    ...(solutions ? { solutions } : {}),
  };
}

/** A chapter's files in the order of their blocks. */
export function docsOf(chapter: Chapter): Doc[] {
  const { main, more, solutions } = chapter;
  return [main, ...(more ? [more] : []), ...(solutions ? [solutions] : [])];
}

/** A chapter's blocks in order. */
export function blocksOf(chapter: Chapter): Block[] {
  return docsOf(chapter).flatMap((doc) => [...doc.blocks]);
}

/** One block, and the program before and after it. */
export interface Step extends Effect {
  readonly block: Block;
  readonly before: Snapshot;
}

/** The book applied: every state that the program goes through. */
export interface Program {
  readonly book: Book;
  readonly steps: readonly Step[];
  /** The program at each chapter's end, by slug. */
  readonly ends: ReadonlyMap<string, Snapshot>;
  readonly final: Snapshot;
  /** Exercises, their tests and solutions by path. */
  readonly extras: Snapshot;
  readonly problems: readonly Problem[];
}

/** Applies all blocks. Problems are collected: after one, later
 * blocks of the same file are left alone, so none is blamed. */
export function applyBook(book: Book): Program {
  const steps: Step[] = [];
  const ends = new Map<string, Snapshot>();
  const extras = new Map<string, readonly Line[]>();
  const problems = [...book.problems];
  const broken = new Set<string>();
  let now: Snapshot = new Map();
  for (const chapter of book.chapters) {
    for (const block of blocksOf(chapter)) {
      try {
        addExtra(extras, block);
        const effect = step(now, block, broken);
        steps.push({ ...effect, block, before: now });
        now = effect.snapshot;
      } catch (error) {
        if (!(error instanceof BookError)) throw error;
        problems.push(...error.problems);
        broken.add(block.target);
      }
    }
    ends.set(chapter.slug, now);
  }
  return { book, steps, ends, final: now, extras, problems };
}

function step(
  now: Snapshot, block: Block, broken: ReadonlySet<string>,
): Effect {
  return broken.has(block.target) ? { snapshot: now }
    : applyBlock(now, block);
}

/** Where a block of an exercise goes, if it is one. */
export function extraPath(block: Block): string | undefined {
  const end = block.lang === 'ts' ? 'ts' : block.lang;
  switch (block.kind) {
    case 'exercise': return `exercises/${block.target}.${end}`;
    case 'exercise-test': return `exercises/${block.target}.test.${end}`;
    case 'solution': return `solutions/${block.target}.${end}`;
    case 'wrong':
      return `wrong/${block.target}/${block.words.get('name') ?? ''}.${end}`;
    default: return undefined;
  }
}

function addExtra(extras: Map<string, readonly Line[]>, block: Block): void {
  const path = extraPath(block);
  if (!path) return;
  const slug = block.target.split('/')[0];
  if (slug !== block.slug) {
    throw new BookError([problemAt(block, 0,
      `${block.target}: an exercise of this chapter begins with `
      + `${block.slug}/`)]);
  }
  if (block.kind === 'wrong' && !block.words.get('name')) {
    throw new BookError([problemAt(block, 0, 'wrong= needs name="..."')]);
  }
  const before = extras.get(path) ?? [];
  const gap: Line = {
    text: '', file: block.file, line: block.line, block, indent: 0,
    mark: 'gap',
  };
  const lines = linesOf(block);
  extras.set(path, before.length > 0
    ? [...before, gap, ...lines] : lines);
}
