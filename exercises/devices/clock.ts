import type { Timed } from '#book/machine/clock.ts';

/** Virtual time, and all that depends on it. */
export class Clock {
  constructor(readonly now: () => number) {}
  add(timed: Timed): void {}
  /** When anything happens next; Infinity: never. */
  due(): number { return Infinity; }
  /** Lets happen all that is due by now. */
  elapse(): void {}
}
