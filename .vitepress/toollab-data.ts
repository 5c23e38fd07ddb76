// What a bench of the book's tools loads: the modules of its chapter.
import type { Program } from '../src/lit/book.ts';
import { toolLabs } from '../tools/toollab/labs.ts';
import { modulesOf } from '../tools/toollab/modules-of.ts';

/** Lab → path → compiled text; or of the one lab alone. */
export function toolLabData(
  program: Program, only?: string,
): Map<string, Record<string, string>> {
  return new Map(toolLabs.filter(({ id }) => only === undefined || id === only)
    .map((lab) => [lab.id, modulesOf(program, lab)]));
}
