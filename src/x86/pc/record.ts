import { createHash } from 'node:crypto';
import {
  type Entry, Recorder, type Rewindable,
} from '../../machine/replay.ts';
import {
  BadRecording, fromBase64, type Header, readRecording, toBase64,
  VERSION, Writer,
} from '../../machine/recording.ts';
import { type Ending, type Pc, pcHash } from './board.ts';
import { openTape, readText } from './file.ts';
import type { Options } from './options.ts';
import type { PcInput } from './rewind.ts';

/** What a machine is built from, beside the image's bytes. */
export type Setup = Pick<Options, 'image' | 'at' | 'real' | 'rom'
  | 'command' | 'memory' | 'posts' | 'texts'>;

interface PcHeader extends Header {
  readonly setup: Setup;
  readonly sha256: string;
  readonly bytes: string;
  /** The file beside a kernel, likewise. */
  readonly ramdisk?: string | undefined;
}

/** What came in; or, from time to time, how far the run has got; or
 * how it ended. */
export interface PcLine {
  readonly at: number;
  readonly what?: PcInput;
  readonly end?: Ending;
  readonly hash?: string;
}

const sha256 = (...files: Uint8Array[]): string =>
  files.reduce((hash, bytes) => hash.update(bytes),
    createHash('sha256')).digest('hex');

/** Instructions after which a line says how far it has got. */
const OFTEN = 10_000_000;

/** A recording in the making. */
export class PcTape {
  private readonly writer: Writer;
  private last = 0;

  /** Begins a file; throws BadRecording if that cannot be. */
  constructor(
    file: string, o: Options, image: Uint8Array, ramdisk?: Uint8Array,
  ) {
    this.writer = new Writer(openTape(file));
    const header: PcHeader = {
      ringfence: 'recording', version: VERSION, machine: 'pc',
      setup: {
        image: o.image, at: o.at, real: o.real, rom: o.rom,
        command: o.command, memory: o.memory,
        posts: o.posts, texts: o.texts,
      },
      sha256: sha256(image, ...ramdisk ? [ramdisk] : []),
      bytes: toBase64(image), ramdisk: ramdisk && toBase64(ramdisk),
    };
    this.writer.line(header);
  }

  /** The only way in for what is to be recorded. */
  through(
    machine: Rewindable<unknown, PcInput>,
  ): (what: PcInput) => void {
    const recorder = new Recorder(machine, (entry: Entry<PcInput>) =>
      this.writer.line(entry));
    return (what) => recorder.input(what);
  }

  /** The run has come to `at`. */
  mark(at: number): void {
    if (at - this.last < OFTEN) return;
    this.last = at;
    this.writer.line({ at });
  }

  end(pc: Pc, end: Ending): void {
    const hash = pcHash(pc);
    this.writer.line({ at: pc.cpu.retired, end, hash });
  }
}

/** A recording that was read. */
export interface Tape {
  readonly setup: Setup;
  readonly image: Uint8Array;
  readonly ramdisk: Uint8Array | undefined;
  readonly lines: readonly PcLine[];
  readonly torn: boolean;
}

/** Reads a recording of a PC; throws BadRecording. */
export function readTape(file: string): Tape {
  const { header, lines, torn } =
    readRecording<PcHeader, PcLine>(file, readText(file), 'pc');
  const image = fromBase64(header.bytes);
  const ramdisk = header.ramdisk === undefined
    ? undefined : fromBase64(header.ramdisk);
  if (sha256(image, ...ramdisk ? [ramdisk] : []) !== header.sha256) {
    throw new BadRecording(`${file}: its image is not what ran`);
  }
  return { setup: header.setup, image, ramdisk, lines, torn };
}
