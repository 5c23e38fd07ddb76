import { type Block, fail, type Line, printPlace } from './model.ts';

/** One line of an edit block, its mark taken off. */
export interface Pattern {
  readonly role: 'keep' | 'cut' | 'add' | 'skip';
  readonly text: string;
  /** Offset in the block: the first line is 1. */
  readonly offset: number;
}

/** A comment that is all of a line's end, in any language. */
export function comment(inner: string, before = ''): RegExp {
  const [open, close] = ['(?://|#|;|--|<!--|/\\*)', '(?:-->|\\*/)?'];
  return new RegExp(
    `${before}\\s*${open}\\s*${inner}\\s*${close}\\s*$`);
}

export const MARK = comment('\\[!code (--|\\+\\+)\\]');
const SKIP = comment('(?:…|\\.\\.\\.)', '^');

/** Reads the marks of an edit block. */
export function readPattern(block: Block): Pattern[] {
  const pattern = block.body.map((text, i): Pattern => {
    const mark = MARK.exec(text)?.[1];
    const role = mark === '++' ? 'add' : mark === '--' ? 'cut'
      : SKIP.test(text) ? 'skip' : 'keep';
    const bare = text.replace(MARK, '').trimEnd();
    return { role, text: bare, offset: i + 1 };
  });
  checkPattern(block, pattern);
  return pattern;
}

/** Applies an edit to the lines [from, to) of a file. */
export function applyEdit(
  block: Block, lines: readonly Line[],
  ranges: readonly Range[],
): Edited {
  const pattern = readPattern(block);
  const fixed = pattern.filter((p) => p.role !== 'add');
  const found = new Map<string, Match>();
  for (const { start, end } of ranges) {
    for (const match of findMatches(fixed, lines, start, end)) {
      found.set(match.join(), match);
    }
  }
  const [match] = found.values();
  if (!match) return failNear(block, fixed, lines, ranges);
  if (found.size > 1) {
    const places = [...found.values()].map((m) => firstPlace(m, lines));
    fail(block, `the edit fits ${found.size} places: `
      + places.slice(0, 4).join(', '));
  }
  return rewrite(block, pattern, fixed, lines, match);
}

/** Whether a pattern line fits, and by how much it is shifted. */
function fits(
  pattern: Pattern, line: Line | undefined, by: number | undefined,
): number | undefined {
  const text = pattern.text.trim();
  if (!line || line.text.trim() !== text) return undefined;
  if (text === '') return by ?? 0;
  const shifted = indentOf(line.text) - indentOf(pattern.text);
  return by === undefined || by === shifted ? shifted : undefined;
}

/** All ways to lay the fixed lines of an edit over a range. */
function findMatches(
  fixed: readonly Pattern[], lines: readonly Line[],
  from: number, to: number,
): Match[] {
  const found: Match[] = [];
  const walk = (
    match: Match, at: number, free: boolean, by: number | undefined,
  ): void => {
    const pattern = fixed[match.length];
    if (!pattern) found.push(match);
    else if (pattern.role === 'skip') {
      walk([...match, -1], at, true, by);
    } else {
      for (const k of candidates(lines, at, to, free)) {
        const shifted = fits(pattern, lines[k], by);
        if (shifted === undefined || found.length > 20) continue;
        const blank = pattern.text.trim() === '';
        walk([...match, k], k + 1, false, blank ? by : shifted);
      }
    }
  };
  walk([], from, true, undefined);
  return found;
}

/** Where the next line of a match may be: here, where a slot's mark
 * counts as no line, or after a skip anywhere below. */
function candidates(
  lines: readonly Line[], at: number, to: number, free: boolean,
): number[] {
  const found: number[] = [];
  for (let k = at; k < to; k++) {
    found.push(k);
    if (!free && lines[k]?.mark !== 'slot') break;
  }
  return found;
}

/** The new lines: cut ones gone, added ones beside their anchor. */
function rewrite(
  block: Block, pattern: readonly Pattern[],
  fixed: readonly Pattern[], lines: readonly Line[], match: Match,
): Edited {
  const place = new Map(fixed.map((p, i) => [p, match[i] ?? -1]));
  const by = shiftOf(fixed, lines, match);
  const inserts = new Map<number, Line[]>();
  pattern.forEach((p, i) => {
    if (p.role !== 'add') return;
    const at = insertAt(block, pattern, i, place);
    const old = inserts.get(at) ?? [];
    inserts.set(at, [...old, addedLine(block, p, by)]);
  });
  const anchors = fixed.flatMap((p): [Pattern, Line][] => {
    const line = lines[place.get(p) ?? -1];
    return line ? [[p, line]] : [];
  });
  const cut = new Set(anchors.filter(([p]) => p.role === 'cut')
    .map(([, line]) => line));
  const result = [...lines, undefined].flatMap((line, k) => {
    const here = inserts.get(k) ?? [];
    return line && !cut.has(line) ? [...here, line] : here;
  });
  return { lines: result, anchors };
}

