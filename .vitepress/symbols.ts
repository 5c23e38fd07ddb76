// Where the book writes what the finished program calls by a name: for the
// lab bench, which links a trap to the block that handles it.
import { declarations } from '../src/lit/symbols.ts';
import { type Line, visible } from '../src/lit/model.ts';
import { keyOf } from '../src/lit/view.ts';
import { readBook } from './book.ts';
import type { PageModel } from './page-model.ts';

/** [page#block, the section's title] */
export type Place = readonly [link: string, title: string];

/** What a bench fetches: files of the program, then their symbols. */
export interface SymbolMap {
  /** slug → the chapter's title */
  chapters: Record<string, string>;
  /** path → symbol → place */
  files: Record<string, Record<string, Place>>;
}

const HANDLERS = /^src\/(xen|dom0|x86|machine|toy|labs)\/.*(?<!\.test)\.ts$/;
const KINDS = new Set([
  'FunctionDeclaration', 'ClassDeclaration', 'MethodDeclaration',
  'VariableDeclaration', 'PropertyAssignment',
]);
/** What counts inside another: `Cpu.step`, or a table's entry. */
const INNER = new Set(['MethodDeclaration', 'PropertyAssignment']);

/** Every function, method and top-level name of the finished program. */
export function symbolMap(model: PageModel): SymbolMap {
  const { program } = model;
  const last = program.steps.at(-1)?.snapshot ?? new Map<string, Line[]>();
  const files: SymbolMap['files'] = {};
  for (const [path, all] of last) {
    if (!HANDLERS.test(path)) continue;
    files[path] = symbolsOf(model, path, visible(all));
  }
  const chapters = Object.fromEntries(readBook().map((c) => [c.slug, c.title]));
  return { chapters, files };
}

function symbolsOf(
  model: PageModel, path: string, lines: readonly Line[],
): Record<string, Place> {
  const found: Record<string, Place> = {};
  for (const { name, start, end, kind } of declarations(path, lines)) {
    const wanted = name.includes('.') ? INNER : KINDS;
    const deep = name.split('.').length > 2;
    if (!wanted.has(kind) || deep || found[name]) continue;
    const line = lines.slice(start, end).find((l) => !isComment(l.text));
    const place = line && placeOf(model, line);
    if (place) found[name] = place;
  }
  return found;
}

function isComment(text: string): boolean {
  return /^\s*(\/\*\*?|\*|\/\/)/.test(text);
}

function placeOf(model: PageModel, line: Line): Place | undefined {
  const view = model.views.get(keyOf(line.block));
  if (!view) return undefined;
  const page = line.file.replace(/^chapters\//, '').replace(/\.md$/, '');
  return [`${page}.html#${view.id}`, sectionOf(model, line)];
}

/** The last heading above a block, as its page shows it. */
function sectionOf(model: PageModel, line: Line): string {
  const doc = model.docs.get(line.file);
  const inFence = (at: number): boolean => doc?.fences
    .some((f) => f.line <= at && at <= f.end) ?? false;
  const heading = doc?.lines.slice(0, line.block.line)
    .findLast((text, i) => /^##+ /.test(text) && !inFence(i + 1));
  return heading?.replace(/^#+ /, '').replaceAll('`', '') ?? '';
}
