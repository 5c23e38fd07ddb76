/** Accesses an entry lets through without a walk. */
export const SYS_READ = 1;
export const SYS_WRITE = 2;
export const USER_READ = 4;
export const USER_WRITE = 8;
/** It outlives a load of CR3. */
export const KEPT = 16;
/** It is a 4 KiB piece of a larger page. */
export const PIECE = 32;

const NONE = -1;

/** Where a buffer of so many places keeps what, in bytes: frames are
 * first, as doubles, then pages, as words, then rights, as bytes;
 * then two doubles that count. */
export const PLACES = (size: number) => ({
  pages: 8 * size, rights: 12 * size, counts: 13 * size,
  bytes: 13 * size + 16,
});

/** Something that remembers no more than a buffer does. */
export interface Follower {
  /** The buffer's entry `at` is no longer what it was. */
  forget(at: number): void;
  forgetAll(): void;
}

/** Remembers where linear pages are. */
export class Tlb {
  private readonly pages: Int32Array;
  private readonly rights: Uint8Array;
  private readonly frames: Float64Array;
  private pieces = false;
  /** What must forget with it. */
  readonly followers: Follower[] = [];
  private readonly numbers: Float64Array;

  /** @param size its entries, a power of two, from 8 on
   * @param beside a buffer for fetches, which is flushed with it
   * @param storage where its places are, from `at` on */
  constructor(
    readonly size: number, readonly beside?: Tlb,
    storage = new ArrayBuffer(PLACES(size).bytes), at = 0,
  ) {
    const { pages, rights, counts } = PLACES(size);
    this.frames = new Float64Array(storage, at, size);
    this.pages = new Int32Array(storage, at + pages, size);
    this.rights = new Uint8Array(storage, at + rights, size);
    this.numbers = new Float64Array(storage, at + counts, 2);
    this.pages.fill(NONE);
  }

  /** How often it was filled, and flushed as a whole. */
  get counts(): { misses: number; flushes: number } {
    const [misses = 0, flushes = 0] = this.numbers;
    return { misses, flushes };
  }

  private count(n: 0 | 1): void {
    this.numbers[n] = (this.numbers[n] ?? 0) + 1;
  }

  /** The physical address, or -1: walk. */
  lookup(la: number, right: number): number {
    const page = la >>> 12;
    const at = page & (this.size - 1);
    if (this.pages[at] !== page) return NONE;
    if (((this.rights[at] ?? 0) & right) === 0) return NONE;
    return (this.frames[at] ?? 0) + (la & 0xfff);
  }

  /** The rights of the entry for an address; 0: it has none. */
  rightsFor(la: number): number {
    const at = la >>> 12 & (this.size - 1);
    return this.pages[at] === la >>> 12 ? this.rights[at] ?? 0 : 0;
  }

  fill(la: number, frame: number, rights: number): void {
    const at = la >>> 12 & (this.size - 1);
    this.count(0);
    for (const follower of this.followers) follower.forget(at);
    this.pages[at] = la >>> 12;
    this.rights[at] = rights;
    this.frames[at] = frame;
    if ((rights & PIECE) !== 0) this.pieces = true;
  }

  /** Forgets a page, with all pieces of a larger one around it. */
  flushPage(la: number): void {
    this.beside?.flushPage(la);
    const at = la >>> 12 & (this.size - 1);
    if (this.pages[at] === la >>> 12) this.pages[at] = NONE;
    for (const follower of this.followers) follower.forget(at);
    if (!this.pieces) return;
    this.drop((page, rights) =>
      page >>> 10 === la >>> 22 && (rights & PIECE) !== 0);
  }

  private drop(which: (page: number, rights: number) => boolean) {
    for (const follower of this.followers) follower.forgetAll();
    this.pages.forEach((page, at) => {
      if (page === NONE) return;
      if (which(page, this.rights[at] ?? 0)) this.pages[at] = NONE;
    });
  }

  /** All that it remembers. */
  save(): SavedTlb {
    const { pages, rights, frames, pieces, counts } = this;
    const beside = this.beside ? { beside: this.beside.save() } : {};
    return {
      pages: pages.slice(), rights: rights.slice(),
      frames: frames.slice(), pieces, counts, ...beside,
    };
  }

  restore(saved: SavedTlb): void {
    if (saved.beside) this.beside?.restore(saved.beside);
    this.pages.set(saved.pages);
    this.rights.set(saved.rights);
    this.frames.set(saved.frames);
    this.pieces = saved.pieces;
    const { misses, flushes } = saved.counts;
    this.numbers.set([misses, flushes]);
    for (const follower of this.followers) follower.forgetAll();
  }

  /** Forgets everything, or all but what is kept. */
  flush(keep = false): void {
    this.count(1);
    this.beside?.flush(keep);
    if (keep) {
      this.drop((_page, rights) => (rights & KEPT) === 0);
      return;
    }
    this.pages.fill(NONE);
    this.pieces = false;
    for (const follower of this.followers) follower.forgetAll();
  }
}

export interface SavedTlb {
  readonly pages: Int32Array;
  readonly rights: Uint8Array;
  readonly frames: Float64Array;
  readonly pieces: boolean;
  readonly counts: { misses: number; flushes: number };
  /** The buffer for fetches. */
  readonly beside?: SavedTlb;
}
