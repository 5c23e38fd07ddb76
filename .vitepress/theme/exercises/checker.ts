// What tsc says of an answer: TypeScript's own language service, over files in
// memory. Beside the answer these are the declarations of the language and of
// packages, and those files of the book that are imported, as they stand at
// the end of the chapter.
import ts from 'typescript';
import type { LanguageData } from '../../type-data';
import type { Strand } from '../block-data';
import { isOurs, pathOf } from '../../../tools/modules';
import type { TypeProblem } from './protocol';

/** Where the service finds lib.*.d.ts, which no book's path begins with. */
const LANGUAGE = '/language';

/** Imports of the book's files that can mean one. */
const PROGRAM = /^src\/.+\.ts$/;

/** Gives what is under a path of the site; undefined where nothing is. */
export type Fetch = (path: string) => Promise<unknown>;

/** The language, once for all answers. */
export async function openChecker(
  fetchJson: Fetch, end: number,
): Promise<Checker> {
  const language = await fetchJson('types/language.json');
  if (!language) throw new Error('the site has no types/language.json');
  return new Checker(fetchJson, end, language as LanguageData);
}

export class Checker {
  private readonly files = new Map<string, string>();
  /** Paths and packages that were asked for, with success or without. */
  private readonly asked = new Set<string>();
  private readonly packages: ReadonlySet<string>;
  private readonly service: ts.LanguageService;
  private answer = '';
  private version = 0;

  constructor(
    private readonly fetchJson: Fetch,
    private readonly end: number,
    language: LanguageData,
  ) {
    for (const [name, text] of Object.entries(language.files)) {
      this.files.set(`${LANGUAGE}/${name}`, text);
    }
    this.packages = new Set(language.packages);
    this.service = this.open(optionsOf(language));
  }

  /** What is wrong with the learner's file; path without a leading slash. */
  async check(path: string, text: string): Promise<TypeProblem[]> {
    await this.fetchImports(path, text);
    this.answer = `/${path}`;
    this.files.set(this.answer, text);
    this.version += 1;
    const found = this.diagnostics(this.answer);
    return ts.sortAndDeduplicateDiagnostics(found).map(problemOf);
  }

  /** As tsc does it: types are looked at where the syntax is right. */
  private diagnostics(file: string): ts.Diagnostic[] {
    const syntax = this.service.getSyntacticDiagnostics(file);
    return syntax.length > 0 ? syntax
      : this.service.getSemanticDiagnostics(file);
  }

  /** Brings what a file imports, then what that imports, and so on. */
  private async fetchImports(path: string, text: string): Promise<void> {
    let fresh: [path: string, text: string][] = [[path, text]];
    while (fresh.length > 0) {
      const wanted = new Set(fresh.flatMap(([from, content]) =>
        importsOf(from, content)).filter((name) => !this.asked.has(name)));
      fresh = (await Promise.all([...wanted].map((name) =>
        this.bring(name)))).flat();
    }
  }

  private async bring(name: string): Promise<[string, string][]> {
    this.asked.add(name);
    if (this.packages.has(name)) await this.bringPackage(name);
    if (!PROGRAM.test(name)) return [];
    const weave = (await this.fetchJson(`weave/${name}.json`)) as Strand[] | undefined;
    const text = textAt(weave ?? [], this.end);
    if (text === '') return [];
    this.files.set(`/${name}`, text);
    return [[name, text]];
  }

  private async bringPackage(name: string): Promise<void> {
    const found = await this.fetchJson(`types/packages/${name}.json`);
    for (const [path, text] of Object.entries(found ?? {})) {
      this.files.set(path, text as string);
    }
  }

  private open(options: ts.CompilerOptions): ts.LanguageService {
    const { files } = this;
    return ts.createLanguageService({
      getProjectVersion: () => String(this.version),
      getScriptFileNames: () => [this.answer],
      getScriptVersion: (name) =>
        name === this.answer ? String(this.version) : '1',
      getScriptSnapshot: (name) => {
        const text = files.get(name);
        return text === undefined ? undefined
          : ts.ScriptSnapshot.fromString(text);
      },
      getCurrentDirectory: () => '/',
      getCompilationSettings: () => options,
      getDefaultLibFileName: () => `${LANGUAGE}/lib.d.ts`,
      fileExists: (name) => files.has(name),
      readFile: (name) => files.get(name),
    });
  }
}

function optionsOf({ options }: LanguageData): ts.CompilerOptions {
  const converted = ts.convertCompilerOptionsFromJson(options, '/');
  return { ...converted.options, paths: { '#book/*': ['/src/*'] } };
}

/** Paths of ours and names of packages. */
function importsOf(from: string, text: string): string[] {
  return ts.preProcessFile(text).importedFiles.map(({ fileName }) =>
    isOurs(fileName) ? pathOf(from, fileName) : fileName);
}

/** A file as it was after a block. */
function textAt(weave: readonly Strand[], order: number): string {
  return weave.filter(([birth, death]) => birth <= order && death > order)
    .map(([, , text]) => `${text}\n`).join('');
}

function problemOf(found: ts.Diagnostic): TypeProblem {
  const { file, start = 0, length = 0, code, messageText } = found;
  return {
    from: start, to: start + length, code,
    line: (file?.getLineAndCharacterOfPosition(start).line ?? 0) + 1,
    message: ts.flattenDiagnosticMessageText(messageText, '\n'),
  };
}
