import {
  ACCESSED, DIRTY, LARGE, PRESENT, type Tables, USER, WRITABLE,
} from '#book/x86/paging.ts';
import { PDPTE } from '#book/x86/state.ts';

const place = (low: number, high: number): number =>
  (high & 0xf_ffff) * 2 ** 32 + ((low & 0xffff_f000) >>> 0);

/** The frame of a page of 4 KiB that three tables, all used before,
 * let the access have; -1: it is another walk, or it faults. */
export function usualWide(
  t: Tables, la: number, write: boolean, user: boolean, wp: boolean,
): number {
  const { phys, state } = t;
  const field = PDPTE[la >>> 30 as 0 | 1 | 2 | 3];
  const top = state.i32[2 * field.id] ?? 0;
  if ((top & PRESENT) === 0) return -1;
  const directory = place(top, state.i32[2 * field.id + 1] ?? 0)
    + (la >>> 21 & 0x1ff) * 8;
  const pde = phys.read32(directory);
  const above = phys.read32(directory + 4);
  if ((~pde & (PRESENT | ACCESSED)) !== 0) return -1;
  if ((pde & LARGE) !== 0 || above >>> 20 !== 0) return -1;
  const table = place(pde, above) + (la >>> 12 & 0x1ff) * 8;
  const pte = phys.read32(table);
  const high = phys.read32(table + 4);
  const used = PRESENT | ACCESSED | (write ? DIRTY : 0);
  if ((pte & used) !== used || high >>> 20 !== 0) return -1;
  const all = pde & pte;
  if (user && (all & USER) === 0) return -1;
  if (write && (user || wp) && (all & WRITABLE) === 0) return -1;
  return place(pte, high);
}
