import { Hash } from '#book/machine/hash.ts';
import type { Origin, PageHash } from '#book/machine/pages.ts';

/** Keeps one of arrays that are equal. */
export class Pool {
  /** An array that was given before and has the same bytes, or else
   * this one. `text` is its hash: equal arrays have equal ones. */
  share(text: string, bytes: Uint8Array): Uint8Array {
    return bytes;
  }
}

const pool = new Pool();

/** What a page held at one moment. It never changes. */
export class Page {
  private bytes: Uint8Array | undefined;
  private known: PageHash | undefined;

  constructor(
    private origin: Origin | undefined, private readonly pfn: number,
  ) {}

  private look(): Uint8Array {
    return this.bytes ?? this.origin?.copy(this.pfn)
      ?? new Uint8Array(4096);
  }

  /** Copies the bytes, if that is not done yet. */
  keep(): Uint8Array {
    if (this.bytes) return this.bytes;
    const bytes = this.look();
    this.bytes = pool.share(this.hashOf(bytes).text, bytes);
    this.origin = undefined;
    return this.bytes;
  }

  /** Its hash: see `Hash.bytes`, and whether all is zero. */
  hash(): PageHash { return this.known ?? this.hashOf(this.look()); }

  private hashOf(bytes: Uint8Array): PageHash {
    const h = new Hash();
    h.bytes(bytes);
    const zero = bytes.every((byte) => byte === 0);
    this.known = { zero, text: h.toString() };
    return this.known;
  }
}
