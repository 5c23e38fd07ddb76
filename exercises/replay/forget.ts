/** Which of these snapshots to drop, seen from `now`; never 0.
 * @param places in ascending order, at least two */
export function victim(
  places: readonly number[], now: number, fine: number,
): number {
  return places.length - 1;
}
