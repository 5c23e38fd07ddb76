import { parse as parseYaml } from 'yaml';
import {
  applyBlock, type Effect, gapBefore, linesOf,
} from './apply.ts';
import {
  type Block, BookError, fail, type Line, type Problem, type Snapshot,
} from './model.ts';
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

interface Contents {
  parts?: {
    title?: string; appendix?: boolean; chapters?: unknown[];
  }[];
}

/** Reads `contents.yaml` and every file that it names. */
export function readBook(read: Reader): Book {
  const text = read('contents.yaml') ?? '';
  const contents = parseYaml(text) as Contents | null;
  const problems: Problem[] = [];
  const chapters: Chapter[] = [];
  for (const part of contents?.parts ?? []) {
    for (const name of part.chapters ?? []) {
      const slug = String(name);
      const from = chapters.length * 10_000;
      const chapter = readChapter(read, slug, part, from);
      if (chapter) chapters.push(chapter);
      else problems.push(noChapter(text, slug));
    }
  }
  if (chapters.length === 0) problems.push(noChapter(text, 'any'));
  const own = chapters.flatMap((chapter) => docsOf(chapter))
    .flatMap((doc) => doc.problems);
  return { chapters, problems: [...problems, ...own] };
}

function noChapter(text: string, slug: string): Problem {
  const at = text.split('\n').findIndex((l) => l.includes(`- ${slug}`));
  return {
    file: 'chapters/contents.yaml', line: Math.max(at, 0) + 1, col: 1,
    message: `chapters/${slug}.md does not exist`,
  };
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
  return [main, more, solutions].filter((doc) => doc !== undefined);
}

/** A chapter's blocks in order. */
export function blocksOf(chapter: Chapter): Block[] {
  return docsOf(chapter).flatMap((doc) => [...doc.blocks]);
}

/** Reads and applies a book, and throws when anything is wrong. */
export function soundProgram(read: Reader): Program {
  const program = applyBook(readBook(read));
  const { problems } = program;
  if (problems.length > 0) throw new BookError(problems);
  return program;
}

function step(
  now: Snapshot, block: Block, broken: ReadonlySet<string>,
): Effect {
  return broken.has(block.target) ? { snapshot: now }
    : applyBlock(now, block);
}

/** The program at a chapter's end. */
export function endOf(program: Program, slug: string): Snapshot {
  return program.ends.get(slug) ?? new Map();
}

/** Every file that a program writes. */
export function allFiles(
  program: Program,
): Map<string, readonly Line[]> {
  const files = new Map(program.final);
  for (const [path, lines] of program.extras) files.set(path, lines);
  return files;
}

/** Where a block of an exercise goes, if it is one. */
export function extraPath(block: Block): string | undefined {
  const { kind, target, lang, words } = block;
  switch (kind) {
    case 'exercise': return `exercises/${target}.${lang}`;
    case 'exercise-test': return `exercises/${target}.test.${lang}`;
    case 'solution': return `solutions/${target}.${lang}`;
    case 'wrong':
      return `wrong/${target}/${words.get('name') ?? ''}.${lang}`;
    default: return undefined;
  }
}

function addExtra(
  extras: Map<string, readonly Line[]>, block: Block,
): void {
  const path = extraPath(block);
  if (!path) return;
  const slug = block.target.split('/')[0];
  if (slug !== block.slug) {
    fail(block, `${block.target}: an exercise of this chapter`
      + ` begins with ${block.slug}/`);
  }
  if (block.kind === 'wrong' && !block.words.get('name')) {
    fail(block, 'wrong= needs name="..."');
  }
  const before = extras.get(path) ?? [];
  const lines = linesOf(block);
  extras.set(path, before.length > 0
    ? [...before, gapBefore(block), ...lines] : lines);
}
