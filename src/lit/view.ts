import type { Program, Step } from './book.ts';
import { hunks } from './diff.ts';
import { type Block, type Line, type Snapshot, visible } from './model.ts';
import { declarations, type Declaration, findSymbol } from './symbols.ts';

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
): { start: number; end: number } {
  const own = (line: Line): boolean =>
    line.block === block && line.mark !== 'gap';
  const start = lines.findIndex(own);
  if (start >= 0) return { start, end: lines.findLastIndex(own) + 1 };
  const before = visible(step.before.get(step.path ?? '') ?? []);
  const changed = hunks(
    before.map((l) => l.text), lines.map((l) => l.text));
  const at = Math.min(changed[0]?.from ?? 0, lines.length);
  return { start: at, end: at };
}

/** Where in the file's declarations a range of lines stands. */
function placeOf(
  path: string, lines: readonly Line[],
  range: { start: number; end: number },
): Pick<Draft, 'inside' | 'after' | 'declares' | 'touches'> {
  const all = declarations(path, lines);
  const holds = (d: Declaration): boolean =>
    d.start <= range.start && range.end <= d.end
    && d.end - d.start > range.end - range.start;
  const around = all.filter(holds)
    .sort((a, b) => (a.end - a.start) - (b.end - b.start))[0];
  const within = all.filter((d) =>
    d.start >= range.start && d.end <= range.end);
  const outer = within.filter((d) =>
    !within.some((e) => d.name.startsWith(`${e.name}.`)));
  const declares = [...new Set(outer.map((d) => d.name))];
  const depth = around ? around.name.split('.').length + 1 : 1;
  const sibling = all.filter((d) => d.end <= range.start
    && d.name.split('.').length === depth
    && (!around || d.name.startsWith(`${around.name}.`))).at(-1);
  return {
    declares,
    touches: new Set(around ? [around.name, ...declares] : declares),
    ...(around ? { inside: around.name } : {}),
    ...(sibling ? { after: sibling.name.split('.').at(-1) ?? '' } : {}),
  };
}

/** What changed between two states of a file, with some context. */
export function diffView(
  before: readonly Line[], after: readonly Line[],
  context: number, block?: Block,
): ViewLine[] {
  const changes = hunks(
    before.map((l) => l.text), after.map((l) => l.text));
  const result: ViewLine[] = [];
  let moved = 0;
  let shown = 0;
  const plain = (from: number, to: number): void => {
    for (let i = Math.max(from, shown); i < to; i++) {
      const text = after[i]?.text ?? '';
      result.push({ role: 'context', text, number: i + 1 });
    }
    shown = Math.max(shown, to);
  };
  for (const change of changes) {
    const start = change.from + moved;
    const end = start + change.text.length;
    if (start - context > shown) {
      if (result.length > 0) result.push({ role: 'skip', text: '' });
      shown = start - context;
    }
    plain(start - context, start);
    for (const line of before.slice(change.from, change.to)) {
      result.push({ role: 'removed', text: line.text });
    }
    for (let i = start; i < end; i++) {
      const line = after[i];
      const gap = line?.mark === 'gap' && line.block === block;
      if (!gap) {
        const text = line?.text ?? '';
        result.push({ role: 'own', text, number: i + 1 });
      }
    }
    shown = end;
    moved += change.text.length - (change.to - change.from);
    const later = changes.find((c) => c.from > change.from);
    const limit = later ? later.from + moved : after.length;
    plain(end, Math.min(end + context, limit));
  }
  return result;
}

/** Links each block to its neighbours on the same code. */
function linkAll(views: readonly Draft[]): BlockView[] {
  const ref = (view: Draft | undefined): Ref | undefined =>
    view && {
      slug: view.block.slug, file: view.block.file,
      line: view.block.line,
    };
  const byPath = new Map<string, Draft[]>();
  for (const view of views) {
    if (!view.path) continue;
    byPath.set(view.path, [...(byPath.get(view.path) ?? []), view]);
  }
  return views.map((view) => {
    const { touches, ...plain } = view;
    const peers = byPath.get(view.path ?? '') ?? [];
    const at = peers.indexOf(view);
    const meets = (other: Draft): boolean =>
      [...touches].some((name) => other.touches.has(name));
    const links = {
      previous: ref(peers.slice(0, at).findLast(meets)),
      next: ref(peers.slice(at + 1).find(meets)),
      previousInFile: ref(peers[at - 1]),
      nextInFile: at < 0 ? undefined : ref(peers[at + 1]),
    };
    return { ...plain, ...defined(links) };
  });
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
