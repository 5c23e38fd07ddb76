import { hunks } from '#book/lit/diff.ts';

/** Lines of a base that were changed, by the side that did it. */
export interface Sides {
  readonly ours: number[];
  readonly theirs: number[];
  readonly both: number[];
}

/** Which lines of `base` each side has changed or removed. */
export function sides(
  base: readonly string[], ours: readonly string[],
  theirs: readonly string[],
): Sides {
  const first = hunks(base, ours);
  const second = hunks(base, theirs);
  throw new Error(`yours: ${first.length}, ${second.length}`);
}
