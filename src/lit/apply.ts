import {
  applyEdit, comment, indentOf, type Pattern, type Range, shift,
} from './edit.ts';
import {
  type Block, fail, type Line, printPlace, type Snapshot,
} from './model.ts';
import { declarations, findSymbol } from './symbols.ts';

/** What applying a block did, for sync and for the pages. */
export interface Effect {
  readonly snapshot: Snapshot;
  /** The file that was changed, if any. */
  readonly path?: string;
  /** Which lines an edit's own lines stood for. */
  readonly anchors?: readonly [Pattern, Line][];
}

/** Applies one block to the program so far. Pure. */
export function applyBlock(before: Snapshot, block: Block): Effect {
  switch (block.kind) {
    case 'new': return createFile(before, block);
    case 'add': return append(before, block);
    case 'test':
      return before.has(block.target)
        ? append(before, block) : createFile(before, block);
    case 'slot': return fillSlot(before, block);
    case 'edit': return edit(before, block);
    case 'drop': return drop(before, block);
    default: return { snapshot: before };
  }
}

function createFile(before: Snapshot, block: Block): Effect {
  const there = before.get(block.target);
  if (there) {
    const by = there[0] ? ` (${printPlace(there[0])})` : '';
    fail(block, `${block.target} exists already${by}; use add=`);
  }
  return put(before, block.target, linesOf(block));
}

function put(
  before: Snapshot, path: string, lines: readonly Line[],
): Effect {
  return { snapshot: new Map(before).set(path, lines), path };
}

/** A block's own lines, each moved right by `by` columns. */
export function linesOf(block: Block, by = 0): Line[] {
  return block.body.map((body, i) => {
    const text = by === 0 ? body : shift(body, by);
    const line: Line = {
      text, file: block.file, line: block.line + i + 1, block,
      indent: by,
    };
    return SLOT.test(text) ? { ...line, mark: 'slot' } : line;
  });
}

/** Adds to a file's end, after one blank line unless `tight`. */
function append(before: Snapshot, block: Block): Effect {
  const lines = existing(before, block);
  const wide = !block.words.has('tight') && lines.length > 0;
  const rest = linesOf(block);
  return put(before, block.target, wide
    ? [...lines, gapBefore(block), ...rest] : [...lines, ...rest]);
}

/** The blank line that keeps a block from what stands above it. */
export function gapBefore(block: Block): Line {
  const { file, line } = block;
  return { text: '', file, line, block, indent: 0, mark: 'gap' };
}

/** A slot's marker, with an optional `open` after it. */
export const SLOT = comment('<<(.+?)>>( open)?', '^');

function fillSlot(before: Snapshot, block: Block): Effect {
  const inside = block.words.get('in');
  const found = slotsNamed(before, block.target)
    .filter((slot) => !inside || slot.path === inside);
  const [slot] = found;
  if (!slot) fail(block, noSlot(before, block.target));
  if (found.length > 1) {
    fail(block, `slot "${block.target}" stands in `
      + `${found.map((f) => f.path).join(' and ')}; say in=PATH`);
  }
  const lines = before.get(slot.path) ?? [];
  const place = indentOf(lines[slot.at]?.text ?? '');
  const used = block.body.filter((text) => text.trim() !== '');
  const common = Math.min(...used.map(indentOf), 1000);
  const rest = linesOf(block, place - (used.length ? common : 0));
  return put(before, slot.path, [
    ...lines.slice(0, slot.at), ...rest, ...lines.slice(slot.at),
  ]);
}

/** The line ranges of a block's symbol, or the whole file. */
export function scope(
  lines: readonly Line[], block: Block,
): readonly Range[] {
  if (!block.symbol) return [{ start: 0, end: lines.length }];
  const found = findSymbol(block.target, lines, block.symbol);
  if (found.length > 0) return found;
  const last = block.symbol.split('.').at(-1);
  const like = declarations(block.target, lines)
    .filter((d) => d.name.split('.').at(-1) === last)
    .map((d) => d.name);
  const hint = like.length > 0
    ? `; is ${like.join(' or ')} meant?` : '';
  fail(block, `${block.target} declares no ${block.symbol}${hint}`);
}

function existing(before: Snapshot, block: Block): readonly Line[] {
  const lines = before.get(block.target);
  if (lines) return lines;
  const name = block.target.split('/').at(-1) ?? '';
  const like = [...before.keys()].find((p) => p.endsWith(`/${name}`));
  fail(block, `there is no ${block.target} yet`
    + (like ? `; is ${like} meant?` : ''));
}

/** Every slot of the program by that name. */
export function slotsNamed(
  program: Snapshot, name: string,
): { path: string; at: number }[] {
  const found: { path: string; at: number }[] = [];
  for (const [path, lines] of program) {
    lines.forEach((line, at) => {
      if (line.mark !== 'slot') return;
      if (SLOT.exec(line.text)?.[1] === name) found.push({ path, at });
    });
  }
  return found;
}

function noSlot(before: Snapshot, name: string): string {
  const all = [...before.values()].flat().flatMap((line) =>
    line.mark === 'slot' ? [SLOT.exec(line.text)?.[1] ?? ''] : []);
  const known = [...new Set(all)].map((n) => `"${n}"`).join(', ');
  return `there is no slot "${name}" yet; known: ${known || 'none'}`;
}

function edit(before: Snapshot, block: Block): Effect {
  const lines = existing(before, block);
  const ranges = scope(lines, block);
  const { lines: after, anchors } = applyEdit(block, lines, ranges);
  return { ...put(before, block.target, remark(after)), anchors };
}

/** An added line may itself be a slot. */
function remark(lines: readonly Line[]): Line[] {
  return lines.map((line) =>
    !line.mark && SLOT.test(line.text)
      ? { ...line, mark: 'slot' } : line);
}

/** Takes out a file, or a declaration with one blank line. */
function drop(before: Snapshot, block: Block): Effect {
  const lines = existing(before, block);
  if (!block.symbol) {
    const left = new Map(before);
    left.delete(block.target);
    return { snapshot: left, path: block.target };
  }
  const gone = new Set<number>();
  for (const { start, end } of scope(lines, block)) {
    for (let k = start; k < end; k++) gone.add(k);
    const blank = (k: number): boolean =>
      lines[k] === undefined || lines[k].text === '';
    if (blank(start - 1) && blank(end)) {
      gone.add(lines[end] ? end : start - 1);
    }
  }
  const left = lines.filter((_, k) => !gone.has(k));
  return put(before, block.target, left);
}
