import { PAGE, type Phys } from '../../machine/phys.ts';
import { assembleProgram } from '../program.ts';
import { enterFlat, enterReal, resetCpu } from './reset.ts';
import type { Pc } from './board.ts';

/** An image that cannot be loaded; the message says why. */
export class BadImage extends Error {}

const view = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Puts bytes into RAM, or says that they don't fit; returns where
 * they end. */
function place(
  pc: Pc, at: number, bytes: Uint8Array, size: number,
): number {
  const end = at + Math.max(size, bytes.length);
  if (end > pc.phys.size) {
    const wanted = Math.ceil(end / 2 ** 20);
    throw new BadImage(`does not fit: it needs ${wanted} MiB of memory,`
      + ` there are ${pc.phys.size / 2 ** 20}`);
  }
  pc.phys.fill(at, end - at, 0);
  pc.phys.writeBytes(at, bytes);
  return end;
}

/** A flat image, entered at its first byte. */
export function loadFlat(
  pc: Pc, bytes: Uint8Array, at: number, real: boolean,
): void {
  if (bytes.length === 0) throw new BadImage('is empty');
  if (real && at > 0xffff) {
    throw new BadImage('in real mode is entered below 64 KiB');
  }
  place(pc, at, bytes, bytes.length);
  if (real) enterReal(pc.cpu, at);
  else enterFlat(pc.cpu, at, []);
}

/** A ROM that is entered by a reset. */
export function loadRom(pc: Pc, bytes: Uint8Array): void {
  const { length } = bytes;
  const power = length > 0 && (length & length - 1) === 0;
  if (!power || length < 0x1000 || length > 0x100_0000) {
    throw new BadImage(`is no ROM: ${length} bytes, not a power of two`
      + ' from 4 KiB to 16 MiB');
  }
  pc.phys.rom(2 ** 32 - length, bytes);
  const low = bytes.subarray(Math.max(0, length - 0x4_0000));
  pc.bridge.cover(low);
  resetCpu(pc.cpu);
}

const MULTIBOOT = 0x1bad_b002;
const LOADED = 0x2bad_b002;

/** Where the multiboot header is, or -1. */
export function multibootHeader(bytes: Uint8Array): number {
  const words = view(bytes);
  const end = Math.min(bytes.length, 8192) - 12;
  for (let at = 0; at <= end; at += 4) {
    const [magic = 0, flags = 0, check = 0] =
      [0, 4, 8].map((by) => words.getUint32(at + by, true));
    const sum = magic + flags + check;
    if (magic === MULTIBOOT && sum >>> 0 === 0) return at;
  }
  return -1;
}

/** A multiboot kernel. */
export function loadMultiboot(
  pc: Pc, bytes: Uint8Array, command: string, ramdisk?: Uint8Array,
): void {
  const header = multibootHeader(bytes);
  if (header < 0) throw new BadImage('has no multiboot header');
  const flags = view(bytes).getUint32(header + 4, true);
  const unknown = flags & 0xfff8;
  if (unknown !== 0) {
    throw new BadImage(`wants multiboot features 0x${
      unknown.toString(16)} that are not there`);
  }
  const { entry, end } = (flags & 0x1_0000) !== 0
    ? loadByHeader(pc, bytes, header) : loadElf(pc, bytes);
  const module = ramdisk && placeHigh(pc, ramdisk, end, 2 ** 32);
  const info = writeInfo(pc.phys, command, module);
  enterFlat(pc.cpu, entry, [[0, LOADED], [3, info]]);
}

/** The part of a file, or the complaint that it ends before. */
function part(bytes: Uint8Array, from: number, size: number) {
  if (from + size > bytes.length) {
    throw new BadImage(`is truncated: it ends at ${bytes.length},`
      + ` and should go on to ${from + size}`);
  }
  return bytes.subarray(from, from + size);
}

/** Where a kernel is entered, and where its memory ends. */
interface Loaded {
  readonly entry: number;
  readonly end: number;
}

/** Loads an ELF file's segments. */
function loadElf(pc: Pc, bytes: Uint8Array): Loaded {
  const head = view(part(bytes, 0, 52));
  if (head.getUint32(0) !== 0x7f45_4c46) {
    throw new BadImage('is not an ELF file');
  }
  if (head.getUint8(4) !== 1 || head.getUint16(18, true) !== 3) {
    throw new BadImage('is an ELF file, but not for IA-32');
  }
  const table = head.getUint32(28, true);
  const size = head.getUint16(42, true);
  let end = 0;
  for (let n = 0; n < head.getUint16(44, true); n++) {
    const row = view(part(bytes, table + n * size, 32));
    end = Math.max(end, loadSegment(pc, bytes, row));
  }
  return { entry: head.getUint32(24, true), end };
}

