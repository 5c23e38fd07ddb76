// Types and documentation of names, asked of TypeScript's language service
// with the program as it stands at the end of each chapter.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import type { Chapter, Program, Step } from '../src/lit/book.ts';
import { type Line, render, type Snapshot } from '../src/lit/model.ts';

export interface PageHovers {
  texts: [code: string, doc: string][];
  /** block order → line of the block → [column, length, text][] */
  blocks: Record<string, Record<string, [number, number, number][]>>;
}

const root = join(import.meta.dirname, '..');

/** Hovers by page; `only` names one page, else all are made. */
export function hoversOf(
  program: Program, only?: string,
): Map<string, PageHovers> {
  const service = new SnapshotService();
  const pages = new Map<string, PageHovers>();
  for (const chapter of program.book.chapters) {
    if (only && only.replace(/\.more$/, '') !== chapter.slug) continue;
    const end = program.ends.get(chapter.slug);
    if (!end) continue;
    service.show(end);
    collect(pages, chapter, program.steps, end, service);
  }
  return pages;
}

function collect(
  pages: Map<string, PageHovers>, chapter: Chapter,
  steps: readonly Step[], end: Snapshot, service: SnapshotService,
): void {
  const paths = new Set(steps.filter((s) => s.block.slug === chapter.slug)
    .flatMap((s) => s.path?.endsWith('.ts') ? [s.path] : []));
  const indices = new Map<PageHovers, Map<string, number>>();
  for (const path of paths) {
    const lines = (end.get(path) ?? []).filter((l) => l.mark !== 'slot');
    const ours = (at: number): boolean =>
      lines[at]?.block.slug === chapter.slug && !lines[at].mark;
    for (const found of service.names(path, ours)) {
      const line = lines[found.line];
      if (!line) continue;
      const page = pageOf(pages, line);
      const texts = indices.get(page) ?? new Map<string, number>();
      indices.set(page, texts);
      remember(page, texts, line, found);
    }
  }
}

function pageOf(pages: Map<string, PageHovers>, line: Line): PageHovers {
  const name = line.file.replace(/^chapters\//, '').replace(/\.md$/, '');
  const page = pages.get(name) ?? { texts: [], blocks: {} };
  pages.set(name, page);
  return page;
}

interface Name {
  line: number;
  column: number;
  length: number;
  code: string;
  doc: string;
}

function remember(
  page: PageHovers, texts: Map<string, number>, line: Line, name: Name,
): void {
  const key = `${name.code}\n${name.doc}`;
  const index = texts.get(key) ?? page.texts.push([name.code, name.doc]) - 1;
  texts.set(key, index);
  const rows = page.blocks[line.block.order] ??= {};
  const row = rows[line.line - line.block.line - 1] ??= [];
  row.push([name.column - line.indent, name.length, index]);
}

/** The part of a checker that prints a symbol's name; not in its type. */
interface Printer {
  writeSymbol(symbol: ts.Symbol, around: ts.Node | undefined, meaning: unknown,
    flags: unknown, writer: { writeSymbol(text: string, symbol: ts.Symbol): void }): void;
}

/** Two searches spared that take most of the time and find nothing. For each
 * name that it prints the checker looks through all files for other modules
 * that export it; we print none of them. And it looks for ways to reach a
 * local variable from outside; there are none. */
function printQuickly(program: ts.Program, checker: ts.TypeChecker): void {
  if (printing.has(checker)) return;
  printing.add(checker);
  program.getSourceFiles = () => [];
  const printer = checker as unknown as Printer;
  const slowly = printer.writeSymbol;
  printer.writeSymbol = (symbol, around, meaning, flags, writer) => {
    const local = symbol.flags & ts.SymbolFlags.Variable
      && !(symbol as { parent?: ts.Symbol }).parent;
    if (local) writer.writeSymbol(symbol.name, symbol);
    else slowly(symbol, around, meaning, flags, writer);
  };
}

const printing = new WeakSet<ts.TypeChecker>();

/** A language service over one snapshot after another. */
class SnapshotService {
  private files = new Map<string, { text: string; version: number }>();
  private shown = 0;
  private readonly service: ts.LanguageService;
  private readonly texts = new WeakMap<ts.Symbol, Pick<Name, 'code' | 'doc'>>();

  constructor() {
    const { config } = ts.readConfigFile(
      join(root, 'tsconfig.json'), (p) => readFileSync(p, 'utf8'));
    const options = ts.parseJsonConfigFileContent(config, ts.sys, root).options;
    this.service = ts.createLanguageService({
      // Without it each question compares all files with what they were.
      getProjectVersion: () => String(this.shown),
      getScriptFileNames: () => [...this.files.keys()],
      getScriptVersion: (f) => String(this.files.get(f)?.version ?? 0),
      getScriptSnapshot: (f) => {
        const text = this.files.get(f)?.text ?? ts.sys.readFile(f);
        return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
      },
      getCurrentDirectory: () => root,
      getCompilationSettings: () => options,
      getDefaultLibFileName: ts.getDefaultLibFilePath,
      fileExists: (f) => this.files.has(f)
        || (!f.startsWith(join(root, 'src')) && ts.sys.fileExists(f)),
      readFile: (f) => this.files.get(f)?.text ?? ts.sys.readFile(f),
      directoryExists: (d) => ts.sys.directoryExists(d)
        || [...this.files.keys()].some((f) => f.startsWith(`${d}/`)),
    });
  }

  show(snapshot: Snapshot): void {
    const next = new Map<string, { text: string; version: number }>();
    for (const [path, lines] of snapshot) {
      if (!path.endsWith('.ts')) continue;
      const name = join(root, path);
      const text = render(lines);
      const old = this.files.get(name);
      next.set(name, old?.text === text ? old
        : { text, version: (old?.version ?? 0) + 1 });
    }
    this.files = next;
    this.shown += 1;
  }

  /** Every identifier on the wanted lines that says something. */
  names(path: string, wanted: (line: number) => boolean): Name[] {
    const file = join(root, path);
    const program = this.service.getProgram();
    const source = program?.getSourceFile(file);
    if (!program || !source) return [];
    const checker = program.getTypeChecker();
    printQuickly(program, checker);
    const found: Name[] = [];
    const visit = (node: ts.Node): void => {
      if (ts.isIdentifier(node)) {
        const at = source.getLineAndCharacterOfPosition(node.getStart(source));
        const text = wanted(at.line) && this.describe(file, checker, source, node);
        if (text) {
          found.push({ line: at.line, column: at.character, length: node.text.length, ...text });
        }
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
    return found;
  }

  /** What a name is; asked once for each thing that names stand for. */
  private describe(
    file: string, checker: ts.TypeChecker, source: ts.SourceFile,
    node: ts.Identifier,
  ): Pick<Name, 'code' | 'doc'> | undefined {
    const symbol = checker.getSymbolAtLocation(node);
    if (!symbol) return undefined;
    const known = this.texts.get(symbol);
    if (known) return known;
    const info = this.service.getQuickInfoAtPosition(file, node.getStart(source));
    if (!info) return undefined;
    const code = ts.displayPartsToString(info.displayParts);
    const text = {
      code: code.length > 400 ? `${code.slice(0, 400)} …` : code,
      doc: ts.displayPartsToString(info.documentation),
    };
    this.texts.set(symbol, text);
    return text;
  }
}
