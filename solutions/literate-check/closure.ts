import { resolveImport } from '#book/lit/check/closure.ts';
import { type Snapshot, render } from '#book/lit/model.ts';

const IMPORT = /(?:from|URL\()\s*(['"])((?:\.|#book\/)[^'"]*)\1/g;

/** All files that a file needs, itself included, sorted. */
export function closure(files: Snapshot, start: string): string[] {
  const seen = new Set<string>();
  const visit = (path: string): void => {
    const lines = files.get(path);
    if (!lines || seen.has(path)) return;
    seen.add(path);
    for (const [, , what = ''] of render(lines).matchAll(IMPORT)) {
      visit(resolveImport(path, what));
    }
  };
  visit(start);
  return [...seen].sort();
}
