/** Virtual addresses, the end exclusive. */
export interface Range { from: bigint; to: bigint }

/** A page table that maps `base` up to `base + span(level)`. */
export interface Table { level: number; base: bigint; pfn: number }

/** Bytes that one table of a level covers; level 1 is the last. */
export const span = (level: number): bigint =>
  1n << BigInt(12 + 9 * level);

/** Three levels (PAE) for 32-bit guests, four for 64-bit ones. */
export const levels = (width: 4 | 8): number => width === 4 ? 3 : 4;

/** The tables that map these ranges, top first; frames unset. */
export function tablesFor(width: 4 | 8, ranges: Range[]): Table[] {
  const tables: Table[] = [];
  for (let level = levels(width); level > 0; level--) {
    const bases = new Set<bigint>();
    for (const range of ranges) {
      const { from, to } = widened(width, level, range);
      const step = span(level);
      for (let base = from / step * step; base < to; base += step) {
        bases.add(base);
      }
    }
    const sorted = [...bases].sort((a, b) => a < b ? -1 : 1);
    tables.push(...sorted.map((base) => ({ level, base, pfn: 0 })));
  }
  return tables;
}

/** PAE: level 2 always reaches up to the hole in the last GiB. */
function widened(width: 4 | 8, level: number, range: Range): Range {
  return width === 4 && level === 2
    ? { from: range.from, to: 1n << 32n } : range;
}

const present = 0x01n, writable = 0x02n, user = 0x04n;
const accessed = 0x20n, dirty = 0x40n;
const pointer = present | writable | user | accessed | dirty;

/** What stands at an address: a frame, and how it may be used. */
export type Leaf = (va: bigint) =>
  { pfn: number; readOnly: boolean } | undefined;

/** The 512 entries of one table, as bytes for the guest. */
export function fill(table: Table, all: Table[], leaf: Leaf,
  mfnOf: (pfn: number) => number): Uint8Array {
  const page = new DataView(new ArrayBuffer(4096));
  const below = new Map(all
    .filter((t) => t.level === table.level - 1)
    .map((t) => [t.base, t]));
  const step = span(table.level - 1);
  for (let i = 0; i < 512; i++) {
    const va = table.base + BigInt(i) * step;
    const next = table.level === 1 ? leaf(va) : below.get(va);
    if (!next) continue;
    const entry = BigInt(mfnOf(next.pfn)) << 12n;
    const flags = 'level' in next ? linkFlags(table, all)
      : present | accessed | (next.readOnly ? 0n : writable);
    page.setBigUint64(i * 8, entry | flags, true);
  }
  return new Uint8Array(page.buffer);
}

/** PAE's top entries know neither writable nor user: SDM 3A §4.4.2. */
function linkFlags(table: Table, all: Table[]): bigint {
  const top = all[0]?.level;
  return top === 3 && table.level === 3 ? present : pointer;
}
