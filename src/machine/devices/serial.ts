import type { Line } from './pit.ts';

/** Bits of the interrupt enable register. */
const RECEIVED = 1, EMPTY = 2;
/** In a divisor's stead: port 0 and 1 are data, and enable. */
const DLAB = 0x80;

/** A 16550 serial port. */
export class Serial {
  private readonly regs = new Uint8Array(8);
  private divisor = 12;
  private fifo = false;
  /** Bytes that have come in and were not read. */
  private readonly input: number[] = [];
  /** The transmitter is empty and nobody was told. */
  private emptied = false;

  /** @param sent gets each byte; @param irq the interrupt wire */
  constructor(
    readonly sent: (byte: number) => void, readonly irq: Line,
  ) {}

  read(port: number): number {
    const dlab = ((this.regs[3] ?? 0) & DLAB) !== 0;
    if (dlab && port < 2) return this.divisor >>> 8 * port & 0xff;
    switch (port) {
      case 0: return this.take();
      case 2: return this.identify();
      case 5: return 0x60 | (this.input.length > 0 ? 1 : 0);
      case 6: return this.modem();
      default: return this.regs[port] ?? 0xff;
    }
  }

  private take(): number {
    const byte = this.input.shift() ?? 0;
    this.update();
    return byte;
  }

  private identify(): number {
    const why = this.reason();
    if (why === 2) this.emptied = false;
    this.update();
    return why | (this.fifo ? 0xc0 : 0);
  }

  write(port: number, byte: number): void {
    const dlab = ((this.regs[3] ?? 0) & DLAB) !== 0;
    if (dlab && port < 2) {
      const keep = port === 0 ? 0xff00 : 0x00ff;
      this.divisor = this.divisor & keep | byte << 8 * port;
    } else if (port === 0) this.send(byte);
    else if (port === 2) this.setFifo(byte);
    else if (port < 5 || port === 7) this.set(port, byte);
    this.update();
  }

  private send(byte: number): void {
    if (((this.regs[4] ?? 0) & 0x10) !== 0) this.input.push(byte);
    else this.sent(byte);
    this.emptied = true;
  }

  private set(port: number, byte: number): void {
    const before = this.regs[port] ?? 0;
    const mask = port === 1 ? 0x0f : port === 4 ? 0x1f : 0xff;
    this.regs[port] = byte & mask;
    const enabled = port === 1 && (byte & ~before & EMPTY) !== 0;
    if (enabled) this.emptied = true;
  }

  private setFifo(byte: number): void {
    this.fifo = (byte & 1) !== 0;
    if ((byte & 2) !== 0) this.input.length = 0;
  }

  /** Modem status: connected; or, in loopback, our own outputs. */
  private modem(): number {
    const control = this.regs[4] ?? 0;
    if ((control & 0x10) === 0) return 0xb0;
    const rts = control >>> 1 & 1, dtr = control & 1;
    return rts << 4 | dtr << 5 | (control & 0xc) << 4;
  }

  /** What is to be reported: 4 received, 2 empty, 1 nothing. */
  private reason(): number {
    const enabled = this.regs[1] ?? 0;
    if ((enabled & RECEIVED) !== 0 && this.input.length > 0) return 4;
    return (enabled & EMPTY) !== 0 && this.emptied ? 2 : 1;
  }

  private update(): void {
    const out2 = ((this.regs[4] ?? 0) & 8) !== 0;
    this.irq(out2 && this.reason() !== 1);
  }

  /** A byte comes in over the wire. */
  receive(byte: number): void {
    this.input.push(byte & 0xff);
    this.update();
  }
}
