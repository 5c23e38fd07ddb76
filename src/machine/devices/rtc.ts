import { type Clock, HZ, type Timed } from '../clock.ts';
import type { Line } from './pit.ts';

/** Control bits of register B; the flags of C have the same
 * places. */
const PERIODIC = 0x40, ALARM = 0x20, UPDATED = 0x10;
const ALL = PERIODIC | ALARM | UPDATED;
const HELD = 0x80, BINARY = 4, HOURS24 = 2;

/** The real-time clock and its storage. */
export class Rtc implements Timed {
  readonly cmos = new Uint8Array(128);
  private index = 0;
  /** Seconds from 1970 at virtual time 0. */
  private epoch: number;
  /** Time of day while a program sets it. */
  private held: number[] | undefined;
  /** Until when the flags are up to date. */
  private settled = 0;

  /** @param start seconds since 1970 when the machine starts */
  constructor(
    private readonly clock: Clock, start: number,
    private readonly irq: Line,
  ) {
    this.epoch = start;
    this.cmos[10] = 0x26;
    this.cmos[11] = HOURS24;
    this.cmos[13] = 0x80;
  }

  private now(): number {
    return this.epoch + Math.floor(this.clock.now() / HZ);
  }

  /** Second, minute, hour, weekday from 1, day, month, year. */
  private fields(seconds = this.now()): number[] {
    if (this.held) return this.held;
    const d = new Date(seconds * 1000);
    return [
      d.getUTCSeconds(), d.getUTCMinutes(), d.getUTCHours(),
      d.getUTCDay() + 1, d.getUTCDate(), d.getUTCMonth() + 1,
      d.getUTCFullYear(),
    ];
  }

  private fromFields([s = 0, m = 0, h = 0, , d = 1, mo = 1, y = 0]:
  number[]): number {
    return Date.UTC(y, mo - 1, d, h, m, s) / 1000;
  }

  /** Instructions in a period; Infinity: none is chosen. */
  private period(): number {
    const rate = (this.cmos[10] ?? 0) & 15;
    if (rate === 0) return Infinity;
    const slow = rate < 3 ? rate + 7 : rate;
    return Math.round(HZ * 2 ** (slow - 1) / 32768);
  }

  private settle(now: number): void {
    const passed = (period: number): boolean => Math.floor(now / period)
      > Math.floor(this.settled / period);
    let flags = passed(this.period()) ? PERIODIC : 0;
    if (passed(HZ) && !this.held) {
      flags |= UPDATED | (this.alarmed(now) ? ALARM : 0);
    }
    this.settled = now;
    this.cmos[12] = (this.cmos[12] ?? 0) | flags;
    this.update();
  }

  private update(): void {
    const c = this.cmos[12] ?? 0;
    const wanted = (c & (this.cmos[11] ?? 0) & ALL) !== 0;
    this.cmos[12] = wanted ? c | 0x80 : c & 0x7f;
    this.irq(wanted);
  }

  /** Whether it was time for the alarm since the last look. */
  private alarmed(now: number): boolean {
    const last = Math.floor(now / HZ);
    const first = Math.max(Math.floor(this.settled / HZ) + 1,
      last - DAY + 1);
    for (let s = first; s <= last; s++) {
      if (this.alarmingAt(this.epoch + s)) return true;
    }
    return false;
  }

  /** An alarm register of 0xc0 and more fits any time. */
  private alarmingAt(seconds: number): boolean {
    const shown = this.fields(seconds);
    return [1, 3, 5].every((register, n) => {
      const alarm = this.cmos[register] ?? 0;
      const place = PLACES[n] ?? 0;
      return alarm >= 0xc0 || alarm
        === encode(shown[n] ?? 0, place, this.cmos[11] ?? 0);
    });
  }

