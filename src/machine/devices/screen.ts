import { type Clock, HZ } from '../clock.ts';
import type { Region } from '../phys.ts';

/** Columns and rows of the text screen. */
export const COLUMNS = 80, ROWS = 25;
const WINDOW = 0xa_0000;
const TEXT = 0xb_8000 - WINDOW;

/** A VGA that shows text. */
export class Screen {
  /** The window from 0xa0000 to 0xbffff. */
  private readonly memory = new Uint8Array(0x2_0000);
  /** Index and data registers by the port of their index. */
  private readonly files = new Map<number, Uint8Array>();
  private readonly index = new Map<number, number>();
  private readonly others = new Uint8Array(0x20);
  private attributeData = false;
  /** Changes whenever the picture may have. */
  version = 0;

  constructor(private readonly clock: Clock) {
    this.memory.fill(0xff, 0, TEXT);
    this.memory.fill(0, TEXT);
  }

  /** What answers at 0xa0000 to 0xbffff. */
  region(): Region {
    const { memory } = this;
    return {
      base: WINDOW, size: memory.length,
      read: (at, bits) => {
        let value = 0;
        for (let n = bits / 8 - 1; n >= 0; n--) {
          value = value * 256 + (memory[at + n] ?? 0xff);
        }
        return value;
      },
      write: (at, bits, value) => {
        this.version++;
        for (let n = 0; n < bits / 8; n++) {
          if (at + n >= TEXT) memory[at + n] = value >>> 8 * n;
        }
      },
    };
  }

  /** What the screen shows, a string for each row. */
  rows(): string[] {
    const crtc = this.file(0x3d4);
    const start = (crtc[12] ?? 0) << 8 | (crtc[13] ?? 0);
    return Array.from({ length: ROWS }, (_, row) => {
      let text = '';
      for (let column = 0; column < COLUMNS; column++) {
        const cell = (start + row * COLUMNS + column) * 2 & 0x7fff;
        text += letterOf(this.memory[TEXT + cell] ?? 0);
      }
      return text.trimEnd();
    });
  }

  /** A port from 0x3c0 to 0x3df. */
  in(port: number): number {
    if (port === 0x3da) return this.status();
    if (port === 0x3cc) return 0x67;
    if (port === 0x3c1) return this.file(0x3c0)[this.at(0x3c0)] ?? 0;
    if (this.isData(port)) {
      return this.file(port - 1)[this.at(port - 1)] ?? 0;
    }
    if (this.isData(port + 1)) return this.at(port);
    return this.others[port & 0x1f] ?? 0xff;
  }

  out(port: number, byte: number): void {
    this.version++;
    if (port === 0x3c0) this.attribute(byte);
    else if (this.isData(port)) {
      this.file(port - 1)[this.at(port - 1)] = byte;
    } else if (this.isData(port + 1)) this.index.set(port, byte);
    else this.others[port & 0x1f] = byte;
  }

  private isData(port: number): boolean {
    return port === 0x3c5 || port === 0x3cf || port === 0x3d5;
  }

  private at(port: number): number { return this.index.get(port) ?? 0; }

  private file(port: number): Uint8Array {
    const file = this.files.get(port) ?? new Uint8Array(256);
    this.files.set(port, file);
    return file;
  }

  private attribute(byte: number): void {
    if (this.attributeData) this.file(0x3c0)[this.at(0x3c0)] = byte;
    else this.index.set(0x3c0, byte & 0x1f);
    this.attributeData = !this.attributeData;
  }

  private status(): number {
    this.attributeData = false;
    const picture = this.clock.now() % Math.floor(HZ / 70);
    const back = picture < HZ / 1400;
    return back ? 9 : (picture >>> 8) % 8 === 0 ? 1 : 0;
  }
}

const LETTERS = ' ☺☻♥♦♣♠•◘○◙♂♀♪♫☼►◄↕‼¶§▬↨↑↓→←∟↔▲▼'
  + Array.from({ length: 95 }, (_, n) =>
    String.fromCharCode(32 + n)).join('')
  + '⌂ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»'
  + '░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀'
  + 'αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■ ';

function letterOf(code: number): string {
  return LETTERS[code] ?? ' ';
}
