import { type Hunk, hunks } from '#book/lit/diff.ts';

export interface Sides {
  readonly ours: number[];
  readonly theirs: number[];
  readonly both: number[];
}

function touched(changes: readonly Hunk[]): Set<number> {
  return new Set(changes.flatMap(({ from, to }) =>
    Array.from({ length: to - from }, (_, i) => from + i)));
}

/** Which lines of `base` each side has changed or removed. */
export function sides(
  base: readonly string[], ours: readonly string[],
  theirs: readonly string[],
): Sides {
  const first = touched(hunks(base, ours));
  const second = touched(hunks(base, theirs));
  return {
    ours: [...first].filter((line) => !second.has(line)),
    theirs: [...second].filter((line) => !first.has(line)),
    both: [...first].filter((line) => second.has(line)),
  };
}
