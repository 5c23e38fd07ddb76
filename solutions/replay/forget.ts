/** Which of these snapshots to drop, seen from `now`; never 0.
 * @param places in ascending order, at least two */
export function victim(
  places: readonly number[], now: number, fine: number,
): number {
  let [best, least] = [1, Infinity];
  for (let i = 1; i < places.length; i++) {
    const at = places[i] ?? 0;
    const end = places[i + 1] ?? Math.max(at, now);
    const gap = end - (places[i - 1] ?? 0);
    const worth = gap / (Math.abs(at - now) + fine);
    if (worth < least) [best, least] = [i, worth];
  }
  return best;
}
