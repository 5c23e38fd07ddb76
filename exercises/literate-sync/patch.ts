import type { Hunk } from '#book/lit/diff.ts';

/** A text after changes that do not overlap. */
export function patch(
  before: readonly string[], changes: readonly Hunk[],
): string[] {
  throw new Error(`yours: ${before.length}, ${changes.length}`);
}
