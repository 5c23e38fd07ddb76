import {
  allFiles, applyBook, type Program, readBook, type Reader,
  soundProgram,
} from './book.ts';
import { type Hunk, hunks, merge } from './diff.ts';
import { indentOf, MARK, shift } from './edit.ts';
import {
  type Block, BookError, type Line, printPlace, type Problem, render,
  visible,
} from './model.ts';
import { splitLines } from './parse.ts';

/** The files of the program: path to text. */
export type Texts = ReadonlyMap<string, string>;

/** The lines that each edited file must have afterwards. */
export function findTargets(
  program: Program, base: Texts, edited: Texts,
): Map<string, string[]> {
  const targets = new Map<string, string[]>();
  const problems: Problem[] = [];
  for (const [path, lines] of allFiles(program)) {
    const now = edited.get(path);
    const ours = render(lines);
    if (now === undefined || now === ours) continue;
    const old = base.get(path) ?? ours;
    if (now === old) continue;
    const merged = merge(
      splitLines(old), splitLines(ours), tidy(splitLines(now)));
    if ('merged' in merged) targets.set(path, merged.merged);
    else problems.push(clash(path, visible(lines), merged.clash));
  }
  if (problems.length > 0) throw new BookError(problems);
  return targets;
}

/** A change to one chapter file: of one line, or before it. */
interface Op {
  readonly file: string;
  readonly line: number;
  /** The line's new text; null deletes it. */
  readonly text?: string | null;
  /** Lines that go in before this one. */
  readonly before?: readonly string[];
}

/** What a line of the program is called in its chapter. */
function chapterText(line: Line, text: string): string {
  const bare = text.trim() === '' ? '' : shift(text, -line.indent);
  if (line.block.kind !== 'edit') return bare;
  return `${bare}${markOf(line.block, line)}`;
}

function replaceOps(
  line: Line, text: string, anchors: ReadonlyMap<Line, readonly Op[]>,
): Op[] {
  if (line.mark === 'gap') return gapOps(line, [text]);
  const own: Op = {
    file: line.file, line: line.line, text: chapterText(line, text),
  };
  const others = (anchors.get(line) ?? []).map((op): Op => {
    const by = indentOf(op.text ?? '') - indentOf(line.text);
    return { ...op, text: shift(text, by) };
  });
  return [own, ...others];
}

/** All ways to write one change into the chapters. */
function waysFor(
  lines: readonly Line[], hunk: Hunk,
  anchors: ReadonlyMap<Line, readonly Op[]>,
): Op[][] {
  const old = lines.slice(hunk.from, hunk.to);
  const shared = Math.min(old.length, hunk.text.length);
  const fixed: Op[] = [];
  old.forEach((line, i) => {
    const text = i < shared ? hunk.text[i] ?? '' : null;
    if (text === null) fixed.push(deleteOp(line));
    else fixed.push(...replaceOps(line, text, anchors));
  });
  const rest = hunk.text.slice(shared);
  if (rest.length === 0) return [fixed];
  const above = lines[hunk.from + shared - 1];
  const below = lines[hunk.to];
  const ways: Op[][] = [];
  if (above) ways.push([...fixed, insertAfter(above, rest)]);
  if (below) ways.push([...fixed, ...insertBefore(below, rest)]);
  return ways;
}

interface Attempt extends Synced {
  readonly problems: readonly Problem[];
}

/** Writes the changes down in one way and reads the book again. */
function attempt(
  read: Reader, changes: readonly Change[],
  choice: readonly number[], wanted: ReadonlyMap<string, string>,
): Attempt {
  const ops = changes.flatMap((c, i) => c.ways[choice[i] ?? 0] ?? []);
  const chapters = applyOps(read, ops);
  const program = applyBook(readBook((name) =>
    chapters.get(name) ?? read(name)));
  return {
    chapters, program, problems: mismatches(program, wanted),
  };
}

