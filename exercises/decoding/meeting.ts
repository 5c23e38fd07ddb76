import { decode } from '#book/x86/decode.ts';

/** The first address at which both readings stand, if any. */
export function meeting(
  code: Uint8Array, a: number, b: number,
): number | undefined {
  return undefined;
}

/** Average distance from a skipped address to the meeting. */
export function stray(code: Uint8Array): number {
  return 0;
}
