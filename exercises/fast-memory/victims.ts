import { Tlb } from '#book/x86/tlb.ts';

/** A direct-mapped buffer with eight victims behind it. */
export class VictimTlb {
  private readonly table = new Tlb(8192);

  /** The physical address, or -1. */
  lookup(la: number, right: number): number {
    return this.table.lookup(la, right);
  }
  fill(la: number, frame: number, rights: number): void {
    this.table.fill(la, frame, rights);
  }
  /** Forgets a page. (There are no large ones.) */
  flushPage(la: number): void {
    this.table.flushPage(la);
  }
  /** Forgets everything. */
  flush(): void {
    this.table.flush();
  }
}
