import { type Clock, HZ, type Timed } from '#book/machine/clock.ts';

/** Bites if nobody pats it in time. */
export class Watchdog implements Timed {
  constructor(readonly clock: Clock, readonly bite: () => void) {}
  write(port: number, byte: number): void {}
  read(port: number): number { return 0; }
  due(): number { return Infinity; }
  elapse(now: number): void {}
}
