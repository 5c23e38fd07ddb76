/** What is wrong with an image; the message says it to the user. */
export class ImageError extends Error {}

/** An image's bytes, read with every access checked. */
export class Image {
  private readonly view: DataView;
  constructor(readonly bytes: Uint8Array) {
    this.view = new DataView(
      bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  private need(at: number, size: number): number {
    if (at + size <= this.bytes.length) return at;
    throw new ImageError(`truncated: bytes ${at} to ${at + size} `
      + `wanted, the file ends at ${this.bytes.length}`);
  }

  u16(at: number): number {
    return this.view.getUint16(this.need(at, 2), true);
  }

  u32(at: number): number {
    return this.view.getUint32(this.need(at, 4), true);
  }

  /** A word of the file's class: an address or a size. */
  word(at: number, size: 4 | 8): bigint {
    return size === 4 ? BigInt(this.u32(at))
      : this.view.getBigUint64(this.need(at, 8), true);
  }

  slice(at: number, size: number): Uint8Array {
    return this.bytes.subarray(this.need(at, size), at + size);
  }
}

interface Shape {
  word: 4 | 8;
  phoff: number; shoff: number; phnum: number; shnum: number;
  ph: { size: number; offset: number; vaddr: number; paddr: number;
    filesz: number; memsz: number };
  sh: { size: number; offset: number; length: number };
}

const narrow: Shape = {
  word: 4, phoff: 28, shoff: 32, phnum: 44, shnum: 48,
  ph: { size: 32, offset: 4, vaddr: 8, paddr: 12,
    filesz: 16, memsz: 20 },
  sh: { size: 40, offset: 16, length: 20 },
};

const wide: Shape = {
  word: 8, phoff: 32, shoff: 40, phnum: 56, shnum: 60,
  ph: { size: 56, offset: 8, vaddr: 16, paddr: 24,
    filesz: 32, memsz: 40 },
  sh: { size: 64, offset: 24, length: 32 },
};

/** The file's shape, or a refusal of what no x86 guest can be. */
function identify(image: Image): Shape {
  const magic = image.bytes.subarray(0, 4);
  if ([...magic].join() !== '127,69,76,70') {
    throw new ImageError('not an ELF file');
  }
  const elfClass = image.slice(4, 1)[0];
  if (image.slice(5, 1)[0] !== 1) {
    throw new ImageError('a big-endian ELF file, not an x86 one');
  }
  const machine = image.u16(18);
  const expected = elfClass === 1 ? 3 : elfClass === 2 ? 62 : -1;
  if (machine !== expected) {
    throw new ImageError(`wrong class or machine: ELF class `
      + `${elfClass}, machine ${machine}; an x86 guest has `
      + 'class 1 with machine 3, or class 2 with machine 62');
  }
  return elfClass === 1 ? narrow : wide;
}

export interface Segment {
  vaddr: bigint; paddr: bigint;
  /** What the file holds; the rest up to `memsz` is zero. */
  bytes: Uint8Array;
  memsz: bigint;
}

function segmentAt(image: Image, shape: Shape, at: number): Segment {
  const field = (offset: number) => image.word(at + offset, shape.word);
  const size = Number(field(shape.ph.filesz));
  const bytes = image.slice(Number(field(shape.ph.offset)), size);
  return { vaddr: field(shape.ph.vaddr), bytes,
    paddr: field(shape.ph.paddr), memsz: field(shape.ph.memsz) };
}

function loadable(segment: Segment): Segment {
  const { bytes, memsz } = segment;
  if (memsz >= BigInt(bytes.length)) return segment;
  throw new ImageError(`a segment has ${bytes.length} bytes in the `
    + `file and room for ${memsz} in memory`);
}

export interface Elf {
  width: 4 | 8;
  entry: bigint;
  loads: Segment[];
  /** The notes whose owner is "Xen", by type. */
  notes: Map<number, Uint8Array>;
  /** The old form of the notes: a string, or none. */
  guestSection: string | undefined;
}

/** Read an ELF file; throws ImageError. Source: the ELF gABI. */
export function parseElf(bytes: Uint8Array): Elf {
  const image = new Image(bytes);
  const shape = identify(image);
  const elf: Elf = { width: shape.word, loads: [],
    entry: image.word(24, shape.word),
    notes: new Map(), guestSection: undefined };
  const first = Number(image.word(shape.phoff, shape.word));
  for (let i = 0; i < image.u16(shape.phnum); i++) {
    const at = first + i * shape.ph.size;
    const type = image.u32(at);
    if (type !== 1 && type !== 4) continue;
    const segment = segmentAt(image, shape, at);
    if (type === 1) elf.loads.push(loadable(segment));
    else readNotes(segment.bytes, elf.notes);
  }
  if (elf.notes.size === 0) readSections(image, shape, elf);
  return elf;
}

const padded = (n: number) => Math.ceil(n / 4) * 4;

/** Collect Xen's notes; of a repeated type the first one stays. */
function readNotes(bytes: Uint8Array, into: Elf['notes']): void {
  const image = new Image(bytes);
  for (let at = 0; at + 12 <= bytes.length;) {
    const nameSize = image.u32(at);
    const size = image.u32(at + 4);
    const type = image.u32(at + 8);
    const name = textOf(image.slice(at + 12, nameSize));
    const start = at + 12 + padded(nameSize);
    const contents = bytes.subarray(start, start + size);
    if (name === 'Xen' && !into.has(type)) into.set(type, contents);
    at = start + padded(size);
  }
}

/** Bytes up to the first NUL, as text. */
export function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  const text = end < 0 ? bytes : bytes.subarray(0, end);
  return String.fromCharCode(...text);
}

function readSections(image: Image, shape: Shape, elf: Elf): void {
  const first = Number(image.word(shape.shoff, shape.word));
  const at = (i: number) => first + i * shape.sh.size;
  const bytesOf = (i: number) => {
    const field = (offset: number) =>
      Number(image.word(at(i) + offset, shape.word));
    return image.slice(field(shape.sh.offset), field(shape.sh.length));
  };
  const count = first === 0 ? 0 : image.u16(shape.shnum);
  const names = count && bytesOf(image.u16(shape.shnum + 2));
  for (let i = 1; names && i < count; i++) {
    const type = image.u32(at(i) + 4);
    const name = textOf(names.subarray(image.u32(at(i))));
    if (type === 7) readNotes(bytesOf(i), elf.notes);
    if (name === '__xen_guest') elf.guestSection = textOf(bytesOf(i));
  }
}
