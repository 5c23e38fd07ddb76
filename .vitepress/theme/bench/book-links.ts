// What the build wrote of the book for a bench: which function handles what,
// its code, and the paragraph before the block that brings it.
import { withBase } from 'vitepress';
import type { Links, SymbolView } from '../../../src/labs/view';

export interface Passage {
  /** page#block */
  readonly link: string;
  readonly chapter: string;
  readonly section: string;
  readonly code: string;
  readonly prose: string;
}

export interface BookLinks {
  readonly links: Links;
  /** `file#symbol` → what the book says of it */
  readonly passages: Readonly<Record<string, Passage>>;
}

let fetched: Promise<BookLinks> | undefined;

export function bookLinks(): Promise<BookLinks> {
  fetched ??= fetch(withBase('/bench/book.json'))
    .then(async (r) => (await r.json()) as BookLinks)
    .catch(() => ({ links: {}, passages: {} }));
  return fetched;
}

export function passageOf(
  book: BookLinks | undefined, handler: SymbolView | undefined,
): Passage | undefined {
  return handler && book?.passages[`${handler.file}#${handler.symbol}`];
}
