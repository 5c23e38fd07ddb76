import { ImageError, textOf, type Elf, type Segment } from './elf.ts';
import { XEN_ELFNOTE as Note } from '../../xen/public/elfnote.ts';

/** What a kernel asks of its builder. */
export interface KernelParams {
  width: 4 | 8;
  /** The virtual address of the guest's frame 0. */
  virtBase: bigint;
  entry: bigint;
  /** Where the kernel lies: virtual, end exclusive. */
  start: bigint; end: bigint;
  /** Segments, their vaddr being where they really go. */
  segments: Segment[];
  hypercallPage: bigint | undefined;
  initP2m: bigint | undefined;
  /** The module may stay unmapped and is told by frame. */
  unmappedModule: boolean;
  /** The top table may lie above 4 GiB. */
  extendedCr3: boolean;
}

/** A note's number: 1, 2, 4 or 8 bytes, little-endian. */
export function noteNumber(contents: Uint8Array): bigint {
  if (![1, 2, 4, 8].includes(contents.length)) {
    throw new ImageError(
      `a Xen note has ${contents.length} bytes, not a number`);
  }
  return contents.reduceRight(
    (sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

/** Turn notes into wishes. Xen: libelf-dominfo.c, elf_xen_parse. */
export function kernelParams(elf: Elf): KernelParams {
  if (elf.notes.size === 0 && elf.guestSection === undefined) {
    throw new ImageError('no Xen notes: not a paravirtual kernel');
  }
  const notes = notesOf(elf);
  if (notes.has(Note.PHYS32_ENTRY) && !notes.has(Note.ENTRY)) {
    throw new ImageError('a PVH kernel, not a paravirtual one');
  }
  const number = (type: number) => {
    const contents = notes.get(type);
    return contents && noteNumber(contents);
  };
  const virtBase = number(Note.VIRT_BASE) ?? 0n;
  const shift = virtBase - (number(Note.PADDR_OFFSET) ?? 0n);
  const segments = elf.loads.map(
    (s) => ({ ...s, vaddr: s.paddr + shift }));
  const params: KernelParams = {
    width: elf.width, virtBase, segments, ...extent(segments),
    entry: number(Note.ENTRY) ?? elf.entry,
    hypercallPage: number(Note.HYPERCALL_PAGE),
    initP2m: elf.width === 8 ? number(Note.INIT_P2M) : undefined,
    unmappedModule: (number(Note.MOD_START_PFN) ?? 0n) !== 0n,
    extendedCr3: /bimodal|extended-cr3/.test(
      textOf(notes.get(Note.PAE_MODE) ?? new Uint8Array())),
  };
  checkParams(params, notes);
  return params;
}

function extent(segments: Segment[]): { start: bigint; end: bigint } {
  const [first] = segments;
  if (!first) throw new ImageError('nothing to load in this file');
  let start = first.vaddr;
  let end = start;
  for (const { vaddr, memsz } of segments) {
    if (vaddr < start) start = vaddr;
    if (vaddr + memsz > end) end = vaddr + memsz;
  }
  return { start, end };
}

function notesOf(elf: Elf): Map<number, Uint8Array> {
  if (elf.notes.size === 0 && elf.guestSection !== undefined) {
    return translated(elf.guestSection);
  }
  return elf.notes;
}

function checkParams(p: KernelParams, notes: Elf['notes']): void {
  const inside = p.entry >= p.start && p.entry < p.end;
  if (!inside || p.start < p.virtBase) {
    throw new ImageError(`start or entry out of bounds: kernel `
      + `${hex(p.start)} to ${hex(p.end)}, base ${hex(p.virtBase)}, `
      + `entry ${hex(p.entry)}`);
  }
  const top = p.width === 4 ? 0xf580_0000n : 1n << 64n;
  if (p.end > top) {
    throw new ImageError(`kernel ends at ${hex(p.end)}, `
      + `in the hypervisor's hole`);
  }
  const text = (t: number) => textOf(notes.get(t) ?? new Uint8Array());
  const version = text(Note.XEN_VERSION);
  if (version !== '' && version !== 'xen-3.0') {
    throw new ImageError(`made for ${version}, we are xen-3.0`);
  }
  const loader = text(Note.LOADER);
  if (loader !== '' && loader !== 'generic') {
    throw new ImageError(`wants the loader ${loader}`);
  }
  if (p.width === 4 && !/yes|bimodal/.test(text(Note.PAE_MODE))) {
    throw new ImageError('a 32-bit kernel without PAE');
  }
}

const hex = (n: bigint) => `0x${n.toString(16)}`;

const keys: ReadonlyMap<string, number> = new Map<string, number>([
  ['LOADER', Note.LOADER], ['GUEST_OS', Note.GUEST_OS],
  ['GUEST_VER', Note.GUEST_VERSION], ['XEN_VER', Note.XEN_VERSION],
  ['PAE', Note.PAE_MODE], ['FEATURES', Note.FEATURES],
  ['VIRT_BASE', Note.VIRT_BASE], ['VIRT_ENTRY', Note.ENTRY],
  ['ELF_PADDR_OFFSET', Note.PADDR_OFFSET],
  ['HYPERCALL_PAGE', Note.HYPERCALL_PAGE],
]);
const numeric: ReadonlySet<number> = new Set([Note.VIRT_BASE,
  Note.ENTRY, Note.PADDR_OFFSET, Note.HYPERCALL_PAGE]);

function translated(section: string): Map<number, Uint8Array> {
  const notes = new Map<number, Uint8Array>();
  for (const part of section.split(',')) {
    const [key = '', value = ''] = part.trim().split('=');
    const type = keys.get(key);
    if (type === undefined) continue;
    notes.set(type, numeric.has(type) ? numberBytes(value)
      : Uint8Array.from(value || 'yes', (c) => c.charCodeAt(0)));
  }
  const base = notes.get(Note.VIRT_BASE);
  if (base && !notes.has(Note.PADDR_OFFSET)) {
    notes.set(Note.PADDR_OFFSET, base);
  }
  const page = notes.get(Note.HYPERCALL_PAGE);
  if (page) notes.set(Note.HYPERCALL_PAGE, bigBytes(
    noteNumber(page) * 4096n + (base ? noteNumber(base) : 0n)));
  return notes;
}

function numberBytes(text: string): Uint8Array {
  if (!/^(0x[0-9a-f]+|\d+)$/i.test(text)) {
    throw new ImageError(`__xen_guest: ${text} is not a number`);
  }
  return bigBytes(BigInt(text));
}

function bigBytes(value: bigint): Uint8Array {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, value, true);
  return new Uint8Array(view.buffer);
}
