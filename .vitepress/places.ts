// Where a block stands, for a link to it.
import type { Block } from '../src/lit/model.ts';
import type { Doc } from '../src/lit/parse.ts';
import { keyOf } from '../src/lit/view.ts';
import type { PageModel } from './page-model.ts';

export interface Place {
  /** `paging.html#code-3` */
  readonly href: string;
  /** "Paging and the TLB, block 3" */
  readonly label: string;
}

const titles = new WeakMap<PageModel, Map<string, string>>();

/** Makes a block's place; solutions have no page of their own. */
export function placeOf(model: PageModel, block: Block): Place {
  let names = titles.get(model);
  if (!names) {
    names = new Map(model.program.book.chapters.map((c) => [c.slug, c.title]));
    titles.set(model, names);
  }
  const id = model.views.get(keyOf(block))?.id ?? '';
  const page = block.file.replace(/^chapters\//, '').replace(/\.md$/, '');
  const title = names.get(block.slug) ?? block.slug;
  const more = page.endsWith('.more') ? ', the rest' : '';
  return {
    href: `${page}.html#${id}`,
    label: `${title}${more}, block ${id.replace('code-', '')}`,
  };
}

/** The last heading above a block, without its level and anchor. */
export function headingAbove(doc: Doc, block: Block): string {
  const inFence = (line: number): boolean =>
    doc.fences.some((f) => f.line <= line && line <= f.end);
  const heading = doc.lines.slice(0, block.line)
    .findLast((text, i) => /^##+ /.test(text) && !inFence(i + 1));
  return (heading ?? '').replace(/^#+ /, '').replace(/\s*\{#.*\}$/, '');
}
