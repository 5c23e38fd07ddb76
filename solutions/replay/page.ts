import { Hash } from '#book/machine/hash.ts';
import type { Origin, PageHash } from '#book/machine/pages.ts';

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
    this.bytes = this.look();
    this.origin = undefined;
    return this.bytes;
  }

  /** Its hash: see `Hash.bytes`, and whether all is zero. */
  hash(): PageHash {
    if (this.known) return this.known;
    const bytes = this.look();
    const h = new Hash();
    h.bytes(bytes);
    const zero = bytes.every((byte) => byte === 0);
    this.known = { zero, text: h.toString() };
    return this.known;
  }
}
