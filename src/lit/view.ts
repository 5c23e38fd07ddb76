import type { Program, Step } from './book.ts';
import { hunks } from './diff.ts';
import type { Range } from './edit.ts';
import {
  type Block, type Line, type Snapshot, visible,
} from './model.ts';
import {
  declarations, type Declaration, findSymbol,
} from './symbols.ts';

/** A line of a picture of code. `number` counts from 1 in the file
 * after the block; removed lines have none. */
export interface ViewLine {
  readonly role: 'own' | 'context' | 'removed' | 'skip';
  readonly text: string;
  readonly number?: number;
}

/** A place in the book. */
export interface Ref {
  readonly slug: string;
  readonly file: string;
  readonly line: number;
}

/** What a page shows around a block. */
export interface BlockView {
  readonly block: Block;
  /** The file the block changes or shows. */
  readonly path?: string;
  /** The declaration around it, such as `Cpu.step`. */
  readonly inside?: string;
  /** The sibling that stands before it there. */
  readonly after?: string;
  /** What the block itself declares. */
  readonly declares: readonly string[];
  /** The blocks before and after it on the same declarations. */
  readonly previous?: Ref;
  readonly next?: Ref;
  /** The same for the whole file. */
  readonly previousInFile?: Ref;
  readonly nextInFile?: Ref;
  /** The block in its place: own, removed and grey lines. */
  readonly lines: readonly ViewLine[];
  /** The program after this block. */
  readonly snapshot: Snapshot;
}

/** A block's key in `viewBook`: `chapters/x.md:12`. */
export function keyOf(block: { file: string; line: number }): string {
  return `${block.file}:${block.line}`;
}

/** Everything the pages show about every block, by `keyOf`. Pure. */
export function viewBook(
  program: Program, context = 2,
): Map<string, BlockView> {
  const views = program.steps.map((step) => viewStep(step, context));
  const linked = linkAll(views);
  return new Map(linked.map((view) => [keyOf(view.block), view]));
}

interface Draft extends BlockView {
  /** Declarations it touches, for the carets. */
  readonly touches: ReadonlySet<string>;
}

function viewStep(step: Step, context: number): Draft {
  const { block, snapshot } = step;
  const base = { block, snapshot, declares: [], lines: [] };
  if (block.kind === 'show') return { ...base, ...viewShow(step) };
  const path = step.path;
  const after = path ? snapshot.get(path) : undefined;
  if (!path || !after) {
    return { ...base, touches: new Set(), ...(path ? { path } : {}) };
  }
  const lines = visible(after);
  const range = ownRange(lines, block, step);
  const place = placeOf(path, lines, range);
  return {
    ...base, path, ...place,
    lines: diffView(
      visible(step.before.get(path) ?? []), lines, context, block),
  };
}

/** A `show` block: the symbol or file as it stands. */
function viewShow(step: Step): {
  path: string; lines: ViewLine[]; touches: Set<string>;
} {
  const { block, snapshot } = step;
  const lines = visible(snapshot.get(block.target) ?? []);
  const ranges = block.symbol
    ? findSymbol(block.target, lines, block.symbol)
    : [{ start: 0, end: lines.length }];
  const shown = ranges.flatMap(({ start, end }) =>
    lines.slice(start, end).map((line, i): ViewLine => ({
      role: 'own', text: line.text, number: start + i + 1,
    })));
  const touches = new Set(block.symbol ? [block.symbol] : []);
  return { path: block.target, lines: shown, touches };
}

/** The lines [start, end) between a block's first and last line. */
function ownRange(
  lines: readonly Line[], block: Block, step: Step,
): Range {
  const own = (line: Line): boolean =>
    line.block === block && line.mark !== 'gap';
  const start = lines.findIndex(own);
  if (start >= 0) return { start, end: lines.findLastIndex(own) + 1 };
  const before = visible(step.before.get(step.path ?? '') ?? []);
  const changed = hunks(before.map(textOf), lines.map(textOf));
  const at = Math.min(changed[0]?.from ?? 0, lines.length);
  return { start: at, end: at };
}

/** Where in the file's declarations a range of lines stands. */
function placeOf(
  path: string, lines: readonly Line[], range: Range,
): Pick<Draft, 'inside' | 'after' | 'declares' | 'touches'> {
  const all = declarations(path, lines);
  const size = (d: Range): number => d.end - d.start;
  const around = all.filter((d) => d.start <= range.start
    && range.end <= d.end && size(d) > size(range))
    .sort((a, b) => size(a) - size(b))[0];
  const declares = declaredIn(all, range);
  const sibling = siblingBefore(all, around, range);
  return {
    declares,
    touches: new Set(around ? [around.name, ...declares] : declares),
    ...(around ? { inside: around.name } : {}),
    ...(sibling ? { after: sibling } : {}),
  };
}

