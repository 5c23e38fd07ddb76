import { AT } from './tiers/layout.ts';

import { isZero, Page, Pages, ZERO } from './pages.ts';

/** Bytes of a page, the unit in which memory is watched. */
export const PAGE = 4096;

export type Width = 8 | 16 | 32;

/** What answers a range of physical addresses in RAM's stead.
 * Offsets count from `base`; values are unsigned. */
export interface Region {
  readonly base: number;
  readonly size: number;
  read(offset: number, bits: Width): number;
  write(offset: number, bits: Width, value: number): void;
}

/** Called after `bytes` bytes at `pa` of a watched page changed. */
export type OnWrite = (pa: number, bytes: number) => void;

/** Mark of a page in which a region lies. */
export const REGION = 1;
const WATCHED = 2;
/** As in the last snapshot: to be kept before it is written. */
const SAVED = 4;

/** Physical memory: RAM from 0, and regions that may cover it.
 * Addresses are numbers below 2^53. Outside of everything reads
 * give all ones and writes vanish, as on a PC's bus. */
export class Phys {
  /** Called for writes to watched pages. */
  readonly onWrite: OnWrite[] = [];
  /** Called when pages have got a mark they had not: what went by
   * this class's back before may do so no longer. */
  readonly onMark: ((pfns: readonly number[]) => void)[] = [];
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly marks: Uint8Array;
  private readonly regions: Region[] = [];

  /** @param size bytes of RAM, a multiple of 4096 below 2^32
   * @param memory where to keep it, from AT.ram on: then generated
   * code can reach it */
  constructor(
    readonly size: number, readonly memory?: WebAssembly.Memory,
  ) {
    const at = memory ? AT.ram : 0;
    const buffer = memory?.buffer ?? new ArrayBuffer(size);
    this.bytes = new Uint8Array(buffer, at, size);
    this.view = new DataView(buffer, at, size);
    const marks = memory ? buffer : new ArrayBuffer(size / PAGE);
    const behind = memory ? at + size : 0;
    this.marks = new Uint8Array(marks, behind, size / PAGE);
  }

  read32(pa: number): number {
    if (this.plain(pa, 4)) return this.view.getUint32(pa, true);
    return this.readSlowly(pa, 32);
  }

  /** Whether an access stays within one page without a region. */
  private plain(pa: number, bytes: number): boolean {
    return pa < this.size && (pa & 0xfff) <= PAGE - bytes
      && ((this.marks[pa >>> 12] ?? 0) & REGION) === 0;
  }

  read8(pa: number): number {
    if (this.plain(pa, 1)) return this.view.getUint8(pa);
    return this.readSlowly(pa, 8);
  }

  read16(pa: number): number {
    if (this.plain(pa, 2)) return this.view.getUint16(pa, true);
    return this.readSlowly(pa, 16);
  }

  read64(pa: number): bigint {
    const low = BigInt(this.read32(pa));
    return BigInt(this.read32(pa + 4)) << 32n | low;
  }

  private readSlowly(pa: number, bits: Width): number {
    const region = this.regionAt(pa);
    if (region && pa - region.base + bits / 8 <= region.size) {
      return region.read(pa - region.base, bits) >>> 0;
    }
    if (bits === 8) {
      return pa < this.size ? this.view.getUint8(pa) : 0xff;
    }
    const half = bits === 32 ? 16 : 8;
    const low = this.readSlowly(pa, half);
    return (this.readSlowly(pa + half / 8, half) << half | low) >>> 0;
  }

  private regionAt(pa: number): Region | undefined {
    return this.regions.findLast(
      ({ base, size }) => pa >= base && pa < base + size);
  }

  write32(pa: number, value: number): void {
    if (!this.plain(pa, 4)) return this.writeSlowly(pa, 32, value);
    if (this.marks[pa >>> 12] !== 0) this.keep(pa >>> 12);
    this.view.setUint32(pa, value, true);
    if (this.marks[pa >>> 12] !== 0) this.tell(pa, 4);
  }

