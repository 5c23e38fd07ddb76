// What the page's type checker needs beside the book: the compiler's options,
// the declarations of the language and of the browser, and those of the
// packages that the program imports. Node's are left out, because nothing
// that runs in a page can use them. Comments are, too: nobody reads them here.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import type { Program } from '../src/lit/book.ts';
import { textOf } from '../src/lit/check/closure.ts';

export interface LanguageData {
  /** As they stand in tsconfig.json. */
  options: object;
  /** Packages whose declarations there are, see `packageTypes`. */
  packages: string[];
  /** name → text of each lib.*.d.ts */
  files: Record<string, string>;
}

const root = join(import.meta.dirname, '..').replaceAll('\\', '/');

/** The options that say how the book is checked, without Node's types. */
function readOptions(): object {
  const { config } = ts.readConfigFile(
    join(root, 'tsconfig.json'), ts.sys.readFile) as {
      config: { compilerOptions: object };
    };
  return { ...config.compilerOptions, types: [] };
}

/** What is there before anything is imported. */
export function languageTypes(program: Program): LanguageData {
  const options = readOptions();
  const files: Record<string, string> = {};
  for (const source of sources('export {};', options).files) {
    files[source.fileName.split('/').at(-1) ?? ''] = withoutComments(source);
  }
  return { options, packages: packagesOf(program), files };
}

/** path → text of the declarations behind a package's name, and of each
 * package.json that leads to them. */
export function packageTypes(name: string): Record<string, string> {
  const found = sources(`import '${name}';`,
    { ...readOptions(), noLib: true });
  return Object.fromEntries([
    ...found.files.map((source) =>
      [source.fileName.slice(root.length), withoutComments(source)] as const),
    ...found.packages.map((path) =>
      [path.slice(root.length), readFileSync(path, 'utf8')] as const),
  ].filter(([path]) => !path.startsWith('/node_modules/@types/node/')));
}

/** What files of the program import by name, but for what needs Node. */
function packagesOf(program: Program): string[] {
  const files = [...program.final.values(), ...program.extras.values()];
  const names = files.flatMap((lines) =>
    ts.preProcessFile(textOf(lines)).importedFiles.map((f) => f.fileName));
  return [...new Set(names)].sort()
    .filter((name) => /^[@a-z]/.test(name) && !/^node:|\/node$/.test(name));
}

/** The files that a text at the root makes the compiler read. */
function sources(
  text: string, options: object,
): { files: readonly ts.SourceFile[]; packages: string[] } {
  const start = `${root}/start.ts`;
  const { options: parsed } = ts.parseJsonConfigFileContent(
    { compilerOptions: options, files: [start] }, ts.sys, root);
  const packages: string[] = [];
  const host = ts.createCompilerHost(parsed);
  const { fileExists, readFile } = host;
  host.fileExists = (name) => name === start || fileExists(name);
  host.readFile = (name) => {
    if (name.endsWith('/package.json')
      && name.includes('/node_modules/')) packages.push(name);
    return name === start ? text : readFile(name);
  };
  const files = ts.createProgram([start], parsed, host).getSourceFiles()
    .filter((source) => source.fileName !== start);
  return { files, packages };
}

const printer = ts.createPrinter({ removeComments: true });

function withoutComments(source: ts.SourceFile): string {
  return printer.printFile(source);
}
