import type { Phys } from '../../machine/phys.ts';

const LOW = 0xc_0000, SIZE = 0x4_0000;
const READ = 1, WRITE = 2;
/** The first attribute register. */
const PAM = 0x59;

/** The host bridge, an 82441FX as far as a BIOS asks. */
export class Bridge {
  private readonly config = new Uint8Array(256);
  /** Without a ROM to cover, neither is needed. */
  private rom = new Uint8Array(0);
  private ram = new Uint8Array(0);

  constructor(private readonly phys: Phys) {
    const words = [0x8086, 0x1237, 0, 0x0280, 0x0002, 0x0600];
    words.forEach((word, n) => {
      this.config[2 * n] = word;
      this.config[2 * n + 1] = word >>> 8;
    });
  }

  /** A byte of its configuration; undefined: not its own. */
  read(register: number | undefined): number {
    return register === undefined ? 0xff : this.config[register] ?? 0;
  }

  write(register: number | undefined, byte: number): void {
    if (register === undefined || register < 0x40) return;
    this.config[register] = byte;
    const attribute = register >= PAM && register < PAM + 7;
    if (attribute) this.changed(LOW, SIZE);
  }

  private attribute(at: number): number {
    const last = at >= 0x3_0000;
    const n = last ? 1 : 2 + (at >>> 14);
    const byte = this.config[PAM + (n >>> 1)] ?? 0;
    return (n & 1) !== 0 ? byte >>> 4 : byte;
  }

  /** Has a ROM end at 1 MiB, with RAM behind it. */
  cover(rom: Uint8Array): void {
    this.rom = new Uint8Array(SIZE).fill(0xff);
    this.ram = new Uint8Array(SIZE);
    this.rom.set(rom, SIZE - rom.length);
    this.phys.map({
      base: LOW, size: SIZE,
      read: (at, bits) => {
        const readsRam = (this.attribute(at) & READ) !== 0;
        const from = readsRam ? this.ram : this.rom;
        let value = 0;
        for (let n = bits / 8 - 1; n >= 0; n--) {
          value = value * 256 + (from[at + n] ?? 0xff);
        }
        return value;
      },
      write: (at, bits, value) => {
        if ((this.attribute(at) & WRITE) === 0) return;
        for (let n = 0; n < bits / 8; n++) {
          this.ram[at + n] = value >>> 8 * n;
        }
        this.changed(LOW + at, bits / 8);
      },
    });
  }

  private changed(at: number, bytes: number): void {
    for (const listener of this.phys.onWrite) listener(at, bytes);
  }
}
