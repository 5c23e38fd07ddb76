import type { Timeline } from '#book/machine/replay.ts';

/** The first moment after `from`, up to `to`, at which `wrong`. */
export function firstMoment(
  line: Timeline<unknown, unknown>, from: number, to: number,
  wrong: () => boolean,
): number {
  return to;
}
