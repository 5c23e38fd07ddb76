/** Accesses an entry lets through without a walk. */
export const SYS_READ = 1;
export const SYS_WRITE = 2;
export const USER_READ = 4;
export const USER_WRITE = 8;
/** It outlives a load of CR3. */
export const KEPT = 16;
/** It is a 4 KiB piece of a larger page. */
export const PIECE = 32;

const SIZE = 1024;
const NONE = -1;

/** Remembers where linear pages are. */
export class Tlb {
  private readonly pages = new Int32Array(SIZE).fill(NONE);
  private readonly rights = new Uint8Array(SIZE);
  private readonly frames = new Float64Array(SIZE);
  private pieces = false;
  /** How often it was filled, and flushed as a whole. */
  readonly counts = { misses: 0, flushes: 0 };

  /** The physical address, or -1: walk. */
  lookup(la: number, right: number): number {
    const page = la >>> 12;
    const at = page & (SIZE - 1);
    if (this.pages[at] !== page) return NONE;
    if (((this.rights[at] ?? 0) & right) === 0) return NONE;
    return (this.frames[at] ?? 0) + (la & 0xfff);
  }

  fill(la: number, frame: number, rights: number): void {
    const at = la >>> 12 & (SIZE - 1);
    this.counts.misses++;
    this.pages[at] = la >>> 12;
    this.rights[at] = rights;
    this.frames[at] = frame;
    if ((rights & PIECE) !== 0) this.pieces = true;
  }

  /** Forgets a page, with all pieces of a larger one around it. */
  flushPage(la: number): void {
    const at = la >>> 12 & (SIZE - 1);
    if (this.pages[at] === la >>> 12) this.pages[at] = NONE;
    if (!this.pieces) return;
    this.drop((page, rights) =>
      page >>> 10 === la >>> 22 && (rights & PIECE) !== 0);
  }

  private drop(which: (page: number, rights: number) => boolean) {
    this.pages.forEach((page, at) => {
      if (page === NONE) return;
      if (which(page, this.rights[at] ?? 0)) this.pages[at] = NONE;
    });
  }

  /** All that it remembers. */
  save(): SavedTlb {
    const { pages, rights, frames, pieces, counts } = this;
    return structuredClone({ pages, rights, frames, pieces, counts });
  }

  restore(saved: SavedTlb): void {
    this.pages.set(saved.pages);
    this.rights.set(saved.rights);
    this.frames.set(saved.frames);
    this.pieces = saved.pieces;
    Object.assign(this.counts, saved.counts);
  }

  /** Forgets everything, or all but what is kept. */
  flush(keep = false): void {
    this.counts.flushes++;
    if (keep) {
      this.drop((_page, rights) => (rights & KEPT) === 0);
      return;
    }
    this.pages.fill(NONE);
    this.pieces = false;
  }
}

export interface SavedTlb {
  readonly pages: Int32Array;
  readonly rights: Uint8Array;
  readonly frames: Float64Array;
  readonly pieces: boolean;
  readonly counts: { misses: number; flushes: number };
}
