import { posix } from 'node:path';
import { endOf, extraPath, type Program } from './book.ts';
import { closure, textsOf } from './check/closure.ts';
import { type Block, fail, type Line, type Snapshot } from './model.ts';
import { splitLines } from './parse.ts';
import { replaceSymbol } from './replace.ts';

/** An exercise with everything that belongs to it. */
export interface Exercise {
  /** `decoding/modrm`. */
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  /** The first block of its stub. */
  readonly block: Block;
  /** The heading it stands under. */
  readonly title: string;
  /** Stub, test and solution: paths of the extras. */
  readonly stub: string;
  readonly test?: string;
  readonly solution?: string;
  /** Named wrong solutions: name to path. */
  readonly wrong: ReadonlyMap<string, string>;
  readonly hints: readonly string[];
  /** The function of the book that it replaces. */
  readonly replaces?: {
    readonly path: string;
    readonly symbol: string;
  };
}

/** The files with which one answer to an exercise is tried. */
export interface Trial {
  readonly files: Map<string, string>;
  /** The exercise's own test, then the chapter's. */
  readonly own: readonly string[];
  readonly others: readonly string[];
}

/** Puts an answer in the stub's place, and in the book's, if the
 * exercise replaces a function: then the chapter's tests run too. */
export function makeTrial(
  book: Program, exercise: Exercise, answer: string,
  more: ReadonlyMap<string, string> = new Map(),
): Trial {
  const { test, replaces, stub } = exercise;
  const files = new Map(endOf(book, exercise.slug));
  files.set(stub, linesIn(exercise, answer));
  for (const [path, text] of more) {
    files.set(path, linesIn(exercise, text));
  }
  const lines = test && book.extras.get(test);
  if (lines) files.set(test, lines);
  const others = replaces ? chapterTests(book, exercise, files) : [];
  const own = test ? [test] : [];
  const starts = [stub, ...own, ...others, ...more.keys()];
  const needed = new Set(starts.flatMap((path) =>
    closure(files, path)));
  const texts = textsOf(files, needed);
  if (replaces && texts.has(replaces.path)) {
    texts.set(replaces.path, swapped(exercise, texts));
  }
  return { files: texts, own, others };
}

/** An answer as lines of the program, so that its imports count. */
function linesIn(exercise: Exercise, text: string): Line[] {
  const { block, stub: file } = exercise;
  return splitLines(text).map((line, i) =>
    ({ text: line, file, line: i + 1, block, indent: 0 }));
}

/** All exercises of the book, in order. */
export function exercisesOf(book: Program): Exercise[] {
  const blocks = book.steps.map((step) => step.block);
  const stubs = new Map<string, Block>();
  for (const block of blocks) {
    const first = block.kind === 'exercise' && !stubs.has(block.target);
    if (first) stubs.set(block.target, block);
  }
  return [...stubs].map(([id, block]) => {
    const own = blocks.filter((b) => b.target === id);
    return toExercise(book, id, block, own);
  });
}

function toExercise(
  book: Program, id: string, block: Block, own: readonly Block[],
): Exercise {
  const [slug = '', name = ''] = id.split('/');
  const test = `exercises/${id}.test.ts`;
  const solution = `solutions/${id}.${block.lang}`;
  const of = (kind: Block['kind']): Block[] =>
    own.filter((b) => b.kind === kind);
  const replaces = replacedBy(own);
  return {
    id, slug, name, block, title: titleOf(book, block),
    stub: `exercises/${id}.${block.lang}`,
    hints: of('hint').map((b) => b.body.join('\n')),
    wrong: new Map(of('wrong').map((b) =>
      [b.words.get('name') ?? '', extraPath(b) ?? ''])),
    ...(book.extras.has(test) ? { test } : {}),
    ...(book.extras.has(solution) ? { solution } : {}),
    ...(replaces ? { replaces } : {}),
  };
}

function replacedBy(own: readonly Block[]): Exercise['replaces'] {
  const word = own.find((b) => b.words.has('replaces'))
    ?.words.get('replaces');
  if (word === undefined) return undefined;
  const [path = '', symbol = ''] = word.split('#', 2);
  return { path, symbol };
}

/** The nearest heading above a block. */
function titleOf(book: Program, block: Block): string {
  const chapter = book.book.chapters.find((c) => c.slug === block.slug);
  const lines = chapter?.main.file === block.file
    ? chapter.main.lines.slice(0, block.line) : [];
  const heading = lines.findLast((l) => /^#{2,4} /.test(l));
  return (heading ?? block.target).replace(/^#+ (Exercise: )?/, '')
    .replace(/\s*\{#.*\}$/, '');
}

function swapped(
  exercise: Exercise, texts: ReadonlyMap<string, string>,
): string {
  const { path = '', symbol = '' } = exercise.replaces ?? {};
  const text = texts.get(path) ?? '';
  const to = posix.relative(posix.dirname(path), exercise.stub);
  try {
    return replaceSymbol(path, text, symbol, to);
  } catch (error) {
    fail(exercise.block, `replaces=: ${(error as Error).message}`);
  }
}

/** The tests written in a chapter that reach the replaced file. */
function chapterTests(
  book: Program, exercise: Exercise, files: Snapshot,
): string[] {
  const { replaces, slug, block } = exercise;
  if (!replaces || !files.has(replaces.path)) {
    fail(block, `replaces=${replaces?.path ?? ''}: no such file yet`);
  }
  const written = new Set(book.steps.map((step) => step.block)
    .filter((b) => b.kind === 'test' && b.slug === slug)
    .map((b) => b.target));
  return [...written].filter((path) => files.has(path)
    && closure(files, path).includes(replaces.path));
}
