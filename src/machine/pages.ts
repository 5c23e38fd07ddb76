import { Hash } from './hash.ts';

/** Where the bytes of pages are while nobody changes them. */
export interface Origin {
  /** A copy of a page. */
  copy(pfn: number): Uint8Array;
}

/** What a page held at one moment. It never changes. */
export class Page {
  private bytes: Uint8Array | undefined;
  private known: PageHash | undefined;

  /** @param origin has the page as its page `pfn`, until `keep` */
  constructor(
    private origin: Origin | undefined, private readonly pfn: number,
  ) {}

  /** Copies the bytes, if that is not done yet. To be called before
   * the origin changes. */
  keep(): Uint8Array {
    this.bytes ??= this.origin?.copy(this.pfn) ?? new Uint8Array(SIZE);
    this.origin = undefined;
    return this.bytes;
  }

  /** Its hash; the bytes are looked at once. */
  hash(): PageHash {
    this.known ??= hashOfPage(
      this.bytes ?? this.origin?.copy(this.pfn) ?? NOTHING);
    return this.known;
  }
}

const SIZE = 4096;
const NOTHING = new Uint8Array(SIZE);

/** The page that is all zero. */
export const ZERO = new Page(undefined, 0);

export interface PageHash {
  readonly zero: boolean;
  readonly text: string;
}

function hashOfPage(bytes: Uint8Array): PageHash {
  const h = new Hash();
  h.bytes(bytes);
  return { zero: isZero(bytes, 0), text: h.toString() };
}

/** Whether a page at `at`, a multiple of 4, is all zero. */
export function isZero(bytes: Uint8Array, at: number): boolean {
  const { buffer, byteOffset } = bytes;
  const words = new Int32Array(buffer, byteOffset + at, SIZE / 4);
  for (let i = 0; i < words.length; i++) if (words[i]) return false;
  return true;
}

/** Pages in a shelf of the table. */
const SHELF = 512;
type Shelf = readonly Page[];

/** All pages of a memory at one moment. It never changes. */
export class Pages {
  private constructor(
    private readonly shelves: readonly Shelf[], readonly count: number,
  ) {}

  /** A table of so many pages, from what `at` says of each. */
  static of(count: number, at: (pfn: number) => Page): Pages {
    const shelves = Array.from(
      { length: Math.ceil(count / SHELF) }, (_, n) => Array.from(
        { length: Math.min(SHELF, count - n * SHELF) },
        (_, i) => at(n * SHELF + i)));
    return new Pages(shelves, count);
  }

  at(pfn: number): Page {
    return this.shelves[Math.floor(pfn / SHELF)]?.[pfn % SHELF] ?? ZERO;
  }

  /** The same with some pages replaced; shares all other shelves. */
  with(pfns: readonly number[], page: (pfn: number) => Page): Pages {
    const fresh = new Map<number, Page[]>();
    for (const pfn of pfns) {
      const n = Math.floor(pfn / SHELF);
      const shelf = fresh.get(n) ?? [...this.shelves[n] ?? []];
      shelf[pfn % SHELF] = page(pfn);
      fresh.set(n, shelf);
    }
    const shelves = this.shelves.map((s, n) => fresh.get(n) ?? s);
    return new Pages(shelves, this.count);
  }

  /** The pages that are not the same one in both. */
  differences(other: Pages): number[] {
    const pfns: number[] = [];
    this.shelves.forEach((shelf, n) => {
      if (shelf === other.shelves[n]) return;
      shelf.forEach((page, i) => {
        const pfn = n * SHELF + i;
        if (page !== other.at(pfn)) pfns.push(pfn);
      });
    });
    return pfns;
  }

  /** The numbers of the pages that are not all zero. */
  keys(): number[] {
    return this.shelves.flatMap((shelf, n) => shelf.flatMap(
      (page, i) => page === ZERO || page.hash().zero
        ? [] : [n * SHELF + i]));
  }

  /** Adds them to a hash: equal memories, equal hashes. */
  addTo(h: Hash): void {
    for (const pfn of this.keys()) {
      h.word(pfn);
      h.text(this.at(pfn).hash().text);
    }
  }
}