/** Chooses for each change the first way that gives its target. */
function settle(
  read: Reader, program: Program,
  targets: ReadonlyMap<string, string[]>, changes: readonly Change[],
): Synced {
  const wanted = wantedTexts(program, targets);
  const most = Math.max(...changes.map((c) => c.ways.length));
  let first: Attempt | undefined;
  for (let way = 0; way < most; way++) {
    const choice = changes.map((c) =>
      Math.min(way, c.ways.length - 1));
    const tried = attempt(read, changes, choice, wanted);
    if (tried.problems.length === 0) return tried;
    first ??= tried;
  }
  const mixed = search(read, program, targets, changes);
  if (mixed.problems.length === 0) return mixed;
  throw new BookError((first ?? mixed).problems);
}

/** One change of one file in `src/`, and where it may land. */
interface Change {
  readonly path: string;
  readonly hunk: Hunk;
  /** The ways to write it down; the first that holds is taken. */
  readonly ways: readonly (readonly Op[])[];
}

/** What sync did: the new text of each changed chapter file. */
export interface Synced {
  readonly chapters: Map<string, string>;
  /** The program afterwards. */
  readonly program: Program;
}

/** Brings edits of the program back into the chapters: all of them
 * or, with a BookError that says where, none. Pure. */
export function sync(
  read: Reader, base: Texts, edited: Texts,
): Synced {
  const program = soundProgram(read);
  const targets = findTargets(program, base, edited);
  const changes = findChanges(program, targets);
  if (changes.length === 0) return { chapters: new Map(), program };
  return settle(read, program, targets, changes);
}

/** An editor's trailing blanks are no edit. */
function tidy(lines: readonly string[]): string[] {
  return lines.map((line) => line.trimEnd());
}

function clash(
  path: string, lines: readonly Line[], at: number,
): Problem {
  const line = lines[at] ?? lines.at(-1);
  const message = `changed here and, differently, in ${path}`;
  return {
    file: line?.file ?? path, line: line?.line ?? 1, col: 1, message,
  };
}

function findChanges(
  program: Program, targets: ReadonlyMap<string, string[]>,
): Change[] {
  const anchors = findAnchors(program);
  const files = allFiles(program);
  return [...targets].flatMap(([path, target]) => {
    const lines = visible(files.get(path) ?? []);
    const old = lines.map((line) => line.text);
    return hunks(old, target).map((hunk): Change => ({
      path, hunk, ways: waysFor(lines, hunk, anchors),
    }));
  });
}

/** The edit-block lines that stand for each line of the program. */
function findAnchors(program: Program): Map<Line, Op[]> {
  const anchors = new Map<Line, Op[]>();
  for (const { block, anchors: found } of program.steps) {
    for (const [pattern, line] of found ?? []) {
      if (pattern.role !== 'keep') continue;
      const at = block.line + pattern.offset;
      const op: Op = { file: block.file, line: at, text: pattern.text };
      anchors.set(line, [...(anchors.get(line) ?? []), op]);
    }
  }
  return anchors;
}

/** The mark that an added line of an edit carries. */
function markOf(block: Block, line: Line): string {
  const own = block.body[line.line - block.line - 1] ?? '';
  const found = MARK.exec(own)?.[0];
  const like = block.body.map((text) => MARK.exec(text)?.[0])
    .find((mark) => mark?.includes('++'));
  return ` ${(found ?? like ?? '// [!code ++]').trimStart()}`;
}

/** An automatic blank line gives way to other lines. */
function gapOps(line: Line, text: readonly string[]): Op[] {
  const { block } = line;
  const words = [...block.words].map(([key, value]) =>
    value === '' ? key : `${key}=${/[\s"]/.test(value)
      ? `"${value}"` : value}`);
  const fence = `\`\`\`${[block.lang, ...words, 'tight'].join(' ')}`;
  return [
    { file: line.file, line: block.line, text: fence },
    { file: line.file, line: block.line + 1, before: text },
  ];
}

function deleteOp(line: Line): Op {
  if (line.mark === 'gap') {
    return gapOps(line, [])[0] ?? { file: line.file, line: line.line };
  }
  return { file: line.file, line: line.line, text: null };
}