/** The outermost declarations that lie within some lines. */
function declaredIn(
  all: readonly Declaration[], range: Range,
): string[] {
  const within = all.filter((d) =>
    d.start >= range.start && d.end <= range.end);
  const outer = within.filter((d) =>
    !within.some((e) => d.name.startsWith(`${e.name}.`)));
  return [...new Set(outer.map((d) => d.name))];
}

/** The last declaration of the same level above some lines. */
function siblingBefore(
  all: readonly Declaration[], around: Declaration | undefined,
  range: Range,
): string | undefined {
  const prefix = around ? `${around.name}.` : '';
  const level = (name: string): boolean => name.startsWith(prefix)
    && !name.slice(prefix.length).includes('.');
  return all.filter((d) => d.end <= range.start && level(d.name))
    .at(-1)?.name.slice(prefix.length);
}

function textOf(line: Line): string {
  return line.text;
}

const SKIPPED: ViewLine = { role: 'skip', text: '' };

/** What changed between two states of a file, with some context. */
export function diffView(
  before: readonly Line[], after: readonly Line[],
  context: number, block?: Block,
): ViewLine[] {
  const changes = hunks(before.map(textOf), after.map(textOf));
  const result: ViewLine[] = [];
  let [moved, shown] = [0, 0];
  changes.forEach((change, i) => {
    const start = change.from + moved;
    const end = start + change.text.length;
    moved += change.text.length - (change.to - change.from);
    const next = changes[i + 1];
    const limit = next ? next.from + moved : after.length;
    const from = Math.max(start - context, shown);
    if (from > shown && i > 0) result.push(SKIPPED);
    shown = Math.min(end + context, limit);
    result.push(
      ...numbered('context', after, from, start),
      ...removed(before.slice(change.from, change.to)),
      ...numbered('own', after, start, end).filter((line) =>
        !isGap(after[(line.number ?? 0) - 1], block)),
      ...numbered('context', after, end, shown));
  });
  return result;
}

function removed(lines: readonly Line[]): ViewLine[] {
  return lines.map(({ text }) => ({ role: 'removed', text }));
}

/** The lines [from, to) of a file, numbered from 1. */
function numbered(
  role: ViewLine['role'], lines: readonly Line[],
  from: number, to: number,
): ViewLine[] {
  return lines.slice(from, to).map((line, i) =>
    ({ role, text: line.text, number: from + i + 1 }));
}

/** The blank line that a block brought without printing it. */
function isGap(line: Line | undefined, block?: Block): boolean {
  return line?.mark === 'gap' && line.block === block;
}

/** Links each block to its neighbours on the same code. */
function linkAll(views: readonly Draft[]): BlockView[] {
  const byPath = new Map<string, Draft[]>();
  for (const view of views) {
    const peers = byPath.get(view.path ?? '') ?? [];
    byPath.set(view.path ?? '', [...peers, view]);
  }
  return views.map((view) => {
    const { touches, ...plain } = view;
    if (!view.path) return plain;
    const peers = byPath.get(view.path) ?? [];
    const at = peers.indexOf(view);
    const meets = (other: Draft): boolean =>
      [...touches].some((name) => other.touches.has(name));
    return { ...plain, ...defined({
      previous: refTo(peers.slice(0, at).findLast(meets)),
      next: refTo(peers.slice(at + 1).find(meets)),
      previousInFile: refTo(peers[at - 1]),
      nextInFile: refTo(peers[at + 1]),
    }) };
  });
}

function refTo(view: Draft | undefined): Ref | undefined {
  if (!view) return undefined;
  const { slug, file, line } = view.block;
  return { slug, file, line };
}

/** The entries of a record that have a value. */
function defined<T extends object>(
  record: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(record)
    .filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as
    { [K in keyof T]?: Exclude<T[K], undefined> };
}

/** The program just before a chapter begins. */
export function startOf(program: Program, slug: string): Snapshot {
  const slugs = program.book.chapters.map((c) => c.slug);
  const before = slugs[slugs.indexOf(slug) - 1];
  return (before && program.ends.get(before)) || new Map();
}

/** One file's changes within a chapter. */
export function chapterDiff(
  program: Program, slug: string, path: string, context = 3,
): ViewLine[] {
  const before = startOf(program, slug).get(path) ?? [];
  const after = program.ends.get(slug)?.get(path) ?? [];
  return diffView(visible(before), visible(after), context);
}
