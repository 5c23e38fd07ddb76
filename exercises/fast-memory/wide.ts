import { PRESENT, type Tables } from '#book/x86/paging.ts';
import { PDPTE } from '#book/x86/state.ts';

/** The frame of a page of 4 KiB that three tables, all used before,
 * let the access have; -1: it is another walk, or it faults. */
export function usualWide(
  t: Tables, la: number, write: boolean, user: boolean, wp: boolean,
): number {
  const field = PDPTE[la >>> 30 as 0 | 1 | 2 | 3];
  const low = t.state.i32[2 * field.id] ?? 0;
  return (low & PRESENT) === 0 ? -1 : -1;
}