  due(): number {
    const asks = ((this.cmos[12] ?? 0) & 0x80) !== 0;
    if (asks) return Infinity;
    const enabled = (this.cmos[11] ?? 0) & ALL;
    const after = (period: number): number =>
      (Math.floor(this.settled / period) + 1) * period;
    const periodic = (enabled & PERIODIC) !== 0
      ? after(this.period()) : Infinity;
    const second = (enabled & (ALARM | UPDATED)) !== 0
      ? after(HZ) : Infinity;
    return Math.min(periodic, second);
  }

  elapse(now: number): void { this.settle(now); }

  /** Port 0 chooses a register, port 1 is the register. */
  write(port: number, byte: number): void {
    const n = this.index;
    const place = PLACES.indexOf(n);
    if (port === 1) this.settle(this.clock.now());
    if (port === 0) this.index = byte & 0x7f;
    else if (place >= 0 || n === CENTURY) this.setField(place, byte);
    else if (n === 11) this.setControl(byte);
    else if (n === 10) this.cmos[10] = byte & 0x7f;
    else if (n !== 12 && n !== 13) this.cmos[n] = byte;
  }

  read(port: number): number {
    const n = this.index;
    const place = PLACES.indexOf(n);
    if (port === 0) return 0xff;
    const b = this.cmos[11] ?? 0;
    if (place >= 0) return encode(this.fields()[place] ?? 0, n, b);
    if (n === CENTURY) {
      return encode(Math.floor((this.fields()[6] ?? 0) / 100), 0, b);
    }
    if (n === 10) return (this.cmos[10] ?? 0) | this.updating();
    return n === 12 ? this.takeFlags() : this.cmos[n] ?? 0xff;
  }

  private updating(): number {
    const left = HZ - this.clock.now() % HZ;
    return !this.held && left <= HZ * 244e-6 ? 0x80 : 0;
  }

  private takeFlags(): number {
    this.settle(this.clock.now());
    const flags = this.cmos[12] ?? 0;
    this.cmos[12] = 0;
    this.update();
    return flags;
  }

  private setField(place: number, byte: number): void {
    const b = this.cmos[11] ?? 0;
    const fields = [...this.fields()];
    const year = fields[6] ?? 0;
    const value = decode(byte, PLACES[place] ?? 0, b);
    if (place < 0) fields[6] = value * 100 + year % 100;
    else if (place === 6) fields[6] = year - year % 100 + value;
    else fields[place] = value;
    if (this.held) this.held = fields;
    else this.epoch += this.fromFields(fields) - this.now();
  }

  private setControl(byte: number): void {
    const hold = (byte & HELD) !== 0;
    if (hold && !this.held) this.held = this.fields();
    if (!hold && this.held) {
      const set = this.fromFields(this.held);
      this.held = undefined;
      this.epoch += set - this.now();
    }
    this.cmos[11] = byte;
    this.update();
  }
}

/** Registers of the time, in the order of the fields. */
const PLACES = [0, 2, 4, 6, 7, 8, 9];
const CENTURY = 0x32;
/** Seconds after which an alarm has had its time. */
const DAY = 86_400;

const toBcd = (n: number): number => Math.floor(n / 10) << 4 | n % 10;
const fromBcd = (n: number): number => (n >>> 4) * 10 + (n & 15);

/** A field as a register shows it. */
function encode(value: number, place: number, b: number): number {
  const shown = (b & BINARY) !== 0 ? (n: number) => n : toBcd;
  if (place !== 4 || (b & HOURS24) !== 0) return shown(value % 100);
  const evening = value >= 12 ? 0x80 : 0;
  return shown((value + 11) % 12 + 1) | evening;
}

function decode(byte: number, place: number, b: number): number {
  const read = (b & BINARY) !== 0 ? (n: number) => n : fromBcd;
  if (place !== 4 || (b & HOURS24) !== 0) return read(byte);
  return read(byte & 0x7f) % 12 + ((byte & 0x80) !== 0 ? 12 : 0);
}
