import type { Program } from '#book/lit/book.ts';
import { printPlace } from '#book/lit/model.ts';

/** The places of all blocks that changed a file, in order. */
export function history(program: Program, path: string): string[] {
  return program.steps.filter((step) => step.path === path)
    .map((step) => printPlace(step.block));
}
