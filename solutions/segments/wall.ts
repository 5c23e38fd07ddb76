import { isExpandDown, unpack } from '#book/x86/descriptor.ts';

/** What a guest may have instead of the descriptor it asked for. */
export function judge(
  lo: number, hi: number, wall: number,
): readonly [lo: number, hi: number] | undefined {
  if (!(hi & 0x8000)) return [lo, hi];
  if (!(hi & 0x1000)) return undefined;
  const { base, limit, rights } = unpack(lo, hi);
  if (base >= wall || isExpandDown(rights)) return undefined;
  const level = hi & 0x6000 ? hi : hi | 0x2000;
  const most = wall - base - 1;
  if (limit <= most) return [lo, level >>> 0];
  const paged = (hi & 0x80_0000) !== 0;
  const count = paged ? Math.floor((most + 1) / 0x1000) - 1 : most;
  if (count < 0) return undefined;
  const low = (lo & 0xffff_0000) | (count & 0xffff);
  const high = (level & ~0xf_0000) | (count & 0xf_0000);
  return [low >>> 0, high >>> 0];
}
