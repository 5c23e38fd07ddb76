import {
  AT, MAP, MISSED, PAGE_ENTRY, RECORD, SEEN,
} from '../../machine/tiers/layout.ts';

/** A page of code as it is seen in one context. */
export interface PageView {
  /** Its frame, its linear page and the context that it is for. */
  readonly pfn: number;
  readonly page: number;
  readonly context: number;
  /** Where the map of its records is. */
  readonly map: number;
  /** A copy of its bytes, behind the map. */
  readonly bytes: Uint8Array;
  /** How many of its first bytes an instruction before it uses. */
  tail: number;
}

/** The arena of records and maps, in the machine's memory. */
export class Arena {
  private readonly words: Int32Array;
  private readonly bytes: Uint8Array;
  constructor(private readonly memory: WebAssembly.Memory) {
    this.words = new Int32Array(memory.buffer, 0, AT.ram >> 2);
    this.bytes = new Uint8Array(memory.buffer, 0, AT.ram);
    this.set(AT.free, AT.arena);
    this.set(AT.end, AT.ram);
  }

  get(at: number): number { return this.words[at >> 2] ?? 0; }
  set(at: number, value: number): void { this.words[at >> 2] = value; }

  byte(at: number): number { return this.bytes[at] ?? 0; }
  half(at: number): number {
    return this.byte(at) | this.byte(at + 1) << 8;
  }
  setHalf(at: number, value: number): void {
    this.bytes[at] = value;
    this.bytes[at + 1] = value >> 8;
  }

  /** How often a record has missed, or others that share its count. */
  missesOf(record: number): number {
    const last = MISSED.COUNT - 1 << MISSED.SHIFT;
    return this.get(AT.missed + (record & last));
  }

  /** So many bytes, all 0; 0: there is no more room. */
  take(bytes: number): number {
    const at = this.get(AT.free);
    if (at + bytes > this.get(AT.end)) return 0;
    this.set(AT.free, at + bytes);
    return at;
  }

  /** Words that stand at its end, when it is empty. */
  begin(words: Int32Array): void {
    const at = AT.ram - 4 * words.length;
    this.words.set(words, at >> 2);
    this.set(AT.end, at);
  }

  /** All that has been taken at the end. */
  taken(): Int32Array {
    return this.words.slice(this.get(AT.end) >> 2);
  }

  /** What fills one record fills another. */
  copyHoles(from: number, to: number): void {
    const first = from + RECORD.LENGTH;
    const end = from + RECORD.BYTES;
    this.bytes.copyWithin(to + RECORD.LENGTH, first, end);
  }

  takeMap(): number { return this.take(MAP.BYTES); }
  takeRecord(): number { return this.take(RECORD.BYTES); }

  /** The copy of a page's bytes behind its map. */
  copyBehind(map: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, map + MAP.COPY, 0x1000);
  }

  clearMap(map: number): void {
    this.words.fill(0, map >> 2, (map + MAP.COPY) >> 2);
  }

  /** The same as `take`, from the other end. */
  takeLast(bytes: number): number {
    const at = this.get(AT.end) - bytes;
    if (at < this.get(AT.free)) return 0;
    this.set(AT.end, at);
    return at;
  }

  /** Everything is free again. */
  clear(): void {
    this.words.fill(0, AT.arena >> 2, this.get(AT.free) >> 2);
    this.words.fill(0, this.get(AT.end) >> 2);
    this.set(AT.free, AT.arena);
    const end = AT.seen + (SEEN.COUNT << SEEN.SHIFT);
    this.words.fill(0, AT.seen >> 2, end >> 2);
    this.set(AT.end, AT.ram);
    this.clearPages();
  }

  /** A page of code can be found again. */
  see(view: PageView): void {
    const at = seenAt(view);
    this.set(at + SEEN.TAG, view.page | view.context);
    this.set(at + SEEN.FRAME, view.pfn);
    this.set(at + SEEN.MAP, view.map);
  }

  /** Or cannot any longer. */
  unsee(view: PageView): void {
    const at = seenAt(view);
    if (this.get(at + SEEN.MAP) === view.map) this.set(at, 0);
  }

  /** No page of code is known to be where it was. */
  clearPages(): void {
    this.words.fill(0, AT.pages >> 2, (AT.pages + 0x2000) >> 2);
  }

  clearPage(slot: number): void {
    const at = (AT.pages + (slot << PAGE_ENTRY.SHIFT)) >> 2;
    this.words[at] = 0;
    this.words[at + 1] = 0;
  }

  setPage(slot: number, tag: number, map: number): void {
    const at = (AT.pages + (slot << PAGE_ENTRY.SHIFT)) >> 2;
    this.words[at] = tag;
    this.words[at + 1] = map;
  }

  mapAt(slot: number): number {
    const at = AT.pages + (slot << PAGE_ENTRY.SHIFT);
    return this.get(at + PAGE_ENTRY.MAP);
  }
}

/** Where a page would be among those that were known once. */
function seenAt({ pfn }: PageView): number {
  return AT.seen + ((pfn & (SEEN.COUNT - 1)) << SEEN.SHIFT);
}
