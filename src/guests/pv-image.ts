import { assembleProgram } from '../x86/program.ts';
import { XEN_ELFNOTE as Note } from '../xen/public/elfnote.ts';

/** How to wrap a program for the domain builder. */
export interface PvOptions {
  /** Virtual address of frame 0, and of the program. */
  virtBase?: number;
  at?: number;
  /** Zeroed bytes behind the program. */
  bss?: number;
  /** More notes, or other values; undefined leaves one out. */
  notes?: Record<number, number | string | undefined>;
}

/** Assemble a guest that starts at its label `start`. */
export function pvImage(source: string, o: PvOptions = {}): Uint8Array {
  const { virtBase = 0, at = virtBase + 0x10_0000, bss = 0 } = o;
  const program = assembleProgram(source, { origin: at });
  const wishes: PvOptions['notes'] = {
    [Note.GUEST_OS]: 'ringfence', [Note.XEN_VERSION]: 'xen-3.0',
    [Note.LOADER]: 'generic', [Note.PAE_MODE]: 'yes',
    [Note.ENTRY]: program.symbols.get('start') ?? at,
    [Note.VIRT_BASE]: virtBase, ...o.notes,
  };
  const notes = Object.entries(wishes).flatMap(([type, value]) =>
    value === undefined ? [] : noteBytes(Number(type), value));
  const physical = at - virtBase;
  return elfFile(Uint8Array.from(notes), at, physical,
    program.bytes, bss);
}

const word = (n: number): number[] =>
  [n & 0xff, n >>> 8 & 0xff, n >>> 16 & 0xff, n >>> 24];

const padded = (bytes: number[]): number[] =>
  [...bytes, ...new Array<number>(-bytes.length & 3).fill(0)];

function noteBytes(type: number, value: number | string): number[] {
  const contents = typeof value === 'number' ? word(value)
    : [...value, '\0'].map((c) => c.charCodeAt(0));
  return [...word(4), ...word(contents.length), ...word(type),
    0x58, 0x65, 0x6e, 0, ...padded(contents)];
}

function elfFile(notes: Uint8Array, virtual: number, physical: number,
  code: Uint8Array, bss: number): Uint8Array {
  const file = new Uint8Array(4096 + code.length);
  const header = [
    0x7f, 0x45, 0x4c, 0x46, 1, 1, 1, ...new Array<number>(9).fill(0),
    2, 0, 3, 0, ...word(1), ...word(virtual), ...word(52), ...word(0),
    ...word(0), 52, 0, 32, 0, 2, 0, 40, 0, 0, 0, 0, 0,
    ...[1, 4096, virtual, physical, code.length, code.length + bss,
      7, 4096].flatMap(word),
    ...[4, 116, 0, 0, notes.length, 0, 4, 4].flatMap(word),
  ];
  file.set(header);
  file.set(notes, 116);
  file.set(code, 4096);
  return file;
}
