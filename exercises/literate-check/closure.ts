import { resolveImport } from '#book/lit/check/closure.ts';
import { type Snapshot, render } from '#book/lit/model.ts';

/** All files that a file needs, itself included, sorted. */
export function closure(files: Snapshot, start: string): string[] {
  const text = render(files.get(start) ?? []);
  throw new Error(`yours: ${text} ${resolveImport(start, './x.ts')}`);
}