  private tell(pa: number, bytes: number): void {
    for (const listener of this.onWrite) listener(pa, bytes);
  }

  write8(pa: number, value: number): void {
    if (!this.plain(pa, 1)) return this.writeSlowly(pa, 8, value);
    if (this.marks[pa >>> 12] !== 0) this.keep(pa >>> 12);
    this.view.setUint8(pa, value);
    if (this.marks[pa >>> 12] !== 0) this.tell(pa, 1);
  }

  write16(pa: number, value: number): void {
    if (!this.plain(pa, 2)) return this.writeSlowly(pa, 16, value);
    if (this.marks[pa >>> 12] !== 0) this.keep(pa >>> 12);
    this.view.setUint16(pa, value, true);
    if (this.marks[pa >>> 12] !== 0) this.tell(pa, 2);
  }

  write64(pa: number, value: bigint): void {
    this.write32(pa, Number(value & 0xffff_ffffn));
    this.write32(pa + 4, Number(value >> 32n & 0xffff_ffffn));
  }

  private writeSlowly(pa: number, bits: Width, value: number): void {
    const region = this.regionAt(pa);
    if (region && pa - region.base + bits / 8 <= region.size) {
      const mask = bits === 32 ? -1 : (1 << bits) - 1;
      region.write(pa - region.base, bits, (value & mask) >>> 0);
    } else if (bits === 8) this.writeByte(pa, value);
    else {
      const half = bits === 32 ? 16 : 8;
      this.writeSlowly(pa, half, value);
      this.writeSlowly(pa + half / 8, half, value >>> half);
    }
  }

  private writeByte(pa: number, value: number): void {
    if (pa >= this.size) return;
    this.keep(pa >>> 12);
    this.view.setUint8(pa, value);
    const mark = this.marks[pa >>> 12] ?? 0;
    if ((mark & WATCHED) !== 0) this.tell(pa, 1);
  }

  /** A copy of `length` bytes at `pa`, in a new array or in one. */
  readBytes(
    pa: number, length: number,
    copy: Uint8Array = new Uint8Array(length),
  ): Uint8Array {
    for (let at = 0, n = 0; at < length; at += n) {
      n = Math.min(PAGE - (pa + at) % PAGE, length - at);
      if (this.plain(pa + at, n)) {
        copy.set(this.bytes.subarray(pa + at, pa + at + n), at);
      } else {
        for (let i = at; i < at + n; i++) copy[i] = this.read8(pa + i);
      }
    }
    return copy;
  }

  writeBytes(pa: number, bytes: Uint8Array): void {
    for (let at = 0, n = 0; at < bytes.length; at += n) {
      n = Math.min(PAGE - (pa + at) % PAGE, bytes.length - at);
      this.writePiece(pa + at, bytes.subarray(at, at + n));
    }
  }

  private writePiece(pa: number, bytes: Uint8Array): void {
    if (this.plain(pa, bytes.length)) {
      this.keep(pa >>> 12);
      this.bytes.set(bytes, pa);
      if (this.marks[pa >>> 12] !== 0) this.tell(pa, bytes.length);
    } else bytes.forEach((byte, i) => this.write8(pa + i, byte));
  }

  /** Sets `length` bytes at `pa` to `byte`. */
  fill(pa: number, length: number, byte: number): void {
    const page = new Uint8Array(PAGE).fill(byte);
    for (let at = 0; at < length; at += PAGE) {
      this.writeBytes(pa + at, page.subarray(0, length - at));
    }
  }

  /** Lets a region answer; a later one covers an earlier one. */
  map(region: Region): void {
    this.regions.push(region);
    const end = Math.min(region.base + region.size, this.size);
    for (let pa = region.base; pa < end; pa += PAGE) {
      this.mark(pa >>> 12, REGION);
    }
    if (region.base < end) this.mark((end - 1) >>> 12, REGION);
  }

