import { Diverged } from '#book/machine/replay.ts';

/** What a run tells, in order, kept once. */
export class Story<T> {
  /** Throws Diverged if it was told otherwise before. */
  tell(item: T): void {}

  /** How many items were told before the present moment. */
  place(): number { return 0; }
  goTo(place: number): void {}
  /** What comes later is not going to happen. */
  forget(): void {}

  past(): readonly T[] { return []; }
  /** With what is known to come. */
  all(): readonly T[] { return []; }
}
