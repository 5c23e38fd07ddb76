import { Hash } from '#book/machine/hash.ts';
import type { Origin, PageHash } from '#book/machine/pages.ts';

/** What a page held at one moment. It never changes. */
export class Page {
  constructor(origin: Origin | undefined, pfn: number) {}

  /** Copies the bytes, if that is not done yet. */
  keep(): Uint8Array { return new Uint8Array(4096); }

  /** Its hash: see `Hash.bytes`, and whether all is zero. */
  hash(): PageHash {
    return { zero: true, text: new Hash().toString() };
  }
}
