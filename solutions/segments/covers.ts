import {
  BIG, type Extent, isExpandDown,
} from '#book/x86/descriptor.ts';

/** Whether all of `bytes` bytes at `offset` lie in the segment. */
export function covers(
  e: Extent, offset: number, bytes: number,
): boolean {
  const last = offset + bytes - 1;
  if (!isExpandDown(e.rights)) return last <= e.limit;
  const end = e.rights & BIG ? 0xffff_ffff : 0xffff;
  return offset > e.limit && last <= end;
}
