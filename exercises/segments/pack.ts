import type { Extent } from '#book/x86/descriptor.ts';

/** The two dwords of a segment descriptor. */
export function pack(e: Extent): { lo: number; hi: number } {
  return { lo: 0, hi: 0 };
}
