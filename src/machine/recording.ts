import { Hash } from './hash.ts';

/** The version of the format that this program writes. */
export const VERSION = 1;

/** The first line of every recording. */
export interface Header {
  readonly ringfence: 'recording';
  readonly version: number;
  /** What kind of machine it is of. */
  readonly machine: string;
}

/** Something that is not a recording, or a damaged one. */
export class BadRecording extends Error {}

/** Each line begins with the hash of all up to its end. */
class Chain {
  private readonly hash = new Hash();

  next(json: string): string {
    this.hash.text(json);
    return this.hash.toString();
  }
}

/** Writes a recording, line by line. */
export class Writer {
  private readonly chain = new Chain();

  /** @param append gets whole lines, and must not lose them */
  constructor(private readonly append: (line: string) => void) {}

  line(value: unknown): void {
    const json = JSON.stringify(value);
    this.append(`${this.chain.next(json)} ${json}\n`);
  }
}

export interface Recording<H extends Header, L> {
  readonly header: H;
  readonly lines: readonly L[];
  /** Its end is missing: the last line was not finished. */
  readonly torn: boolean;
}

/** Reads a recording of a kind of machine; throws BadRecording with
 * the name of the file. */
export function readRecording<H extends Header, L>(
  name: string, text: string, machine: string,
): Recording<H, L> {
  const lines = text.split('\n');
  const torn = lines.pop() !== '';
  const chain = new Chain();
  const [header, ...rest] = lines.map((line, n) => {
    const json = line.slice(17);
    if (line === `${chain.next(json)} ${json}`) {
      return JSON.parse(json) as unknown;
    }
    throw new BadRecording(`${name}: ${n === 0 ? 'is not a recording'
      : `is damaged: line ${n + 1} is not what was written`}`);
  });
  const problem = problemOf(header, machine);
  if (problem) throw new BadRecording(`${name}: ${problem}`);
  return { header: header as H, lines: rest as L[], torn };
}

function problemOf(header: unknown, machine: string) {
  const h = Object(header) as Partial<Header>;
  if (h.ringfence !== 'recording') return 'is not a recording';
  if (h.version !== VERSION) {
    return `is a recording of version ${
      h.version}; this program reads version ${VERSION}`;
  }
  return h.machine === machine ? undefined
    : `is a recording of machine "${h.machine}", not "${machine}"`;
}

/** Bytes as letters that survive in JSON. */
export function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 0x1000) {
    text += String.fromCharCode(...bytes.subarray(at, at + 0x1000));
  }
  return btoa(text);
}

export function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}
