import { KEPT, PIECE } from '#book/x86/tlb.ts';

/** A TLB of 256 sets with four places each. */
export class SetTlb {
  /** The physical address, or -1. */
  lookup(la: number, right: number): number {
    return -1;
  }
  fill(la: number, frame: number, rights: number): void {}
  /** Forgets a page, and all pieces within its 4 MiB. */
  flushPage(la: number): void {}
  /** Forgets everything, or all but what is KEPT. */
  flush(keep = false): void {}
}
