import { levels, span, type Range, type Table } from
  '#book/dom0/builder/tables.ts';

/** The tables that map these ranges, top first; frames unset. */
export function tablesFor(width: 4 | 8, ranges: Range[]): Table[] {
  return [];
}
