import { createHash } from 'node:crypto';
import { type Entry, Recorder } from '../../machine/replay.ts';
import {
  BadRecording, fromBase64, type Header, readRecording, toBase64,
  VERSION, Writer,
} from '../../machine/recording.ts';
import { openTape, readText } from '../../x86/pc/file.ts';
import { stateHash } from '../../xen/snapshot.ts';
import type { CreateRequest, File } from '../toolstack/letters.ts';
import type { Host } from './host.ts';
import {
  type HostInput, HostMachine, type Moment, momentOf,
} from './machine.ts';

interface SavedFile {
  readonly name: string;
  readonly sha256: string;
  readonly bytes: string;
}

type SavedRequest = Omit<CreateRequest, 'kernel' | 'ramdisk'>
  & { readonly kernel: SavedFile; readonly ramdisk?: SavedFile };

interface HostHeader extends Header {
  readonly ramMiB: number;
  readonly request: SavedRequest;
}

/** What came in; or, from time to time, how far the run has got; or
 * how it ended. */
export interface HostLine {
  readonly at: number;
  readonly what?: HostInput;
  readonly end?: Moment & { readonly code: number };
  readonly hash?: string;
}

const sha256 = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex');

const saveFile = ({ name, bytes }: File): SavedFile =>
  ({ name, sha256: sha256(bytes), bytes: toBase64(bytes) });

/** Instructions after which a line says how far it has got. */
const OFTEN = 5_000_000;

/** Where all input of the host goes: into the host and, if there is
 * a recording, into that before. */
export class Intake {
  private readonly recorder: Recorder<HostInput>;
  private last = 0;

  constructor(
    private readonly host: Host, request: CreateRequest,
    private readonly writer: Writer | undefined,
  ) {
    const machine = new HostMachine(host, [request]);
    this.recorder = new Recorder(machine, (entry: Entry<HostInput>) =>
      this.writer?.line(entry));
  }

  create(): void {
    this.recorder.input({ ...momentOf(this.host), create: 0 });
  }

  keys(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.recorder.input({ ...momentOf(this.host), keys: [...bytes] });
  }

  /** The run has come here. */
  mark(): void {
    const at = this.host.xen.cpu.retired;
    if (at - this.last < OFTEN) return;
    this.last = at;
    this.writer?.line({ at });
  }

  /** It is over, and this is the program's exit code. */
  end(code: number): void {
    if (!this.writer) return;
    const at = this.host.xen.cpu.retired;
    const end = { ...momentOf(this.host), code };
    this.writer.line({ at, end, hash: stateHash(this.host.xen) });
  }
}

/** Begins a recording; throws BadRecording if that cannot be. */
export function startTape(
  file: string, ramMiB: number, request: CreateRequest,
): Writer {
  const { kernel, ramdisk, ...plain } = request;
  const header: HostHeader = {
    ringfence: 'recording', version: VERSION, machine: 'xl', ramMiB,
    request: {
      ...plain, kernel: saveFile(kernel),
      ...(ramdisk ? { ramdisk: saveFile(ramdisk) } : {}),
    },
  };
  const writer = new Writer(openTape(file));
  writer.line(header);
  return writer;
}

/** A recording that was read. */
export interface HostTape {
  readonly ramMiB: number;
  readonly request: CreateRequest;
  readonly lines: readonly HostLine[];
  readonly torn: boolean;
}

/** Reads a recording; throws BadRecording. */
export function readTape(file: string): HostTape {
  const { header, lines, torn } =
    readRecording<HostHeader, HostLine>(file, readText(file), 'xl');
  const load = ({ name, ...saved }: SavedFile): File => {
    const bytes = fromBase64(saved.bytes);
    if (sha256(bytes) === saved.sha256) return { name, bytes };
    throw new BadRecording(`${file}: ${name} is not what ran`);
  };
  const { kernel, ramdisk, ...plain } = header.request;
  const request: CreateRequest = {
    ...plain, kernel: load(kernel),
    ...(ramdisk ? { ramdisk: load(ramdisk) } : {}),
  };
  return { ramMiB: header.ramMiB, request, lines, torn };
}
