import type { Row } from '#book/x86/opcodes.ts';

/** The larger, the more special. */
function rank(row: Row): number {
  const exact = row.exact >= 0;
  const modrm = exact ? (row.plus ? 2 : 3) : row.digits ? 1 : 0;
  const single = exact || !row.plus;
  return modrm * 4 + (row.prefix >= 0 ? 2 : 0) + (single ? 1 : 0);
}

/** Gives a place to a row, or to the more special of two. */
export function put(
  rows: (Row | undefined)[], at: number, row: Row,
): void {
  const old = rows[at];
  const more = old ? rank(row) - rank(old) : 1;
  if (more === 0) {
    throw new Error(`both: ${old?.text ?? ''} and ${row.text}`);
  }
  if (more > 0) rows[at] = row;
}
