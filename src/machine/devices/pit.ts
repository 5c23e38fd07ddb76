import { type Clock, TICK, type Timed } from '../clock.ts';

/** A wire from one chip to another. */
export type Line = (level: boolean) => void;

/** One of the three counters. Times are in ticks. */
export interface Counter {
  mode: number;
  /** 1: low byte, 2: high byte, 3: low, then high. */
  access: number;
  bcd: boolean;
  /** What it counts down from: 1 to 65,536; 0: nothing yet. */
  reload: number;
  /** The tick at which it began to count from there. */
  start: number;
  /** Ticks it had counted when the gate closed; -1: it is open. */
  held: number;
  /** The low byte of a count that is still being written; or -1. */
  writing: number;
  /** Bytes to be read before anything else. */
  readonly latched: number[];
  /** The next byte read is the high one. */
  high: boolean;
}

/** Ticks counted since the counter was loaded. */
function elapsed(c: Counter, now: number): number {
  return c.held >= 0 ? c.held : now - c.start;
}

/** What the counter holds: 0 to 0xffff. */
function countOf(c: Counter, now: number): number {
  const gone = elapsed(c, now);
  const n = c.reload;
  if (n === 0) return 0;
  if (c.mode === 2) return (n - gone % n) & 0xffff;
  if (c.mode === 3) {
    const even = n & ~1;
    return (even - 2 * gone % Math.max(even, 2)) & 0xffff;
  }
  return (n - gone) & 0xffff;
}

/** The level of OUT. */
function outOf(c: Counter, now: number): boolean {
  const gone = elapsed(c, now);
  const n = c.reload;
  if (n === 0) return c.mode !== 0;
  switch (c.mode) {
    case 0: case 1: return gone >= n;
    case 2: return gone % n !== n - 1;
    case 3: return gone % n < (n + 1) >> 1;
    default: return gone !== n;
  }
}

/** The first tick after `tick` at which OUT rises. */
function risesAfter(c: Counter, tick: number): number {
  const n = c.reload;
  if (n === 0 || c.held >= 0) return Infinity;
  if (c.mode === 2 || c.mode === 3) {
    const periods = Math.floor((tick - c.start) / n) + 1;
    return c.start + periods * n;
  }
  const end = c.start + n + (c.mode >= 4 ? 1 : 0);
  return end > tick ? end : Infinity;
}

function counter(): Counter {
  return {
    mode: 3, access: 3, bcd: false, reload: 0x10000, start: 0,
    held: -1, writing: -1, latched: [], high: false,
  };
}

/** The 8254 interval timer. Registers 0–2: counters, 3: control. */
export class Pit implements Timed {
  readonly counters = [counter(), counter(), counter()] as const;
  private last = 0;

  /** @param irq the wire at OUT 0, which is high at first */
  constructor(readonly clock: Clock, readonly irq: Line) {
    irq(true);
  }

  private tick(): number {
    return Math.floor(this.clock.now() / TICK);
  }

  due(): number { return risesAfter(this.counters[0], this.last) * TICK; }

  elapse(now: number): void {
    const tick = Math.floor(now / TICK);
    const rise = risesAfter(this.counters[0], this.last);
    this.last = tick;
    if (rise > tick) return;
    this.irq(false);
    this.irq(true);
  }

  private control(word: number): void {
    const n = word >>> 6;
    if (n === 3) return this.readBack(word);
    const c = this.counters[n as 0 | 1 | 2];
    const access = word >>> 4 & 3;
    if (access === 0) return this.latch(c);
    const mode = word >>> 1 & 7;
    Object.assign(c, {
      access, mode: mode > 5 ? mode - 4 : mode,
      bcd: (word & 1) !== 0, reload: 0, writing: -1, high: false,
    });
    c.latched.length = 0;
    if (n === 0) this.irq(c.mode !== 0);
  }

  write(n: number, byte: number): void {
    if (n === 3) return this.control(byte);
    const c = this.counters[n as 0 | 1 | 2];
    if (c.access === 3 && c.writing < 0) {
      c.writing = byte;
      return;
    }
    const high = c.access !== 1 ? byte << 8 : 0;
    const low = c.access === 3 ? c.writing : c.access === 1 ? byte : 0;
    c.writing = -1;
    this.load(c, high | low);
  }

  private load(c: Counter, count: number): void {
    const value = c.bcd ? fromBcd(count) : count;
    c.reload = value === 0 ? (c.bcd ? 10_000 : 0x10000) : value;
    c.start = this.tick();
    if (c.held >= 0) c.held = 0;
    if (c === this.counters[0]) this.last = c.start;
  }

  read(n: number): number {
    const c = this.counters[n as 0 | 1 | 2];
    if (!c) return 0xff;
    const kept = c.latched.shift();
    if (kept !== undefined) return kept;
    const [low, high] = this.halves(c);
    if (c.access !== 3) return c.access === 1 ? low : high;
    c.high = !c.high;
    return c.high ? low : high;
  }

  private halves(c: Counter): [number, number] {
    const count = countOf(c, this.tick());
    const shown = c.bcd ? toBcd(count) : count;
    return [shown & 0xff, shown >>> 8];
  }

  private latch(c: Counter): void {
    if (c.latched.length > 0) return;
    const [low, high] = this.halves(c);
    if (c.access !== 2) c.latched.push(low);
    if (c.access !== 1) c.latched.push(high);
  }

  private readBack(word: number): void {
    this.counters.forEach((c, n) => {
      if ((word & 2 << n) === 0) return;
      if ((word & 0x20) === 0) this.latch(c);
      if ((word & 0x10) === 0) c.latched.unshift(this.status(c));
    });
  }

  private status(c: Counter): number {
    const out = outOf(c, this.tick()) ? 0x80 : 0;
    const waiting = c.reload === 0 ? 0x40 : 0;
    return out | waiting | c.access << 4 | c.mode << 1
      | (c.bcd ? 1 : 0);
  }

  /** Opens or closes a counter's gate. */
  setGate(n: 0 | 1 | 2, open: boolean): void {
    const c = this.counters[n];
    const now = this.tick();
    if (open === c.held < 0) return;
    if (!open) c.held = now - c.start;
    else {
      const anew = [1, 2, 3, 5].includes(c.mode);
      c.start = anew ? now : now - c.held;
      c.held = -1;
    }
  }

  /** The level of a counter's OUT. */
  out(n: 0 | 1 | 2): boolean {
    return outOf(this.counters[n], this.tick());
  }
}

/** 0x1234 to 1234. */
function fromBcd(bcd: number): number {
  return [12, 8, 4, 0].reduce(
    (sum, by) => sum * 10 + (bcd >>> by & 15), 0);
}

function toBcd(value: number): number {
  return parseInt(String(value % 10_000), 16);
}
