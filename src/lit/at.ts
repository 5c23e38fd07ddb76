import { applyBlock } from './apply.ts';
import {
  applyBook, type Program, readBook, type Reader, soundProgram,
} from './book.ts';
import { type Hunk, hunks } from './diff.ts';
import {
  BookError, type Line, type Problem, type Snapshot, visible,
} from './model.ts';
import { parseDoc, splitLines } from './parse.ts';
import { enclosing } from './symbols.ts';
import {
  findTargets, mismatches, type Synced, type Texts, wantedTexts,
} from './sync.ts';

/** A place in a chapter, outside of its blocks. */
export interface Spot {
  /** `chapters/x.md`. */
  readonly file: string;
  /** New blocks go in before this line; none: at the end. */
  readonly line?: number;
}

/** Writes edits of the program as new `edit` blocks at a place of the
 * book, instead of changing the blocks that own the lines. */
export function syncAt(
  read: Reader, base: Texts, edited: Texts, spot: Spot,
): Synced {
  const program = soundProgram(read);
  const targets = findTargets(program, base, edited);
  const state = stateAt(program, spot);
  const texts = [...targets].flatMap(([path, target]) => {
    const lines = visible(program.final.get(path) ?? []);
    const old = lines.map((line) => line.text);
    return hunks(old, target).map((hunk) =>
      blockFor(state, path, lines, hunk, spot));
  });
  const name = spot.file.replace(/^chapters\//, '');
  const text = insert(read(name) ?? '', texts, spot.line);
  const after = applyBook(readBook((other) =>
    other === name ? text : read(other)));
  const problems = mismatches(after, wantedTexts(program, targets));
  if (problems.length > 0) throw new BookError(problems);
  return { chapters: new Map([[name, text]]), program: after };
}

/** The narrowest edit block that makes one change, as Markdown. */
function blockFor(
  state: Snapshot, path: string, lines: readonly Line[],
  hunk: Hunk, spot: Spot,
): string {
  const there = state.get(path) ?? [];
  const first = lines[hunk.from] ?? lines[hunk.from - 1];
  const at = first ? there.indexOf(first) : -1;
  if (at < 0) refuse(spot, `that line of ${path} is not written yet`);
  const symbol = enclosing(path, there, at)?.name;
  const targets = symbol ? [`${path}#${symbol}`, path] : [path];
  const lang = path.split('.').at(-1) ?? 'ts';
  const texts = targets.flatMap((target) =>
    bodies(lines, hunk, lang).map((body) =>
      [`\`\`\`${lang} edit=${target}`, ...body, '```'].join('\n')));
  return texts.find((text) => fits(state, text))
    ?? refuse(spot, `no narrow edit of ${path} says this`);
}

/** The program as it stands at a place of the book. */
function stateAt(program: Program, spot: Spot): Snapshot {
  const slug = spot.file.replace(/^chapters\//, '')
    .replace(/(\.more|\.solutions)?\.md$/, '');
  const slugs = program.book.chapters.map((c) => c.slug);
  const own = slugs.indexOf(slug);
  if (own < 0) refuse(spot, `${spot.file} is no chapter of the book`);
  const earlier = program.steps.filter(({ block }) => {
    const chapter = slugs.indexOf(block.slug);
    const before = block.file === spot.file
      ? block.line < (spot.line ?? Infinity)
      : block.file.length < spot.file.length;
    return chapter < own || (chapter === own && before);
  });
  return earlier.at(-1)?.snapshot ?? new Map();
}

function refuse(spot: Spot, message: string): never {
  const problem: Problem = {
    file: spot.file, line: spot.line ?? 1, col: 1, message,
  };
  throw new BookError([problem]);
}

/** A change with no, one or two anchors. */
function bodies(
  lines: readonly Line[], hunk: Hunk, lang: string,
): string[][] {
  const open = ['ts', 'js', 'c'].includes(lang) ? '//'
    : lang === 'asm' ? ';' : '#';
  const above = lines[hunk.from - 1];
  const below = lines[hunk.to];
  const own = [
    ...lines.slice(hunk.from, hunk.to)
      .map((line) => `${line.text} ${open} [!code --]`),
    ...hunk.text.map((text) => `${text} ${open} [!code ++]`),
  ];
  const up = above ? [above.text] : [];
  const down = below ? [below.text] : [];
  return [own, [...up, ...own], [...own, ...down],
    [...up, ...own, ...down]];
}

/** Whether a block applies to a state of the program. */
function fits(state: Snapshot, text: string): boolean {
  try {
    const [block] = parseDoc('chapters/x.md', 'x', text).blocks;
    return block !== undefined && Boolean(applyBlock(state, block));
  } catch (error) {
    if (error instanceof BookError) return false;
    throw error;
  }
}

/** The mark asks for the prose that a lint will miss. */
function insert(
  chapter: string, blocks: readonly string[], line: number | undefined,
): string {
  const lines = splitLines(chapter);
  const at = line === undefined ? lines.length : line - 1;
  const added = blocks.flatMap((block) =>
    ['', '<!-- say why -->', '', ...block.split('\n')]);
  lines.splice(at, 0, ...added, '');
  return `${lines.join('\n').trimEnd()}\n`;
}
