import { KEPT, PIECE } from '#book/x86/tlb.ts';

interface Entry { page: number; frame: number; rights: number }

/** A TLB of 256 sets with four places each. */
export class SetTlb {
  private sets: Entry[][] = Array.from({ length: 256 }, () => []);

  private set(page: number): Entry[] {
    return this.sets[page & 255] ?? [];
  }

  lookup(la: number, right: number): number {
    const page = la >>> 12;
    const set = this.set(page);
    const at = set.findIndex((entry) => entry.page === page);
    const entry = set[at];
    if (!entry || (entry.rights & right) === 0) return -1;
    set.splice(at, 1);
    set.unshift(entry);
    return entry.frame + (la & 0xfff);
  }

  fill(la: number, frame: number, rights: number): void {
    const page = la >>> 12;
    const others = this.set(page).filter((e) => e.page !== page);
    this.sets[page & 255] =
      [{ page, frame, rights }, ...others].slice(0, 4);
  }

  private drop(which: (entry: Entry) => boolean): void {
    this.sets = this.sets.map((set) => set.filter((e) => !which(e)));
  }

  flushPage(la: number): void {
    this.drop(({ page, rights }) => page === la >>> 12
      || (page >>> 10 === la >>> 22 && (rights & PIECE) !== 0));
  }

  flush(keep = false): void {
    this.drop(({ rights }) => !keep || (rights & KEPT) === 0);
  }
}
