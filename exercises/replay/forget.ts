/** A snapshot: where it was taken, and its pages. */
export interface Mark {
  readonly at: number;
  readonly pages: readonly object[];
}

/** How many pages nobody holds but snapshot `i`. */
export function freed(marks: readonly Mark[], i: number): number {
  return 0;
}

/** Which of these snapshots to drop, seen from `now`; or -1.
 * @param marks in ascending order of `at` */
export function victim(
  marks: readonly Mark[], now: number, fine: number,
): number {
  return -1;
}
