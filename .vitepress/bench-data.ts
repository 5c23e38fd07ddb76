// What a lab bench is told of the book: which function handles which trap or
// hypercall, its code as it stands at the end, the block that brings it, and
// the paragraph before that block.
import { declarations } from '../src/lit/symbols.ts';
import { type Block, type Line, visible } from '../src/lit/model.ts';
import { keyOf } from '../src/lit/view.ts';
import type { Links, SymbolView } from '../src/labs/view.ts';
import { readBook } from './book.ts';
import type { PageModel } from './page-model.ts';
import { headingAbove } from './places.ts';
import type { BookLinks, Passage } from './theme/bench/book-links.ts';

export type { BookLinks };

/** Lines of a function that a bench shows. */
const SHOWN = 30;
/** Letters of prose after which no earlier paragraph is taken. */
const ENOUGH = 240;

export function benchData(model: PageModel, links: Links): BookLinks {
  const titles = new Map(readBook().map((c) => [c.slug, c.title]));
  const passages: Record<string, Passage> = {};
  for (const handler of Object.values(links)) {
    const key = `${handler.file}#${handler.symbol}`;
    const found = passages[key] ?? passageOf(model, handler, titles);
    if (found) passages[key] = found;
  }
  return { links, passages };
}

function passageOf(
  model: PageModel, { file, symbol }: SymbolView,
  titles: ReadonlyMap<string, string>,
): Passage | undefined {
  const all = model.program.steps.at(-1)?.snapshot.get(file) ?? [];
  const lines = visible(all);
  const at = declarations(file, lines).find((d) => d.name === symbol);
  if (!at) return undefined;
  const own = lines.slice(at.start, at.end);
  const line = own.find((l) => !isComment(l.text)) ?? own[0];
  const view = line && model.views.get(keyOf(line.block));
  if (!line || !view) return undefined;
  const doc = model.docs.get(line.block.file);
  const page = line.file.replace(/^chapters\//, '').replace(/\.md$/, '');
  return {
    link: `${page}.html#${view.id}`,
    chapter: titles.get(line.block.slug) ?? page,
    section: plain(doc ? headingAbove(doc, line.block) : ''),
    code: codeOf(own),
    prose: proseOf(model, line.block),
  };
}

function isComment(text: string): boolean {
  return /^\s*(\/\*\*?|\*|\/\/)/.test(text);
}

function codeOf(lines: readonly Line[]): string {
  const texts = lines.slice(0, SHOWN).map((l) => l.text);
  if (lines.length > SHOWN) texts.push('  // …');
  return texts.join('\n');
}

/** The prose just before a block, back to the fence or heading above. */
function proseOf(model: PageModel, block: Block): string {
  const doc = model.docs.get(block.file);
  const above = doc?.fences.findLast((f) => f.end < block.line)?.end ?? 0;
  const between = doc?.lines.slice(above, block.line - 1) ?? [];
  const from = between.findLastIndex((text) => /^#+ /.test(text)) + 1;
  const paragraphs = between.slice(from).join('\n').split(/\n\s*\n/)
    .map((p) => p.trim()).filter((p) => /^[^<!:|]/.test(p));
  let text = '';
  while (paragraphs.length > 0 && text.length < ENOUGH) {
    text = `${plain(paragraphs.pop() ?? '')} ${text}`.trim();
  }
  return text;
}

/** Markdown's marks taken off. */
function plain(text: string): string {
  return text.replace(/\[([^\]]+)\]\([^)]*\)/g, '$1')
    .replace(/[`*]/g, '').replace(/\s+/g, ' ').trim();
}
