import { join } from 'node:path';
import ts from 'typescript';
import { endOf, type Program } from '../book.ts';
import { linesOf } from '../apply.ts';
import type { Block, Line, Problem, Snapshot } from '../model.ts';
import { problemAt } from '../model.ts';
import type { Cache } from './cache.ts';
import {
  closureKey, digest, resolveImport, textOf,
} from './closure.ts';
import { toChapter } from './places.ts';
import type { Desk } from './report.ts';

/** One chapter's program as the compiler sees it. */
interface Room {
  readonly slug: string;
  readonly files: Snapshot;
  /** The files that are not known to be good. */
  readonly doubtful: readonly string[];
  /** Scratch blocks that must not type-check, by path. */
  readonly failing: ReadonlyMap<string, Block>;
}

/** Type-checks every chapter's snapshot with its exercises. */
export function checkTypes(desk: Desk): Problem[] {
  const { root, book, slugs, cache, tell } = desk;
  const options = readOptions(root);
  const salt = digest(ts.version, JSON.stringify(options));
  const service = new Compiler(root, options);
  const problems: Problem[] = [];
  for (const slug of slugs) {
    const room = enter(book, slug, salt, cache);
    if (room.doubtful.length === 0) continue;
    tell(`types: ${slug} (${room.doubtful.length} files)`);
    const found = service.check(room);
    problems.push(...found);
    if (found.length > 0) continue;
    for (const path of room.doubtful) {
      cache.put(`types ${salt} ${closureKey(room.files, path)}`, 1);
    }
  }
  return unique(problems);
}

function unique(problems: readonly Problem[]): Problem[] {
  const seen = new Map(problems.map((p) => [JSON.stringify(p), p]));
  return [...seen.values()];
}

function readOptions(root: string): ts.CompilerOptions {
  const file = join(root, 'tsconfig.json');
  const { config } = ts.readConfigFile(file, ts.sys.readFile);
  return ts.parseJsonConfigFileContent(config, ts.sys, root).options;
}

/** A chapter's files: program, exercises, scratch blocks. */
export function roomFiles(
  book: Program, slug: string,
): { files: Snapshot; failing: Map<string, Block> } {
  const files = new Map(endOf(book, slug));
  const failing = new Map<string, Block>();
  for (const [path, lines] of book.extras) {
    if (path.split('/')[1] === slug) files.set(path, lines);
  }
  for (const { block } of book.steps) {
    if (block.slug !== slug || block.kind !== 'scratch') continue;
    if (block.lang !== 'ts') continue;
    const path = `scratch/${slug}/${block.line}.ts`;
    const end: Line = {
      text: 'export {};', file: block.file, block, indent: 0,
      line: block.line,
    };
    files.set(path, [...linesOf(block), end]);
    if (block.words.has('fails')) failing.set(path, block);
  }
  return { files, failing };
}

function enter(
  book: Program, slug: string, salt: string, cache: Cache,
): Room {
  const { files, failing } = roomFiles(book, slug);
  const doubtful = [...files.keys()].filter((path) =>
    /\.tsx?$/.test(path)
    && !cache.has(`types ${salt} ${closureKey(files, path)}`));
  return { slug, files, failing, doubtful };
}

/** One compiler for all chapters, sharing parsed files. */
class Compiler {
  readonly #root: string;
  readonly #options: ts.CompilerOptions;
  readonly #parsed = new Map<string, ts.SourceFile>();
  readonly #resolved: ts.ModuleResolutionCache;
  #last: ts.Program | undefined;

  constructor(root: string, options: ts.CompilerOptions) {
    this.#root = ts.sys.resolvePath(root);
    this.#options = options;
    this.#resolved = ts.createModuleResolutionCache(
      this.#root, (name) => name, options);
  }

  /** The problems of a chapter's doubtful files. */
  check(room: Room): Problem[] {
    const names = room.doubtful.map((path) => `${this.#root}/${path}`);
    const program = ts.createProgram(
      names, this.#options, this.#host(room.files), this.#last);
    this.#last = program;
    return room.doubtful.flatMap((path) => {
      const source = program.getSourceFile(`${this.#root}/${path}`);
      const found = [
        ...program.getSyntacticDiagnostics(source),
        ...program.getSemanticDiagnostics(source),
      ];
      const block = room.failing.get(path);
      if (!block) return found.map((d) => place(room.files, path, d));
      return found.length > 0 ? []
        : [problemAt(block, 0, 'this was to fail, but type-checks')];
    });
  }

  #host(files: Snapshot): ts.CompilerHost {
    const host = ts.createCompilerHost(this.#options);
    const { fileExists, readFile, getSourceFile } = host;
    const own = (name: string): string | undefined => {
      const lines = files.get(name.slice(this.#root.length + 1));
      return name.startsWith(`${this.#root}/`) && lines
        ? textOf(lines) : undefined;
    };
    host.fileExists = (name) =>
      own(name) !== undefined || fileExists(name);
    host.readFile = (name) => own(name) ?? readFile(name);
    host.getSourceFile = (name, target) => {
      const text = own(name);
      return this.#parse(`${name} ${text && digest(text)}`, () =>
        text === undefined ? getSourceFile(name, target)
          : ts.createSourceFile(name, text, target));
    };
    host.resolveModuleNameLiterals = (literals, from) =>
      literals.map(({ text }) => ({
        resolvedModule: this.#resolve(text, from, files, host),
      }));
    return host;
  }

  /** A file of the same name and text is parsed once. */
  #parse(
    key: string, make: () => ts.SourceFile | undefined,
  ): ts.SourceFile | undefined {
    const source = this.#parsed.get(key) ?? make();
    if (source) this.#parsed.set(key, source);
    return source;
  }

  /** Our own modules come from the snapshot, never from disk. */
  #resolve(
    what: string, from: string, files: Snapshot,
    host: ts.CompilerHost,
  ): ts.ResolvedModuleFull | undefined {
    const root = `${this.#root}/`;
    const inside = from.startsWith(root)
      && files.has(from.slice(root.length));
    if (inside && /^(\.|#book\/)/.test(what)) {
      const path = resolveImport(from.slice(root.length), what);
      if (!files.has(path)) return undefined;
      return {
        resolvedFileName: root + path, extension: ts.Extension.Ts,
        isExternalLibraryImport: false,
      };
    }
    return ts.resolveModuleName(
      what, inside ? `${root}src/x.ts` : from,
      this.#options, host, this.#resolved).resolvedModule;
  }
}

function place(
  files: Snapshot, path: string, found: ts.Diagnostic,
): Problem {
  const text = ts.flattenDiagnosticMessageText(found.messageText, ' ');
  const message = `TS${found.code}: ${text}`;
  const { line, character } = found.file
    ?.getLineAndCharacterOfPosition(found.start ?? 0)
    ?? { line: 0, character: 0 };
  return toChapter(files, path, line + 1, character + 1, message);
}
