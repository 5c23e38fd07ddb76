// What a page shows beside each block, computed from the book itself: the
// place in the program, the lines around it, the blocks before and after that
// touch the same thing, and every file's whole history.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  applyBook, docsOf, type Program, readBook, type Step,
} from '../src/lit/book.ts';
import type { Block, Line, Snapshot } from '../src/lit/model.ts';
import type { Doc } from '../src/lit/parse.ts';
import { enclosing } from '../src/lit/symbols.ts';
import { chaptersDir } from './book.ts';

/** One block as its page shows it. */
export interface BlockView {
  id: string;
  /** `decoding.html#code-3` */
  href: string;
  path: string;
  /** "in `Cpu`, after `fetch8`" */
  where: string;
  before: string[];
  after: string[];
  previous?: { href: string; title: string };
  next?: { href: string; title: string };
  order: number;
  /** order of the first block of this chapter */
  chapterStart: number;
}

/** A line of a file and the blocks that brought and removed it. */
export type Strand = [birth: number, death: number, text: string];

export interface PageModel {
  views: Map<string, BlockView>;
  weaves: Map<string, Strand[]>;
  /** chapters/x.md → its fences and blocks */
  docs: Map<string, Doc>;
  program: Program;
  problems: string[];
}

const NEVER = Number.MAX_SAFE_INTEGER;
const CONTEXT = 2;

export function blockKey(file: string, line: number): string {
  return `${file}:${line}`;
}

/** Reads chapters/ and derives all that pages need. */
export function pageModel(): PageModel {
  const book = readBook((name) => {
    const path = join(chaptersDir, name);
    if (!existsSync(path)) return undefined;
    return readFileSync(path, 'utf8').replace(/\r\n?/g, '\n');
  });
  const program = applyBook(book);
  const views = new Map<string, BlockView>();
  const ids = blockIds(program);
  const starts = chapterStarts(program);
  for (const step of program.steps) {
    const view = viewOf(step, ids, starts);
    if (view) views.set(blockKey(step.block.file, step.block.line), view);
  }
  linkNeighbours(program, views);
  return {
    views,
    weaves: weave(program.steps),
    docs: new Map(book.chapters.flatMap(docsOf).map((d) => [d.file, d])),
    program,
    problems: program.problems.map((p) =>
      `${p.file}:${p.line}:${p.col}: ${p.message}`),
  };
}

let cached: { stamp: string; model: PageModel } | undefined;

/** The model of the chapters as they are on disk now. */
export function currentModel(): PageModel {
  const stamp = readdirSync(chaptersDir)
    .filter((name) => /\.(md|yaml)$/.test(name))
    .map((name) => `${name}${statSync(join(chaptersDir, name)).mtimeMs}`)
    .join();
  if (cached?.stamp !== stamp) cached = { stamp, model: pageModel() };
  return cached.model;
}

function blockIds(program: Program): Map<Block, string> {
  const ids = new Map<Block, string>();
  const count = new Map<string, number>();
  for (const { block } of program.steps) {
    const n = (count.get(block.file) ?? 0) + 1;
    count.set(block.file, n);
    ids.set(block, `code-${n}`);
  }
  return ids;
}

function chapterStarts(program: Program): Map<string, number> {
  const starts = new Map<string, number>();
  for (const { block } of program.steps) {
    if (!starts.has(block.slug)) starts.set(block.slug, block.order);
  }
  return starts;
}

