import type { Row } from '#book/x86/opcodes.ts';

/** Gives a place to a row, or to the more special of two. */
export function put(
  rows: (Row | undefined)[], at: number, row: Row,
): void {
}
