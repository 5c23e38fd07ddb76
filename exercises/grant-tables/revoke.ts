import { GTF } from '#book/xen/public/grant_table.ts';

/** The owner's view of its table. */
export interface Table {
  read16(at: number): number;
  write16(at: number, value: number): void;
}

/** End a grant if nobody uses it; false if somebody does. */
export function revoke(table: Table, entry: number): boolean {
  return false;
}
