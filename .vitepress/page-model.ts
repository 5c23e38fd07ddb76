// What a page shows beside each block, computed from the book itself: the
// place in the program, the lines around it, the blocks before and after that
// touch the same thing, and every file's whole history.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  applyBook, docsOf, type Program, readBook, type Step,
} from '../src/lit/book.ts';
import {
  type Block, type Line, type Snapshot, visible,
} from '../src/lit/model.ts';
import type { Doc } from '../src/lit/parse.ts';
import {
  type BlockView as LitView, keyOf, type Ref, viewBook,
} from '../src/lit/view.ts';
import { chaptersDir } from './book.ts';

/** One block as its page shows it. */
export interface BlockView {
  id: string;
  path: string;
  /** "in `Cpu`, after `fetch8`" */
  where: string;
  before: string[];
  after: string[];
  /** What a `show` block prints. */
  shown: string[] | undefined;
  /** Links to the blocks that touch the same thing. */
  previous: string | undefined;
  next: string | undefined;
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
/** Reads chapters/ and applies every block of it. */
export function readProgram(): Program {
  return applyBook(readBook((name) => {
    const path = join(chaptersDir, name);
    if (!existsSync(path)) return undefined;
    return readFileSync(path, 'utf8').replace(/\r\n?/g, '\n');
  }));
}

/** Derives all that pages need from chapters/. */
export function pageModel(): PageModel {
  const program = readProgram();
  const views = new Map<string, BlockView>();
  const ids = blockIds(program);
  const starts = chapterStarts(program);
  const lit = viewBook(program);
  for (const step of program.steps) {
    const key = keyOf(step.block);
    const view = lit.get(key);
    const start = starts.get(step.block.slug) ?? 0;
    if (view) views.set(key, viewOf(step, view, ids, start));
  }
  return {
    views,
    weaves: weave(program.steps),
    docs: new Map(program.book.chapters.flatMap(docsOf).map((d) => [d.file, d])),
    program,
    problems: program.problems.map((p) =>
      `${p.file}:${p.line}:${p.col}: ${p.message}`),
  };
}

/** Kept where every copy of this module finds it: the configuration and each
 * `*.paths.ts` are bundled on their own. */
const shared = globalThis as {
  ringfence?: { stamp: string; model: PageModel };
};

/** The model of the chapters as they are on disk now. */
export function currentModel(): PageModel {
  const stamp = readdirSync(chaptersDir)
    .filter((name) => /\.(md|yaml)$/.test(name))
    .map((name) => `${name}${statSync(join(chaptersDir, name)).mtimeMs}`)
    .join();
  if (shared.ringfence?.stamp !== stamp) {
    shared.ringfence = { stamp, model: pageModel() };
  }
  return shared.ringfence.model;
}

function blockIds(program: Program): Map<string, string> {
  const ids = new Map<string, string>();
  const count = new Map<string, number>();
  for (const { block } of program.steps) {
    const n = (count.get(block.file) ?? 0) + 1;
    count.set(block.file, n);
    ids.set(keyOf(block), `code-${n}`);
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
  step: Step, lit: LitView, ids: Map<string, string>, start: number,
): BlockView {
  const { block } = step;
  const own = lit.lines.map((l) => l.role === 'own' || l.role === 'removed');
  const context = (from: number, to: number): string[] => lit.lines
    .slice(from, to).filter((l) => l.role === 'context').map((l) => l.text);
  const mine = step.snapshot.get(lit.path ?? '')?.find((l) => l.block === block);
  const link = (ref: Ref | undefined) => ref && { link: hrefOf(ref, ids) };
  return {
    id: ids.get(keyOf(block)) ?? '',
    path: lit.path ?? block.target,
    where: step.path ? placeInWords(step, lit) : '',
    before: shifted(context(0, own.indexOf(true)), block, mine),
    after: shifted(context(own.lastIndexOf(true) + 1, lit.lines.length), block, mine),
    shown: block.kind === 'show' ? lit.lines.map((l) => l.text) : undefined,
    previous: link(lit.previous ?? lit.previousInFile)?.link,
    next: link(lit.next ?? lit.nextInFile)?.link,
    order: block.order,
    chapterStart: start,
  };
}

function hrefOf(ref: Ref, ids: Map<string, string>): string {
  const page = ref.file.replace(/^chapters\//, '').replace(/\.md$/, '.html');
  return `./${page}#${ids.get(keyOf(ref)) ?? ''}`;
}

/** Context moved left as far as the block's own lines are; lines that the
 * block itself shows as anchors are left out. */
function shifted(
  texts: string[], block: Block, like: Line | undefined,
): string[] {
  const anchors = new Set(block.body.map((t) => t.trim()));
  const kept = block.kind === 'edit'
    ? texts.filter((t) => !anchors.has(t.trim())) : [...texts];
  while (kept.at(-1) === '') kept.pop();
  while (kept[0] === '') kept.shift();
  const by = Math.max(0, like?.indent ?? 0);
  const spare = Math.min(by, ...kept.filter((t) => t !== '')
    .map((t) => t.length - t.trimStart().length));
  return kept.map((t) => t.slice(spare));
}

/** Says where a block's lines went. */
function placeInWords(step: Step, lit: LitView): string {
  const { block } = step;
  if (block.kind === 'drop') {
    return block.symbol ? `removes \`${block.symbol}\`` : 'removed';
  }
  if (!step.before.has(lit.path ?? '')) return 'new file';
  const inside = lit.inside ? `in \`${lit.inside}\`` : '';
  if (block.kind === 'edit') return ['changed', inside].filter(Boolean).join(' ');
  const after = lit.after ? `after \`${lit.after}\`` : '';
  return [inside, after].filter(Boolean).join(', ');
}

function visibleLines(snapshot: Snapshot, path: string): Line[] {
  return visible(snapshot.get(path) ?? []);
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
