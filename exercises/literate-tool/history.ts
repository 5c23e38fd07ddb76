import type { Program } from '#book/lit/book.ts';

/** The places of all blocks that changed a file, in order. */
export function history(program: Program, path: string): string[] {
  throw new Error(`yours to write: ${path}`);
}
