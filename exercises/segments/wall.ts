import { covers, unpack } from '#book/x86/descriptor.ts';

/** What a guest may have instead of the descriptor it asked for. */
export function judge(
  lo: number, hi: number, wall: number,
): readonly [lo: number, hi: number] | undefined {
  return [lo, hi];
}