function insertAfter(line: Line, text: readonly string[]): Op {
  const at = line.mark === 'gap' ? line.block.line : line.line;
  const before = text.map((t) => chapterText(line, t));
  return { file: line.file, line: at + 1, before };
}

function insertBefore(line: Line, text: readonly string[]): Op[] {
  if (line.mark === 'gap') return gapOps(line, [...text, '']);
  const before = text.map((t) => chapterText(line, t));
  return [{ file: line.file, line: line.line, before }];
}

/** Chapter files after some changes. */
function applyOps(
  read: Reader, ops: readonly Op[],
): Map<string, string> {
  const byFile = new Map<string, Op[]>();
  for (const op of ops) {
    byFile.set(op.file, [...(byFile.get(op.file) ?? []), op]);
  }
  const result = new Map<string, string>();
  for (const [file, list] of byFile) {
    const name = file.replace(/^chapters\//, '');
    const lines = splitLines(read(name) ?? '');
    const out = lines.flatMap((old, i) => {
      const here = list.filter((op) => op.line === i + 1);
      const before = here.flatMap((op) => op.before ?? []);
      const texts = here.flatMap((op) =>
        op.text === undefined ? [] : [op.text]);
      const now = texts.length > 0 ? texts[0] ?? null : old;
      return now === null ? before : [...before, now];
    });
    result.set(name, out.map((line) => `${line}\n`).join(''));
  }
  return result;
}

/** Takes the changes one by one, each in the first way that holds. */
function search(
  read: Reader, program: Program,
  targets: ReadonlyMap<string, string[]>, changes: readonly Change[],
): Attempt {
  let choice: number[] = [];
  let last: Attempt = { chapters: new Map(), program, problems: [] };
  for (const [i, change] of changes.entries()) {
    const some = changes.slice(0, i + 1);
    const goal = partial(program, targets, some);
    const wanted = wantedTexts(program, goal);
    for (const way of change.ways.keys()) {
      const mine = [...choice.slice(0, i), way];
      last = attempt(read, some, mine, wanted);
      choice = mine;
      if (last.problems.length === 0) break;
    }
    if (last.problems.length > 0) return last;
  }
  return last;
}

/** The targets if only some of the changes had been made. */
function partial(
  program: Program, targets: ReadonlyMap<string, string[]>,
  changes: readonly Change[],
): Map<string, string[]> {
  const files = allFiles(program);
  const result = new Map<string, string[]>();
  for (const path of targets.keys()) {
    const old = visible(files.get(path) ?? []).map((l) => l.text);
    const own = changes.filter((c) => c.path === path);
    for (const { hunk } of [...own].reverse()) {
      old.splice(hunk.from, hunk.to - hunk.from, ...hunk.text);
    }
    result.set(path, old);
  }
  return result;
}

export function wantedTexts(
  program: Program, targets: ReadonlyMap<string, string[]>,
): Map<string, string> {
  const wanted = new Map<string, string>();
  for (const [path, lines] of allFiles(program)) {
    const target = targets.get(path);
    wanted.set(path, target
      ? target.map((line) => `${line}\n`).join('') : render(lines));
  }
  return wanted;
}

/** Where a program is not what was wanted. */
export function mismatches(
  program: Program, wanted: ReadonlyMap<string, string>,
): Problem[] {
  if (program.problems.length > 0) return [...program.problems];
  const files = allFiles(program);
  return [...wanted].flatMap(([path, text]) => {
    const now = files.get(path);
    return now && render(now) === text ? [] : [lost(path, text, now)];
  });
}

function lost(
  path: string, text: string, now: readonly Line[] | undefined,
): Problem {
  const lines = now ? visible(now) : [];
  const [first] = hunks(lines.map((l) => l.text), splitLines(text));
  const at = first?.from ?? 0;
  const line = lines[at] ?? lines.at(-1);
  const near = line ? ` (near ${printPlace(line)})` : '';
  return {
    file: path, line: at + 1, col: 1,
    message: `this edit cannot be written into its block${near}; `
      + 'change the chapter instead, or say --at CHAPTER',
  };
}
