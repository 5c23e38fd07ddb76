import { diffArrays } from 'diff';

/** Lines [from, to) of the old text became `text`. */
export interface Hunk {
  readonly from: number;
  readonly to: number;
  readonly text: readonly string[];
}

/** The changes that lead from one text to another. */
export function hunks(
  before: readonly string[], after: readonly string[],
): Hunk[] {
  const found: Hunk[] = [];
  let at = 0;
  let open: { from: number; to: number; text: string[] } | undefined;
  for (const part of diffArrays([...before], [...after])) {
    if (!part.added && !part.removed) {
      open = undefined;
      at += part.value.length;
      continue;
    }
    if (!open) found.push(open = { from: at, to: at, text: [] });
    if (part.added) open.text.push(...part.value);
    else open.to = at += part.value.length;
  }
  return found;
}

/** Both sides' changes to a base, or the clash: a line of `ours`. */
export function merge(
  base: readonly string[], ours: readonly string[],
  theirs: readonly string[],
): { merged: string[] } | { clash: number } {
  const left = hunks(base, ours);
  const right = hunks(base, theirs).filter((r) =>
    !left.some((l) => sameHunk(l, r)));
  for (const r of right) {
    const l = left.find((h) => touches(h, r));
    if (l) return { clash: movedTo(l.from, left) };
  }
  return { merged: patch(base, [...left, ...right]) };
}

/** A text after changes that do not overlap. */
export function patch(
  before: readonly string[], changes: readonly Hunk[],
): string[] {
  const result: string[] = [];
  let at = 0;
  for (const hunk of [...changes].sort((a, b) => a.from - b.from)) {
    result.push(...before.slice(at, hunk.from), ...hunk.text);
    at = hunk.to;
  }
  return [...result, ...before.slice(at)];
}

function sameHunk(a: Hunk, b: Hunk): boolean {
  return a.from === b.from && a.to === b.to
    && a.text.join('\n') === b.text.join('\n');
}

function touches(a: Hunk, b: Hunk): boolean {
  return a.from <= b.to && b.from <= a.to;
}

/** Where a line of the base stands once the changes are made. */
function movedTo(at: number, changes: readonly Hunk[]): number {
  return changes.filter((h) => h.to <= at && h.from < at)
    .reduce((n, h) => n + h.text.length - (h.to - h.from), at);
}