function viewOf(
  step: Step, ids: Map<Block, string>, starts: Map<string, number>,
): BlockView | undefined {
  const { block } = step;
  const id = ids.get(block) ?? '';
  const page = block.file.replace(/^chapters\//, '').replace(/\.md$/, '.html');
  const path = step.path ?? block.target;
  const lines = visibleLines(step.snapshot, path);
  const mine = lines.findIndex((l) => l.block === block && l.mark !== 'gap');
  const last = lines.findLastIndex((l) => l.block === block);
  const around = block.kind === 'add' || block.kind === 'slot';
  return {
    id,
    href: `${page}#${id}`,
    path,
    where: step.path ? placeOf(step, path, lines, mine, last) : '',
    before: around ? shifted(textBefore(lines, mine), lines[mine]) : [],
    after: around ? shifted(textAfter(lines, last), lines[mine]) : [],
    order: block.order,
    chapterStart: starts.get(block.slug) ?? 0,
  };
}

/** Context moved left as far as the block's own lines are. */
function shifted(texts: string[], like: Line | undefined): string[] {
  const by = Math.max(0, like?.indent ?? 0);
  const spare = Math.min(by, ...texts.filter((t) => t !== '')
    .map((t) => t.length - t.trimStart().length));
  return texts.map((t) => t.slice(spare));
}

function visibleLines(snapshot: Snapshot, path: string): Line[] {
  return (snapshot.get(path) ?? []).filter((l) => l.mark !== 'slot');
}

function textBefore(lines: Line[], at: number): string[] {
  const before = lines.slice(Math.max(0, at - CONTEXT - 1), at)
    .map((l) => l.text);
  while (before.at(-1) === '') before.pop();
  while (before[0] === '') before.shift();
  return at < 0 ? [] : before.slice(-CONTEXT);
}

function textAfter(lines: Line[], at: number): string[] {
  const after = at < 0 ? [] : lines.slice(at + 1, at + 1 + CONTEXT);
  const texts = after.map((l) => l.text);
  return texts[0] === '' ? [] : texts.filter((t) => t !== '');
}

/** Says in words where a block's lines went. */
function placeOf(
  step: Step, path: string, lines: Line[], first: number, last: number,
): string {
  const { block } = step;
  if (block.kind === 'drop') return block.symbol ? `removes \`${block.symbol}\`` : 'removed';
  if (!step.before.has(path)) return 'new file';
  if (first < 0) return 'lines removed';
  const outer = outerSymbol(path, lines, block, first, last);
  const inside = outer ? `in \`${outer}\`` : '';
  const neighbour = symbolBefore(path, lines, first, outer);
  const after = neighbour ? `after \`${neighbour}\`` : '';
  if (block.kind === 'edit') return ['changed', inside].filter(Boolean).join(' ');
  return [inside, after].filter(Boolean).join(', ');
}

/** The innermost declaration that is larger than the block itself. */
function outerSymbol(
  path: string, lines: Line[], block: Block, first: number, last: number,
): string {
  const around = enclosing(path, lines, first);
  if (!around) return '';
  const owned = lines[around.start]?.block === block
    && around.start >= first && around.end <= last + 1;
  if (!owned) return around.name;
  const parent = around.name.split('.').slice(0, -1).join('.');
  return parent;
}

function symbolBefore(
  path: string, lines: Line[], first: number, outer: string,
): string {
  let at = first - 1;
  while (at >= 0 && lines[at]?.text.trim() === '') at--;
  const near = at >= 0 ? enclosing(path, lines, at) : undefined;
  if (!near || near.name === outer) return '';
  return near.name.startsWith(`${outer}.`)
    ? near.name.slice(outer.length + 1) : near.name;
}

/** Carets: the blocks before and after that touch the same symbol. */
function linkNeighbours(
  program: Program, views: Map<string, BlockView>,
): void {
  const last = new Map<string, BlockView>();
  for (const step of program.steps) {
    if (!step.path) continue;
    const view = views.get(blockKey(step.block.file, step.block.line));
    if (!view) continue;
    const key = topic(step, view);
    const before = last.get(key);
    if (before) {
      const title = view.path;
      view.previous = { href: before.href, title };
      before.next = { href: view.href, title };
    }
    last.set(key, view);
  }
}

function topic(step: Step, view: BlockView): string {
  const symbol = step.block.symbol?.split('.')[0];
  return symbol ? `${view.path}#${symbol}` : view.path;
}

/** Every file's lines, each with its birth and death. */
function weave(steps: readonly Step[]): Map<string, Strand[]> {
  const files = new Map<string, { line: Line; strand: Strand }[]>();
  for (const step of steps) {
    if (!step.path) continue;
    const old = visibleLines(step.before, step.path);
    const now = visibleLines(step.snapshot, step.path);
    files.set(step.path,
      weaveStep(files.get(step.path) ?? [], old, now, step.block.order));
  }
  return new Map([...files].map(([path, rows]) =>
    [path, rows.map((row) => row.strand)]));
}

type Row = { line: Line; strand: Strand };

function weaveStep(
  rows: Row[], old: Line[], now: Line[], order: number,
): Row[] {
  const before = new Set(old);
  const after = new Set(now);
  for (const row of rows) {
    if (row.strand[1] === NEVER && !after.has(row.line)) row.strand[1] = order;
  }
  const at = new Map(rows.map((row, i) => [row.line, i]));
  const inserts = new Map<number, Row[]>();
  let position = -1;
  for (const line of now) {
    const known = before.has(line) ? at.get(line) : undefined;
    if (known !== undefined) position = known;
    else {
      const list = inserts.get(position) ?? [];
      list.push({ line, strand: [order, NEVER, line.text] });
      inserts.set(position, list);
    }
  }
  return [
    ...(inserts.get(-1) ?? []),
    ...rows.flatMap((row, i) => [row, ...(inserts.get(i) ?? [])]),
  ];
}
