import type { Hunk } from '#book/lit/diff.ts';

/** A text after changes that do not overlap. */
export function patch(
  before: readonly string[], changes: readonly Hunk[],
): string[] {
  const lines = [...before];
  const last = [...changes].sort((a, b) => b.from - a.from);
  for (const { from, to, text } of last) {
    lines.splice(from, to - from, ...text);
  }
  return lines;
}
