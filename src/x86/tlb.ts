/** Accesses an entry lets through without a walk. */
export const SYS_READ = 1;
export const SYS_WRITE = 2;
export const USER_READ = 4;
export const USER_WRITE = 8;
/** It outlives a load of CR3. */
export const KEPT = 16;
/** It is a 4 KiB piece of a larger page. */
export const PIECE = 32;

export const NONE = -1;

/** Where a buffer of so many places keeps what, in bytes: frames are
 * first, as doubles, then pages, as words, then rights, as bytes;
 * then two doubles that count, the round, and whether there are
 * pieces. */
export const PLACES = (size: number) => ({
  pages: 8 * size, rights: 12 * size, counts: 13 * size,
  round: 13 * size + 16, pieces: 13 * size + 20,
  bytes: 13 * size + 24,
});

/** A page has 20 bits. Above them stands the round, of which there are
 * so many that the sign is left out. */
const PAGE_BITS = 20;
export const ROUND = 1 << PAGE_BITS;
export const LAST_ROUND = 0x7ff << PAGE_BITS;

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
  /** What must forget with it. */
  readonly followers: Follower[] = [];
  private readonly numbers: Float64Array;
  private readonly words: Int32Array;

  /** @param size its entries, a power of two, from 8 on
   * @param beside a buffer for fetches, which is flushed with it
   * @param storage where its places are, from `at` on */
  constructor(
    readonly size: number, readonly beside?: Tlb,
    storage = new ArrayBuffer(PLACES(size).bytes), at = 0,
  ) {
    const { pages, rights, counts, round } = PLACES(size);
    this.frames = new Float64Array(storage, at, size);
    this.pages = new Int32Array(storage, at + pages, size);
    this.rights = new Uint8Array(storage, at + rights, size);
    this.numbers = new Float64Array(storage, at + counts, 2);
    this.words = new Int32Array(storage, at + round, 2);
    this.pages.fill(NONE);
  }

  /** What was noted in another round is forgotten. */
  private get round(): number { return this.words[0] ?? 0; }
  private set round(round: number) { this.words[0] = round; }

  /** Some entry may be a piece of a larger page. */
  private get pieces(): boolean { return this.words[1] !== 0; }
  private set pieces(some: boolean) { this.words[1] = Number(some); }

  /** Whether an entry is for a page. */
  private has(at: number, page: number): boolean {
    return this.pages[at] === (page | this.round);
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
    if (!this.has(at, page)) return NONE;
    if (((this.rights[at] ?? 0) & right) === 0) return NONE;
    return (this.frames[at] ?? 0) + (la & 0xfff);
  }

  /** The rights of the entry for an address; 0: it has none. */
  rightsFor(la: number): number {
    const at = la >>> 12 & (this.size - 1);
    return this.has(at, la >>> 12) ? this.rights[at] ?? 0 : 0;
  }

  fill(la: number, frame: number, rights: number): void {
    const at = la >>> 12 & (this.size - 1);
    this.count(0);
    for (const follower of this.followers) follower.forget(at);
    this.pages[at] = la >>> 12 | this.round;
    this.rights[at] = rights;
    this.frames[at] = frame;
    if ((rights & PIECE) !== 0) this.pieces = true;
  }

  /** Forgets a page, with all pieces of a larger one around it. */
  flushPage(la: number): void {
    this.beside?.flushPage(la);
    const at = la >>> 12 & (this.size - 1);
    if (this.has(at, la >>> 12)) this.pages[at] = NONE;
    for (const follower of this.followers) follower.forget(at);
    if (!this.pieces) return;
    this.drop((page, rights) =>
      page >>> 10 === la >>> 22 && (rights & PIECE) !== 0);
  }

  private drop(which: (page: number, rights: number) => boolean) {
    for (const follower of this.followers) follower.forgetAll();
    for (let at = 0; at < this.size; at++) {
      const page = this.pageAt(at);
      if (page === NONE) continue;
      if (which(page, this.rights[at] ?? 0)) this.pages[at] = NONE;
    }
  }

  /** The page that an entry is for, or none. */
  private pageAt(at: number): number {
    const noted = this.pages[at] ?? NONE;
    return noted >> PAGE_BITS === this.round >> PAGE_BITS
      ? noted & ROUND - 1 : NONE;
  }

  /** All that it remembers. */
  save(): SavedTlb {
    const { rights, frames, pieces, counts } = this;
    const pages = this.pages.map((_, at) => this.pageAt(at));
    const beside = this.beside ? { beside: this.beside.save() } : {};
    return {
      pages, rights: rights.slice(),
      frames: frames.slice(), pieces, counts, ...beside,
    };
  }

  restore(saved: SavedTlb): void {
    if (saved.beside) this.beside?.restore(saved.beside);
    this.pages.set(saved.pages);
    this.round = 0;
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
    if (this.round === LAST_ROUND) this.pages.fill(NONE);
    this.round = this.round === LAST_ROUND ? 0 : this.round + ROUND;
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