  /** Read-only memory at `base`. */
  rom(base: number, bytes: Uint8Array): void {
    const inside = new Phys(Math.ceil(bytes.length / PAGE) * PAGE);
    inside.writeBytes(0, bytes);
    this.map({
      base, size: bytes.length,
      read: (offset, bits) => bits === 8 ? inside.read8(offset)
        : bits === 16 ? inside.read16(offset) : inside.read32(offset),
      write: () => {},
    });
  }

  /** Has `onWrite` called for writes to this page of RAM. */
  watch(pfn: number): void { this.mark(pfn, WATCHED); }

  unwatch(pfn: number): void {
    this.marks[pfn] = (this.marks[pfn] ?? 0) & ~WATCHED;
  }

  private mark(pfn: number, mark: number): void {
    this.markAll([pfn], mark);
  }

  /** Whether generated code may read a page as it is (1), and write
   * it too (3); 0: neither. */
  direct(pa: number): number {
    if (pa >= this.size) return 0;
    const mark = this.marks[pa >>> 12] ?? 0;
    return (mark & REGION) !== 0 ? 0 : mark !== 0 ? 1 : 3;
  }

  /** The last snapshot taken or restored. Pages with the mark SAVED
   * are as they are there. */
  private saved: Pages | undefined;
  /** The others: written since. */
  private readonly written: number[] = [];

  /** Before a write: the snapshot's page is to keep its bytes. */
  private keep(pfn: number): void {
    const mark = this.marks[pfn] ?? 0;
    if ((mark & SAVED) === 0) return;
    this.saved?.at(pfn).keep();
    this.marks[pfn] = mark & ~SAVED;
    this.written.push(pfn);
  }

  private markAll(pfns: readonly number[], mark: number): void {
    const fresh = pfns.filter((pfn) =>
      ((this.marks[pfn] ?? 0) & mark) === 0);
    for (const pfn of pfns) {
      this.marks[pfn] = (this.marks[pfn] ?? 0) | mark;
    }
    if (fresh.length === 0) return;
    for (const listener of this.onMark) listener(fresh);
  }

  /** RAM at this moment. Only the first time looks at all of it. */
  save(): Pages {
    const { saved, written } = this;
    const page = (pfn: number): Page => new Page(this, pfn);
    if (!saved) return this.saveAll();
    if (written.length === 0) return saved;
    this.saved = saved.with(written, page);
    this.markAll(written.splice(0), SAVED);
    return this.saved;
  }

  private saveAll(): Pages {
    const count = this.size / PAGE;
    this.saved = Pages.of(count, (pfn) =>
      isZero(this.bytes, pfn * PAGE) ? ZERO : new Page(this, pfn));
    this.markAll(Array.from({ length: count }, (_, n) => n), SAVED);
    return this.saved;
  }

  /** A copy of a page of RAM, whatever covers it. */
  copy(pfn: number): Uint8Array {
    return this.bytes.slice(pfn * PAGE, (pfn + 1) * PAGE);
  }

  /** Makes RAM what it was; writes pages that differ. Regions and
   * watches stay. */
  restore(pages: Pages): void {
    if (pages.count !== this.size / PAGE) {
      throw new RangeError('a snapshot of another size of memory');
    }
    const before = this.saved ?? this.save();
    const written = this.written.splice(0);
    const changed = new Set(
      [...written, ...pages.differences(before)]);
    for (const pfn of changed) this.replace(pfn, before, pages);
    this.saved = pages;
    this.markAll(written, SAVED);
  }

  private replace(pfn: number, before: Pages, pages: Pages): void {
    const mark = this.marks[pfn] ?? 0;
    if ((mark & SAVED) !== 0) before.at(pfn).keep();
    this.bytes.set(pages.at(pfn).keep(), pfn * PAGE);
    if ((mark & WATCHED) !== 0) this.tell(pfn * PAGE, PAGE);
  }
}