/** An added line follows the line above it in the block, or,
 * after a skip or at the top, precedes the one below it. */
function insertAt(
  block: Block, pattern: readonly Pattern[], index: number,
  place: ReadonlyMap<Pattern, number>,
): number {
  const beside = (step: -1 | 1): number | undefined => {
    let i = index + step;
    while (pattern[i]?.role === 'add') i += step;
    const other = pattern[i];
    const at = other && place.get(other);
    return at === undefined || at < 0 ? undefined : at;
  };
  const above = beside(-1);
  if (above !== undefined) return above + 1;
  return beside(1) ?? fail(block,
    'an added line between two skips has no place',
    pattern[index]?.offset);
}

/** Says which line of an edit does not fit, and what is there. */
function failNear(
  block: Block, fixed: readonly Pattern[], lines: readonly Line[],
  ranges: readonly Range[],
): never {
  let best = { length: 0, at: 0 };
  for (const { start, end } of ranges) {
    for (let at = start; at < end; at++) {
      const length = fitLength(fixed, lines, at, end);
      if (length > best.length) best = { length, at };
    }
  }
  const wanted = fixed.slice(best.length)
    .find((p) => p.role !== 'skip');
  const next = best.length > 0
    ? lines[best.at + best.length] : undefined;
  const text = wanted?.text.trim() ?? '';
  const there = next ?? closest(text, lines, ranges);
  const hint = there ? `; nearest is \`${there.text.trim()}\` of `
    + printPlace(there) : '';
  fail(block, `\`${text}\` does not match${hint}`, wanted?.offset);
}

/** The lines [start, end) of a file, counted from 0. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Where the kept and cut lines of an edit stand in a file. */
type Match = readonly number[];

/** A file after an edit, and which of its lines were anchors. */
export interface Edited {
  readonly lines: Line[];
  readonly anchors: readonly [Pattern, Line][];
}

/** Columns of white space before a line's text. */
export function indentOf(text: string): number {
  return text.length - text.trimStart().length;
}

/** Moves a line right, or left as far as it has white space. */
export function shift(text: string, by: number): string {
  if (text.trim() === '') return '';
  return by >= 0 ? ' '.repeat(by) + text
    : text.slice(Math.min(-by, indentOf(text)));
}

function checkPattern(block: Block, pattern: readonly Pattern[]): void {
  const of = (role: Pattern['role']): Pattern[] =>
    pattern.filter((p) => p.role === role && p.text.trim() !== '');
  const kept = of('keep');
  if (!pattern.some((p) => p.role === 'add' || p.role === 'cut')) {
    fail(block, 'an edit marks lines with [!code ++] or [!code --]');
  }
  if (kept.length > 2) {
    fail(block, 'an edit has at most two unmarked lines; mark this one'
      + ' with [!code ++], or leave it out', kept[2]?.offset);
  }
  if (kept.length + of('cut').length === 0) {
    fail(block, 'an edit needs a line to stand beside: add an anchor');
  }
}

function firstPlace(match: Match, lines: readonly Line[]): string {
  const line = lines[match.find((at) => at >= 0) ?? 0];
  return line ? printPlace(line) : '?';
}

function shiftOf(
  fixed: readonly Pattern[], lines: readonly Line[], match: Match,
): number {
  for (const [i, pattern] of fixed.entries()) {
    const line = lines[match[i] ?? -1];
    if (line && pattern.text.trim() !== '') {
      return indentOf(line.text) - indentOf(pattern.text);
    }
  }
  return 0;
}

function addedLine(block: Block, p: Pattern, by: number): Line {
  const { file } = block;
  const line = block.line + p.offset;
  return { text: shift(p.text, by), file, line, block, indent: by };
}

function fitLength(
  fixed: readonly Pattern[], lines: readonly Line[],
  at: number, to: number,
): number {
  let length = 0;
  for (let n = fixed.length; n > 0; n--) {
    const head = fixed.slice(0, n);
    if (head.some((p) => p.role === 'skip')) continue;
    const end = Math.min(to, at + n + 8);
    const found = findMatches(head, lines.slice(0, end), at, end);
    if (found.some((match) => match[0] === at)) {
      length = n;
      break;
    }
  }
  return length;
}

/** The line of the range that shares most words with a text. */
function closest(
  text: string, lines: readonly Line[],
  ranges: readonly Range[],
): Line | undefined {
  const words = new Set(text.match(/\w+/g));
  let best: Line | undefined;
  let most = 0;
  for (const { start, end } of ranges) {
    for (const line of lines.slice(start, end)) {
      const theirs = line.text.match(/\w+/g) ?? [];
      const shared = theirs.filter((w) => words.has(w)).length;
      const score = shared / (theirs.length + words.size);
      if (score > most) { most = score; best = line; }
    }
  }
  return best;
}
