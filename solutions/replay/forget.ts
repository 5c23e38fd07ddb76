/** A snapshot: where it was taken, and its pages. */
export interface Mark {
  readonly at: number;
  readonly pages: readonly object[];
}

/** How many pages nobody holds but snapshot `i`. */
export function freed(marks: readonly Mark[], i: number): number {
  const others = new Set(marks.flatMap(({ pages }, n) =>
    (n === i ? [] : pages)));
  const own = new Set(marks[i]?.pages);
  return [...own].filter((page) => !others.has(page)).length;
}

/** Which of these snapshots to drop, seen from `now`; or -1.
 * @param marks in ascending order of `at` */
export function victim(
  marks: readonly Mark[], now: number, fine: number,
): number {
  let [best, least] = [-1, Infinity];
  for (let i = 1; i < marks.length; i++) {
    const pages = freed(marks, i);
    if (pages === 0) continue;
    const at = marks[i]?.at ?? 0;
    const end = marks[i + 1]?.at ?? Math.max(at, now);
    const gap = end - (marks[i - 1]?.at ?? 0);
    const worth = gap / (Math.abs(at - now) + fine) / pages;
    if (worth < least) [best, least] = [i, worth];
  }
  return best;
}
