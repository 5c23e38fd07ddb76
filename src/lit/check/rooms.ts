import { join } from 'node:path';
import { readText, removeFile, writeChanged } from '../files.ts';
import { digest } from './closure.ts';

const MANIFEST = '.manifest.json';

/** Lets `#book/x.ts` mean `src/x.ts` of the folder it stands in. */
const PACKAGE = JSON.stringify({
  type: 'module', imports: { '#book/*': './src/*' },
});

/** Makes a folder hold exactly these files, writing few. */
export function furnish(
  root: string, folder: string, files: ReadonlyMap<string, string>,
): void {
  const full = join(root, folder);
  const manifest = join(full, MANIFEST);
  const all = new Map(files).set('package.json', PACKAGE);
  const old = JSON.parse(readText(manifest) ?? '{}') as
    Record<string, string>;
  const now: Record<string, string> = {};
  for (const [path, text] of all) {
    now[path] = digest(text);
    if (old[path] !== now[path]) writeChanged(join(full, path), text);
  }
  for (const path of Object.keys(old)) {
    if (!(path in now)) removeFile(full, path);
  }
  writeChanged(manifest, JSON.stringify(now));
}

/** The folder that holds a chapter's program. */
export function roomOf(slug: string): string {
  return `.lit/snap/${slug}`;
}
