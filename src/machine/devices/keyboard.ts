import type { Line } from './pit.ts';

/** Bits of the controller's configuration. */
const INTERRUPT = 1, SYSTEM = 4, DISABLED = 0x10, TRANSLATED = 0x40;
const FULL = 1;

/** The 8042 controller with a keyboard, without a mouse. */
export class Keyboard {
  /** As a BIOS leaves it. */
  private config = TRANSLATED | 0x20 | SYSTEM | INTERRUPT;
  private readonly output: number[] = [];
  /** The command that awaits a byte at port 0x60. */
  private awaited = 0;
  /** The keyboard's own command that awaits a byte. */
  private parameter = 0;
  private scanning = true;
  private lastWasCommand = false;
  /** Output port: bit 0 high: no reset; bit 1: line A20. */
  private pins = 0xdf;

  constructor(
    private readonly irq: Line, private readonly a20: Line,
    private readonly reset: () => void,
  ) {}

  read(port: number): number {
    if (port === 4) return this.status();
    const byte = this.output.shift() ?? this.lastRead;
    this.lastRead = byte;
    this.update();
    return byte;
  }
  private lastRead = 0;

  write(port: number, byte: number): void {
    this.lastWasCommand = port === 4;
    const awaited = this.awaited;
    this.awaited = 0;
    if (port === 4) this.command(byte);
    else if (awaited !== 0) this.argument(awaited, byte);
    else this.toKeyboard(byte);
    this.update();
  }

  private status(): number {
    const full = this.output.length > 0 ? FULL : 0;
    const command = this.lastWasCommand ? 8 : 0;
    return full | this.config & SYSTEM | command | 0x10;
  }

  private update(): void {
    const full = this.output.length > 0;
    this.irq(false);
    this.irq(full && (this.config & INTERRUPT) !== 0);
  }

  private command(byte: number): void {
    switch (byte) {
      case 0x20: this.output.push(this.config); break;
      case 0xaa: this.output.push(0x55); break;
      case 0xab: this.output.push(0x00); break;
      case 0xad: this.config |= DISABLED; break;
      case 0xae: this.config &= ~DISABLED; break;
      case 0xa7: this.config |= 0x20; break;
      case 0xa8: this.config &= ~0x20; break;
      case 0xa9: this.output.push(0x01); break;
      case 0xc0: this.output.push(0x80); break;
      case 0xd0: this.output.push(this.pins); break;
      case 0xdd: this.setPins(this.pins & ~2); break;
      case 0xdf: this.setPins(this.pins | 2); break;
      case 0x60: case 0xd1: case 0xd2: case 0xd3: case 0xd4:
        this.awaited = byte; break;
      default: if (byte >= 0xf0 && (byte & 1) === 0) this.reset();
    }
  }

  private argument(command: number, byte: number): void {
    if (command === 0x60) this.config = byte;
    else if (command === 0xd1) this.setPins(byte);
    else if (command === 0xd2) this.output.push(byte);
  }

  private setPins(pins: number): void {
    this.pins = pins;
    this.a20((pins & 2) !== 0);
    if ((pins & 1) === 0) this.reset();
  }

  private toKeyboard(byte: number): void {
    const { parameter } = this;
    this.parameter = 0;
    if (parameter !== 0) {
      this.output.push(0xfa);
      if (parameter === 0xf0 && byte === 0) this.output.push(2);
      return;
    }
    switch (byte) {
      case 0xee: this.output.push(0xee); return;
      case 0xf2: this.output.push(0xfa, 0xab, 0x83); return;
      case 0xff: this.output.push(0xfa, 0xaa); break;
      case 0xed: case 0xf0: case 0xf3:
        this.parameter = byte;
        this.output.push(0xfa); return;
      default: this.output.push(0xfa);
    }
    if (byte === 0xf5) this.scanning = false;
    if (byte === 0xf4 || byte === 0xf6 || byte === 0xff) {
      this.scanning = true;
    }
  }

  /** A key, by its number in the first code; `up`: let go. */
  key(code: number, up = false): void {
    if (!this.scanning || (this.config & DISABLED) !== 0) return;
    if ((this.config & TRANSLATED) !== 0) {
      this.output.push(up ? code | 0x80 : code);
    } else {
      if (up) this.output.push(0xf0);
      this.output.push(SECOND[code] ?? 0);
    }
    this.update();
  }

  /** Whether all it has sent was read. */
  idle(): boolean { return this.output.length === 0; }

  /** Presses the keys that make a text. */
  type(text: string): void {
    for (const letter of text) {
      const [code, shift] = keyOf(letter);
      if (code === 0) continue;
      if (shift) this.key(LEFT_SHIFT);
      this.key(code);
      this.key(code, true);
      if (shift) this.key(LEFT_SHIFT, true);
    }
  }
}

const LEFT_SHIFT = 0x2a;

/** The second code, in the order of the first. */
const SECOND = `
  00 76 16 1e 26 25 2e 36 3d 3e 46 45 4e 55 66 0d
  15 1d 24 2d 2c 35 3c 43 44 4d 54 5b 5a 14 1c 1b
  23 2b 34 33 3b 42 4b 4c 52 0e 12 5d 1a 22 21 2a
  32 31 3a 41 49 4a 59 7c 11 29 58 05 06 04 0c 03
  0b 83 0a 01 09 77 7e 6c 75 7d 7b 6b 73 74 79 69
  72 7a 70 71 84 00 61 78 07
`.trim().split(/\s+/).map((code) => parseInt(code, 16));

/** The letters of each row, plain and with shift. */
const ROWS: readonly [first: number, plain: string, shift: string][] = [
  [0x02, '1234567890-=\b\t', '!@#$%^&*()_+'],
  [0x10, 'qwertyuiop[]\n', 'QWERTYUIOP{}'],
  [0x1e, "asdfghjkl;'`", 'ASDFGHJKL:"~'],
  [0x2b, '\\zxcvbnm,./', '|ZXCVBNM<>?'],
  [0x39, ' ', ''],
  [0x01, '\x1b', ''],
];

function keyOf(letter: string): [code: number, shift: boolean] {
  const wanted = letter === '\r' ? '\n' : letter;
  for (const [first, plain, shift] of ROWS) {
    const at = plain.indexOf(wanted);
    if (at >= 0) return [first + at, false];
    const above = shift.indexOf(wanted);
    if (above >= 0) return [first + above, true];
  }
  return [0, false];
}
