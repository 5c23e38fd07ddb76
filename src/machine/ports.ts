import type { Width } from './phys.ts';

/** What answers the ports `from` to `to`, both included. */
export interface PortRange {
  readonly from: number;
  readonly to: number;
  in(port: number, bits: Width): number;
  out(port: number, bits: Width, value: number): void;
}

/** The port space. Where nobody answers, reads give all ones. */
export class Ports {
  private readonly ranges: PortRange[] = [];

  register(range: PortRange): void { this.ranges.push(range); }

  in(port: number, bits: Width): number {
    const range = this.at(port);
    if (range) return range.in(port, bits) >>> 0;
    return bits === 32 ? 0xffff_ffff : (1 << bits) - 1;
  }

  out(port: number, bits: Width, value: number): void {
    this.at(port)?.out(port, bits, value);
  }

  private at(port: number): PortRange | undefined {
    return this.ranges.findLast(
      ({ from, to }) => port >= from && port <= to);
  }
}
