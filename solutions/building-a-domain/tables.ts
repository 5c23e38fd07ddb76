import { levels, span, type Range, type Table } from
  '#book/dom0/builder/tables.ts';

/** The tables that map these ranges, top first; frames unset. */
export function tablesFor(width: 4 | 8, ranges: Range[]): Table[] {
  const tables: Table[] = [];
  for (let level = levels(width); level > 0; level--) {
    const bases = new Set<bigint>();
    for (const { from, to: end } of ranges) {
      const to = width === 4 && level === 2 ? 1n << 32n : end;
      const step = span(level);
      for (let base = from / step * step; base < to; base += step) {
        bases.add(base);
      }
    }
    const sorted = [...bases].sort((a, b) => a < b ? -1 : 1);
    for (const base of sorted) {
      tables.push({ level, base, pfn: 0 });
    }
  }
  return tables;
}
