import { type Extent, GRANULAR } from '#book/x86/descriptor.ts';

/** The two dwords of a segment descriptor. */
export function pack(e: Extent): { lo: number; hi: number } {
  const large = e.limit > 0xf_ffff;
  if (large && (e.limit & 0xfff) !== 0xfff) {
    throw new Error('a limit in pages ends in 0xfff');
  }
  const count = large ? e.limit >>> 12 : e.limit;
  const rights = (e.rights & ~GRANULAR) | (large ? GRANULAR : 0);
  const lo = (e.base << 16) | (count & 0xffff);
  const hi = ((e.base >>> 16) & 0xff) | (rights << 8)
    | (count & 0xf_0000) | (e.base & 0xff00_0000);
  return { lo: lo >>> 0, hi: hi >>> 0 };
}
