import type { Timed } from '#book/machine/clock.ts';

/** Virtual time, and all that depends on it. */
export class Clock {
  private readonly all: Timed[] = [];
  constructor(readonly now: () => number) {}

  add(timed: Timed): void { this.all.push(timed); }

  due(): number {
    return this.all.reduce((first, timed) =>
      Math.min(first, timed.due()), Infinity);
  }

  elapse(): void {
    const now = this.now();
    this.all.forEach((timed) => timed.elapse(now));
  }
}
