/** One 8259 interrupt controller. */
export class Pic {
  /** Requested, masked, in service: a bit for each input. */
  irr = 0;
  imr = 0xff;
  isr = 0;
  /** The vector of input 0. */
  base = 0;
  /** Levels of the wires, and which of them count by level. */
  lines = 0;
  levels = 0;
  /** Inputs in order of priority begin after this one. */
  lowest = 7;
  /** Interrupts end by themselves; the order turns with each. */
  automatic = false;
  rotating = false;
  /** In service does not hold others back. */
  special = false;
  private showIsr = false;
  private polled = false;
  /** Initialization words still to come, and whether there's a 4th. */
  private expected = 0;
  private fourth = false;
  private single = false;

  /** A wire changes, or stays. */
  setLine(n: number, level: boolean): void {
    const bit = 1 << n;
    const rose = level && (this.lines & bit) === 0;
    this.lines = level ? this.lines | bit : this.lines & ~bit;
    if (rose) this.irr |= bit;
    else if (!level) this.irr &= ~bit;
  }

  /** The input to be served now, or -1. */
  next(): number {
    const wanted = this.irr & ~this.imr;
    if (wanted === 0) return -1;
    for (let k = 1; k <= 8; k++) {
      const n = this.lowest + k & 7;
      const bit = 1 << n;
      if ((wanted & bit) !== 0 && !this.passes(bit)) return n;
      if ((this.isr & bit) !== 0 && !this.special) return -1;
    }
    return -1;
  }

  /** In service, and in special mask mode: to be passed over. */
  private passes(bit: number): boolean {
    return (this.isr & bit) !== 0;
  }

  /** Whether a request of an input would be served, if it was the only
   * one. */
  admits(n: number): boolean {
    const { irr } = this;
    this.irr = 1 << n;
    const served = this.next() === n;
    this.irr = irr;
    return served;
  }

  /** The vector of what is to be served; it is in service now. */
  acknowledge(): number {
    const n = this.next();
    if (n < 0) return this.base + 7;
    const bit = 1 << n;
    if ((this.levels & bit) === 0) this.irr &= ~bit;
    if (this.automatic) this.done(n);
    else this.isr |= bit;
    return this.base + n;
  }

  /** Out of service; perhaps now the last in order. */
  private done(n: number): void {
    this.isr &= ~(1 << n);
    if (this.rotating) this.lowest = n;
  }

  /** A byte to port 0 or 1. */
  write(port: number, byte: number): void {
    if (port === 0 && (byte & 0x10) !== 0) this.begin(byte);
    else if (port === 0 && (byte & 8) !== 0) this.select(byte);
    else if (port === 0) this.end(byte);
    else if (this.expected > 0) this.initialize(byte);
    else this.imr = byte;
  }

  /** Port 0: requests or what is in service; port 1: the mask. */
  read(port: number): number {
    if (port === 1) return this.imr;
    if (!this.polled) return this.showIsr ? this.isr : this.irr;
    this.polled = false;
    const n = this.next();
    return n < 0 ? 0 : 0x80 | this.acknowledge() - this.base;
  }

  private begin(word: number): void {
    this.irr = this.isr = this.imr = 0;
    this.lowest = 7;
    this.special = this.automatic = this.rotating = false;
    this.showIsr = this.polled = false;
    this.fourth = (word & 1) !== 0;
    this.single = (word & 2) !== 0;
    this.expected = 3;
  }

  private initialize(word: number): void {
    if (this.expected === 3) this.base = word & 0xf8;
    if (this.expected === 1) this.automatic = (word & 2) !== 0;
    this.expected--;
    if (this.expected === 2 && this.single) this.expected--;
    if (this.expected === 1 && !this.fourth) this.expected--;
  }

  private select(word: number): void {
    if ((word & 0x40) !== 0) this.special = (word & 0x20) !== 0;
    if ((word & 4) !== 0) this.polled = true;
    else if ((word & 2) !== 0) this.showIsr = (word & 1) !== 0;
  }

  /** Ends interrupts: bits 5–7 say which, and whether to rotate. */
  private end(word: number): void {
    const rotate = (word & 0x80) !== 0;
    const specific = (word & 0x40) !== 0;
    if ((word & 0x20) === 0) {
      if (specific && rotate) this.lowest = word & 7;
      else if (!specific) this.rotating = rotate;
      return;
    }
    const n = specific ? word & 7 : this.urgent();
    if (n < 0) return;
    this.isr &= ~(1 << n);
    if (rotate) this.lowest = n;
  }

  /** The most urgent input in service, or -1. */
  private urgent(): number {
    for (let k = 1; k <= 8; k++) {
      const n = this.lowest + k & 7;
      if ((this.isr & 1 << n) !== 0) return n;
    }
    return -1;
  }
}

/** The two controllers of a PC: inputs 0 to 15. */
export class PicPair {
  readonly first = new Pic();
  readonly second = new Pic();

  /** @param changed called when INTR may have changed */
  constructor(private readonly changed: () => void) {}

  setLine(n: number, level: boolean): void {
    if (n < 8) this.first.setLine(n, level);
    else this.second.setLine(n - 8, level);
    this.settle();
  }

  /** Brings the cascade and INTR up to date. */
  settle(): void {
    this.first.setLine(2, this.second.next() >= 0);
    this.changed();
  }

  /** The level of INTR. */
  pending(): boolean { return this.first.next() >= 0; }

  /** Whether a request of an input would get to the processor. */
  admits(n: number): boolean {
    if (n < 8) return this.first.admits(n);
    return this.second.admits(n - 8) && this.first.admits(2);
  }

  /** The vector to be raised. */
  acknowledge(): number {
    const cascade = this.first.next() === 2;
    const vector = this.first.acknowledge();
    const answer = cascade ? this.second.acknowledge() : vector;
    if (cascade) this.first.setLine(2, false);
    this.settle();
    return answer;
  }
}
