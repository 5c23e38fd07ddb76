/** Instructions in a tick of the PC's timer. */
export const TICK = 32;
/** Ticks, and instructions, in a second of virtual time. */
export const TICK_HZ = 1_193_182;
export const HZ = TICK_HZ * TICK;

/** Something that happens by itself at some time. */
export interface Timed {
  /** When it happens next; Infinity: never by itself. */
  due(): number;
  /** Lets happen what is due by `now`. */
  elapse(now: number): void;
}

/** Virtual time, and all that depends on it. */
export class Clock {
  private readonly timed: Timed[] = [];

  /** @param now reads virtual time, in instructions */
  constructor(readonly now: () => number) {}

  add(timed: Timed): void { this.timed.push(timed); }

  /** When anything happens next. */
  due(): number {
    return Math.min(...this.timed.map((timed) => timed.due()));
  }

  /** Lets happen all that is due. */
  elapse(): void {
    const now = this.now();
    for (const timed of this.timed) timed.elapse(now);
  }
}
