import type { Xen } from '#book/xen/common/xen.ts';
import { entryAt, type Get, type Put } from '#book/xen/x86/mm.ts';

export function eachEntry(
  xen: Xen, table: number, n: number, get: Get, put: Put,
): number {
  for (let i = 0; i < n; i++) {
    const error = get(xen, table, entryAt(xen, table, i), i);
    if (!error) continue;
    while (--i >= 0) put(xen, table, entryAt(xen, table, i), i);
    return error;
  }
  return 0;
}
