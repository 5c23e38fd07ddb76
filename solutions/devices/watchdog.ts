import { type Clock, HZ, type Timed } from '#book/machine/clock.ts';

/** Bites if nobody pats it in time. */
export class Watchdog implements Timed {
  private setting = 0;
  private end = Infinity;

  constructor(readonly clock: Clock, readonly bite: () => void) {}

  write(port: number, byte: number): void {
    if (port === 0) {
      this.setting = byte;
      this.end = Infinity;
      if (byte !== 0) this.start();
    } else if (this.end !== Infinity) this.start();
  }

  private start(): void {
    this.end = this.clock.now() + Math.ceil(HZ * this.setting / 1000);
  }

  read(port: number): number {
    if (port !== 0 || this.end === Infinity) return 0;
    const left = (this.end - this.clock.now()) * 1000 / HZ;
    return Math.min(255, Math.max(0, Math.ceil(left - 1e-3)));
  }

  due(): number { return this.end; }

  elapse(now: number): void {
    if (now < this.end) return;
    this.end = Infinity;
    this.bite();
  }
}