/** Returns where the segment ends, or 0: there is nothing to load. */
function loadSegment(
  pc: Pc, bytes: Uint8Array, row: DataView,
): number {
  const PT_LOAD = 1;
  const [type, offset = 0, , at = 0, length = 0, size = 0] =
    [0, 4, 8, 12, 16, 20].map((by) => row.getUint32(by, true));
  if (type !== PT_LOAD || size === 0) return 0;
  return place(pc, at, part(bytes, offset, length), size);
}

/** Loads what the header's own addresses say. */
function loadByHeader(
  pc: Pc, bytes: Uint8Array, header: number,
): Loaded {
  const words = view(part(bytes, header + 12, 20));
  const [self = 0, from = 0, loadEnd = 0, bssEnd = 0, entry = 0] =
    [0, 4, 8, 12, 16].map((by) => words.getUint32(by, true));
  const offset = header - (self - from);
  if (offset < 0) throw new BadImage('has a bad multiboot header');
  const length = loadEnd === 0 ? bytes.length - offset : loadEnd - from;
  const size = Math.max(length, bssEnd - from);
  const end = place(pc, from, part(bytes, offset, length), size);
  return { entry, end };
}

/** Where a file beside the kernel is. */
interface Extent {
  readonly at: number;
  readonly end: number;
}

/** Puts a ramdisk into the last whole pages of RAM below `limit` and
 * above `from`, where the kernel ends. */
function placeHigh(
  pc: Pc, bytes: Uint8Array, from: number, limit: number,
): Extent {
  const { length } = bytes;
  if (length === 0) throw new BadImage('has an empty ramdisk');
  const top = Math.min(pc.phys.size, limit);
  const at = Math.floor((top - length) / PAGE) * PAGE;
  if (at < from) {
    const room = Math.max(0, top - from) >>> 10;
    throw new BadImage(`leaves ${room} KiB to its ramdisk, which needs`
      + ` ${Math.ceil(length / 1024)}: more --memory?`);
  }
  pc.phys.writeBytes(at, bytes);
  return { at, end: at + length };
}

/** Usable RAM and what is not, as [from, to, usable]. */
export function memoryMap(size: number): [number, number, boolean][] {
  return [
    [0, 0x9_fc00, true], [0x9_fc00, 0xa_0000, false],
    [0xf_0000, 0x10_0000, false], [0x10_0000, size, true],
  ];
}

const INFO_AT = 0x5000;

function writeInfo(
  phys: Phys, command: string, module?: Extent,
): number {
  const map = memoryMap(phys.size);
  const [text, mapAt] = [INFO_AT + 0x400, INFO_AT + 0x200];
  const line = new TextEncoder().encode(`${command}\0`);
  phys.writeBytes(text, line);
  map.forEach(([from, to, usable], n) => {
    const at = mapAt + 24 * n;
    phys.write32(at, 20);
    phys.write64(at + 4, BigInt(from));
    phys.write64(at + 12, BigInt(to - from));
    phys.write32(at + 20, usable ? 1 : 2);
  });
  const words = [[0, 0x45], [4, 639], [8, phys.size / 1024 - 1024],
    [16, text], [44, 24 * map.length], [48, mapAt]] as const;
  for (const [by, value] of words) phys.write32(INFO_AT + by, value);
  if (module) writeModule(phys, module, text + line.length - 1);
  return INFO_AT;
}

/** A list of one module, whose own command line is empty. */
function writeModule(
  phys: Phys, { at, end }: Extent, nothing: number,
): void {
  const list = INFO_AT + 0x100;
  [at, end, nothing, 0].forEach((value, n) =>
    phys.write32(list + 4 * n, value));
  phys.write32(INFO_AT, phys.read32(INFO_AT) | 8);
  phys.write32(INFO_AT + 20, 1);
  phys.write32(INFO_AT + 24, list);
}

const PARAMS_AT = 0x7000, COMMAND_AT = 0x8000;

/** Whether this is a kernel by Linux's boot protocol. */
export function isLinux(bytes: Uint8Array): boolean {
  return bytes.length > 0x260 && view(bytes).getUint32(0x202)
    === 0x4864_7253; // HdrS
}

/** A bzImage, entered in protected mode. */
export function loadLinux(
  pc: Pc, bytes: Uint8Array, command: string, ramdisk?: Uint8Array,
): void {
  const sectors = bytes[0x1f1] || 4;
  const setup = (sectors + 1) * 512;
  if ((bytes[0x211] ?? 0) % 2 === 0) {
    throw new BadImage('is a zImage; only a bzImage can be entered');
  }
  const start = view(bytes).getUint32(0x214, true);
  const kernel = part(bytes, setup, bytes.length - setup);
  if (kernel.length === 0) throw new BadImage('has no kernel in it');
  const end = place(pc, start, kernel, kernel.length);
  writeParameters(pc.phys, bytes, command);
  if (ramdisk) loadRamdisk(pc, bytes, ramdisk, start, end);
  enterFlat(pc.cpu, start, [[6, PARAMS_AT]]);
}

