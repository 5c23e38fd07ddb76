import { GNTMAP } from '#book/xen/public/grant_table.ts';

/** The page-table entry that maps a granted frame. */
export function grantEntry(mfn: number, flags: number): bigint {
  const writable = (flags & GNTMAP.readonly) !== 0 ? 0n : 2n;
  const user = (flags & GNTMAP.application_map) !== 0 ? 4n : 0n;
  const avail = BigInt(flags >>> 16 & 7) << 9n;
  return BigInt(mfn) << 12n | 0x61n | writable | user | avail;
}
