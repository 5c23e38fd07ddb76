import type { Timeline } from '#book/machine/replay.ts';

/** The first moment after `from`, up to `to`, at which `wrong`. */
export function firstMoment(
  line: Timeline<unknown, unknown>, from: number, to: number,
  wrong: () => boolean,
): number {
  let [good, bad] = [from, to];
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    line.seek(middle);
    if (wrong()) bad = middle;
    else good = middle;
  }
  line.seek(bad);
  return bad;
}