function loadRamdisk(
  pc: Pc, bytes: Uint8Array, ramdisk: Uint8Array, start: number,
  end: number,
): void {
  const head = view(part(bytes, 0, 0x264));
  const version = head.getUint16(0x206, true);
  const unpacked = version >= 0x20a ? head.getUint32(0x260, true) : 0;
  const last = version >= 0x203
    ? head.getUint32(0x22c, true) : 0x37ff_ffff;
  const from = Math.max(end, start + unpacked);
  const { at } = placeHigh(pc, ramdisk, from, last + 1);
  pc.phys.write32(PARAMS_AT + 0x218, at);
  pc.phys.write32(PARAMS_AT + 0x21c, ramdisk.length);
}

function writeParameters(
  phys: Phys, bytes: Uint8Array, command: string,
): void {
  const end = 0x202 + (bytes[0x201] ?? 0);
  phys.fill(PARAMS_AT, 4096, 0);
  phys.writeBytes(PARAMS_AT + 0x1f1, bytes.subarray(0x1f1, end));
  phys.writeBytes(COMMAND_AT, new TextEncoder().encode(`${command}\0`));
  const octets = [[0x06, 3], [0x07, 80], [0x0e, 25], [0x0f, 1],
    [0x10, 16], [0x210, 0xff]] as const;
  for (const [by, value] of octets) phys.write8(PARAMS_AT + by, value);
  const above = phys.size / 1024 - 1024;
  phys.write16(PARAMS_AT + 0x02, Math.min(above, 0xffff));
  phys.write32(PARAMS_AT + 0x1e0, above);
  phys.write32(PARAMS_AT + 0x228, COMMAND_AT);
  const map = memoryMap(phys.size);
  phys.write8(PARAMS_AT + 0x1e8, map.length);
  map.forEach(([from, to, usable], n) => {
    const at = PARAMS_AT + 0x2d0 + 20 * n;
    phys.write64(at, BigInt(from));
    phys.write64(at + 8, BigInt(to - from));
    phys.write32(at + 16, usable ? 1 : 2);
  });
}

/** Bytes of a program in assembler, to be loaded flat. */
export function assembled(
  source: Uint8Array, origin: number, real: boolean,
): Uint8Array {
  const text = new TextDecoder().decode(source);
  try {
    const mode = real ? 16 : 32;
    return assembleProgram(text, { origin, mode }).bytes;
  } catch (error) {
    throw new BadImage(`cannot be assembled: ${
      error instanceof Error ? error.message : String(error)}`);
  }
}

/** How an image is to be loaded, beside what can be seen from it. */
export interface Loading {
  readonly at: number | undefined;
  readonly real: boolean;
  readonly rom: boolean;
  readonly command: string;
  /** A file that the kernel is to find beside it. */
  readonly ramdisk?: Uint8Array | undefined;
}

/** Loads an image of any kind and makes the processor ready. */
export function load(pc: Pc, bytes: Uint8Array, how: Loading): void {
  const { at, real, rom, command, ramdisk } = how;
  if (bytes.length === 0) throw new BadImage('is empty');
  if (at !== undefined || rom) {
    refuseRamdisk(ramdisk);
    if (at === undefined) loadRom(pc, bytes);
    else loadFlat(pc, bytes, at, real);
  } else if (multibootHeader(bytes) >= 0) {
    loadMultiboot(pc, bytes, command, ramdisk);
  } else if (isLinux(bytes)) loadLinux(pc, bytes, command, ramdisk);
  else if (looksLikeRom(bytes)) {
    refuseRamdisk(ramdisk);
    loadRom(pc, bytes);
  } else throw new BadImage(whatItIs(bytes));
}

/** Only a kernel that is told about it can take one. */
export function refuseRamdisk(ramdisk: Uint8Array | undefined): void {
  if (!ramdisk) return;
  throw new BadImage('takes no ramdisk: it is neither a multiboot'
    + ' kernel nor a Linux kernel');
}

/** A ROM's last 16 bytes begin with a jump. */
function looksLikeRom(bytes: Uint8Array): boolean {
  const jump = bytes[bytes.length - 16] ?? 0;
  const { length } = bytes;
  return length >= 0x1_0000 && (length & length - 1) === 0
    && [0xea, 0xe9, 0xeb].includes(jump);
}

function whatItIs(bytes: Uint8Array): string {
  const elf = bytes.length >= 4
    && view(bytes).getUint32(0) === 0x7f45_4c46;
  if (elf) return 'is an ELF file without a multiboot header';
  return 'is no multiboot kernel, no Linux kernel, and no ROM;'
    + ' for a flat image say where it goes, by --at';
}
