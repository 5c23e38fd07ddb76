import { GNTMAP } from '#book/xen/public/grant_table.ts';

/** The page-table entry that maps a granted frame. */
export function grantEntry(mfn: number, flags: number): bigint {
  return 0n;
}
