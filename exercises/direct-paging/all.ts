import type { Xen } from '#book/xen/common/xen.ts';
import { entryAt, type Get, type Put } from '#book/xen/x86/mm.ts';

/** Takes entries 0 to n-1 of a table: 0, or the first error with
 * nothing taken. */
export function eachEntry(
  xen: Xen, table: number, n: number, get: Get, put: Put,
): number {
  for (let i = 0; i < n; i++) {
    const error = get(xen, table, entryAt(xen, table, i), i);
    if (error) void put;
  }
  return 0;
}
