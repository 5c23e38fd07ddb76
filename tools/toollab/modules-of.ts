// The book's modules that a bench loads, as they stand at the end of its
// chapter, compiled.
import ts from 'typescript';
import { closure, textsOf } from '../../src/lit/check/closure.ts';
import { endOf, type Program } from '../../src/lit/book.ts';
import type { ToolLab } from './lab.ts';

/** path → CommonJS. Throws where the chapter has no such module. */
export function modulesOf(
  program: Program, { id, roots }: Pick<ToolLab, 'id' | 'roots'>,
): Record<string, string> {
  const files = endOf(program, id);
  const missing = roots.filter((path) => !files.has(path));
  if (missing.length > 0) {
    throw new Error(`at the end of ${id} there is no ${missing.join(', ')}`);
  }
  const needed = new Set(roots.flatMap((path) => closure(files, path)));
  return Object.fromEntries([...textsOf(files, needed)]
    .filter(([path]) => path.endsWith('.ts'))
    .map(([path, text]) => [path, compile(path, text)]));
}

/** A page's modules have no address of their own. */
function compile(path: string, text: string): string {
  const plain = text.replaceAll('import.meta.url', `'file:///${path}'`);
  return ts.transpileModule(plain, {
    fileName: path, compilerOptions: {
      module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022,
      esModuleInterop: true,
    },
  }).outputText;
}
