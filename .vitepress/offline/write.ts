// Writes, beside the built site, its service worker, the list of the files
// that the worker keeps, and these files compressed: pages and their code are
// a tenth as large then, whatever server the site stands on.
import { createHash } from 'node:crypto';
import {
  mkdirSync, readdirSync, readFileSync, statSync, writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import ts from 'typescript';
import type { SiteFiles } from './files.ts';

/** Not kept: the whole book to print, which repeats the pages. */
const LEFT_OUT = /\.(pdf|epub)$|^(sw\.js$|files\.json$|packed\/)/;
/** Kept once it was used: what the exercises' type checker reads. TypeScript
 * is kept, because the benches of the book's tools have it too. */
const LATER = /^types\//;

export function writeOffline(outDir: string): void {
  const list = listFiles(outDir);
  writeFileSync(join(outDir, 'files.json'), JSON.stringify(list));
  writeFileSync(join(outDir, 'sw.js'), workerScript());
}

function listFiles(outDir: string): SiteFiles {
  const list: SiteFiles = {
    files: {}, bytes: 0, later: { paths: [], bytes: 0 },
  };
  mkdirSync(join(outDir, 'packed'), { recursive: true });
  const names = readdirSync(outDir, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/')).sort();
  for (const name of names) {
    const path = join(outDir, name);
    if (LEFT_OUT.test(name) || !statSync(path).isFile()) continue;
    const content = readFileSync(path);
    const hash = createHash('sha256').update(content).digest('hex').slice(0, 12);
    const packed = gzipSync(content, { level: 9 });
    writeFileSync(join(outDir, 'packed', hash), packed);
    list.files[name] = hash;
    const part = LATER.test(name) ? list.later : list;
    part.bytes += packed.length;
    if (part === list.later) list.later.paths.push(name);
  }
  return list;
}

function workerScript(): string {
  const source = readFileSync(join(import.meta.dirname, 'worker.ts'), 'utf8');
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: {
      target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext,
      removeComments: true,
    },
  });
  return outputText.replace(/^export \{\};?$/m, '');
}
