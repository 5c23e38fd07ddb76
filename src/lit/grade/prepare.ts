import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { endOf, type Program } from '../book.ts';
import { digest, textOf } from '../check/closure.ts';
import { furnish } from '../check/rooms.ts';
import { type Exercise, makeTrial } from '../exercises.ts';
import { readText, writeChanged } from '../files.ts';
import {
  type FromCell, type Outcome, runCell, type ToCell,
} from './cell.ts';

/** One thing that an answer is judged by. */
export interface Check {
  readonly file: string;
  /** A test's name; of the chapter's tests, a whole file's. */
  readonly name: string;
  readonly kind: 'own' | 'hidden' | 'chapter';
  /** The stub passes it too, so passing it earns nothing. */
  readonly guard: boolean;
}

/** An exercise made ready to judge answers. */
export interface Prepared {
  readonly exercise: Exercise;
  readonly stub: string;
  readonly script: string;
  /** Everything but the answer's text. */
  readonly order: Omit<ToCell, 'nonce'>;
  readonly checks: readonly Check[];
  /** Chapter tests that our own solution cannot pass in a cell. */
  readonly leftOut: readonly string[];
  /** Milliseconds that our solution took. */
  readonly ms: number;
}

/** Lets our solution and our stub be judged first: the one says which
 * tests there are, the other which of them are worth nothing. */
async function calibrate(base: Base): Promise<Calibration> {
  const run = (text: string): Promise<Outcome> => runCell(
    base.script, withAnswer(base.order, text), PATIENT, base.signal);
  const good = await run(base.solution);
  base.signal?.throwIfAborted();
  const found = resultsOf(base, good.said);
  const { own } = base.order;
  const bad = found.find((r) => own.includes(r.file) && !r.passed);
  if (bad || !own.every((f) => found.some((r) => r.file === f))) {
    const why = bad ? `${bad.name}: ${bad.message}`
      : good.ended ?? errorOf(good) ?? 'no test ran';
    throw new GradeError(`${base.exercise.id} cannot be graded here: `
      + `the book's own solution does not pass (${why})`);
  }
  const easy = new Set(resultsOf(base, (await run(base.stub)).said)
    .filter((r) => r.passed).map((r) => keyOf(r)));
  const checks = found.filter((r) => r.passed).map((r): Check => ({
    file: r.file, name: r.name, kind: r.kind, guard: easy.has(keyOf(r)),
  }));
  const leftOut = base.order.tests.filter((file) =>
    !checks.some((c) => c.file === file));
  const { frozen } = base.order;
  return { checks, leftOut, frozen, ms: Math.round(good.ms) };
}

/** JavaScript of a module, or where it is no TypeScript. */
export function compile(path: string, text: string): string {
  const { outputText, diagnostics = [] } = ts.transpileModule(
    importsFirst(path, text.replaceAll('import.meta', 'meta')), {
      fileName: path, reportDiagnostics: true,
      compilerOptions: {
        module: ts.ModuleKind.CommonJS, esModuleInterop: true,
        target: ts.ScriptTarget.ES2022,
      },
    });
  const [first] = diagnostics;
  if (!first) return outputText;
  const { line } = first.file?.getLineAndCharacterOfPosition(
    first.start ?? 0) ?? { line: 0 };
  const message = ts.flattenDiagnosticMessageText(
    first.messageText, ' ');
  throw new SyntaxError(`line ${line + 1}: ${message}`);
}

/** One exercise is about changing JavaScript's own objects; there our
 * solution passes only where they are not frozen. */
async function calibrateAnyhow(base: Base): Promise<Calibration> {
  try {
    return await calibrate(base);
  } catch (error) {
    if (!(error instanceof GradeError)) throw error;
    const order = { ...base.order, frozen: false };
    return calibrate({ ...base, order });
  }
}

/** What came of one check. */
export interface Result {
  readonly file: string;
  readonly name: string;
  readonly kind: Check['kind'];
  readonly passed: boolean;
  readonly message: string;
}

/** What a cell said about each check. */
export function resultsOf(
  { order }: Pick<Prepared, 'order'>, said: readonly FromCell[],
): Result[] {
  return order.tests.flatMap((file) => {
    const about = said.filter((m): m is About =>
      m.kind !== 'done' && m.file === file);
    const kind = kindOf(order, file);
    return kind === 'chapter' ? wholeFile(file, about)
      : eachTest(file, kind, about);
  });
}

/** Of two tests with one name the second is `name (2)`. */
function eachTest(
  file: string, kind: Check['kind'], about: readonly About[],
): Result[] {
  const tests = about.filter((m) => m.kind === 'test');
  return tests.map(({ name, passed, message }, i) => {
    const same = tests.slice(0, i).filter((t) => t.name === name);
    const suffix = same.length > 0 ? ` (${same.length + 1})` : '';
    return { file, name: name + suffix, kind, passed, message };
  });
}

/** Tests of the chapter count as one for each file. */
function wholeFile(file: string, about: readonly About[]): Result[] {
  if (about.length === 0) return [];
  const bad = about.find((m) => m.kind === 'error'
    || m.kind === 'test' && !m.passed);
  const passed = !bad && about.some((m) => m.kind === 'test')
    && about.some((m) => m.kind === 'file');
  const message = bad && 'message' in bad ? bad.message : '';
  return [{ file, name: file, kind: 'chapter', passed, message }];
}

type About = Exclude<FromCell, { kind: 'done' }>;

/** Makes an exercise ready: its files compiled, its tests counted.
 * `hidden` is the text of a test that the students have not seen. */
export async function prepare(
  root: string, book: Program, exercise: Exercise, options: {
    readonly hidden?: string | undefined; readonly seed?: number;
    readonly signal?: AbortSignal;
  },
): Promise<Prepared> {
  const stub = textOf(book.extras.get(exercise.stub) ?? []);
  const solution = textOf(
    book.extras.get(exercise.solution ?? '') ?? []);
  const { seed, signal } = options;
  const room = layOut(root, book, exercise, solution, options.hidden);
  const order = {
    ...room, packages: packagesOf(solution + stub),
    libraries: [libraryFolder()],
    answer: { path: exercise.stub, text: '' }, frozen: true,
    ...(seed === undefined ? {} : { seed }),
  };
  const script = writeScript(room.store);
  const base: Base =
    { exercise, script, order, stub, solution, signal };
  const key = digest(JSON.stringify(order), script, solution, stub,
    process.version);
  const memory = join(root, `.lit/grade/known/${key}.json`);
  const known = readText(memory);
  const found = known === undefined ? await calibrateAnyhow(base)
    : JSON.parse(known) as Calibration;
  if (known === undefined) writeChanged(memory, JSON.stringify(found));
  const tests = order.tests.filter((f) => !found.leftOut.includes(f));
  const { frozen, ...rest } = found;
  const fixed = { ...order, tests, frozen };
  return { exercise, script, stub, ...rest, order: fixed };
}

/** The files that an answer meets: raw ones where tests look for data,
 * compiled ones for the loader. */
function layOut(
  root: string, book: Program, exercise: Exercise, solution: string,
  hidden: string | undefined,
): Pick<ToCell, 'room' | 'store' | 'modules' | 'tests' | 'own'> {
  const hiddenPath = `exercises/${exercise.id}.hidden.test.ts`;
  const more = new Map(hidden === undefined ? []
    : [[hiddenPath, hidden] as const]);
  const trial = makeTrial(book, exercise, solution, more);
  const name = digest(exercise.id, ...[...trial.files].flat());
  const folder = `.lit/grade/rooms/${name}`;
  furnish(root, folder, trial.files);
  const files = new Map([...endOf(book, exercise.slug)]
    .filter(([path]) => !/\.test\.tsx?$/.test(path))
    .map(([path, lines]) => [path, textOf(lines)]));
  for (const [path, text] of trial.files) files.set(path, text);
  files.delete(exercise.stub);
  const store = join(root, '.lit/grade/modules');
  const modules = storeAll(store, files);
  const own = [...trial.own, ...more.keys()];
  return {
    room: join(root, folder), store, modules, own,
    tests: [...own, ...trial.others],
  };
}

/** Compiles what is not there yet; gives each module's file name. */
function storeAll(
  store: string, files: ReadonlyMap<string, string>,
): Record<string, string> {
  const modules: Record<string, string> = {};
  for (const [path, text] of files) {
    if (!/\.tsx?$/.test(path)) continue;
    const name = `${digest(ts.version, path, text)}.js`;
    const file = join(store, name);
    if (!existsSync(file)) writeChanged(file, compile(path, text));
    modules[path] = name;
  }
  return modules;
}

/** What is known before our own answers were judged. */
interface Base extends Pick<Prepared, 'exercise' | 'script' | 'order'> {
  readonly stub: string;
  readonly solution: string;
  readonly signal: AbortSignal | undefined;
}

type Calibration =
  Pick<Prepared, 'checks' | 'leftOut' | 'ms'> & { frozen: boolean };

/** Our own answers may take their time. */
const PATIENT = { seconds: 300, memory: 2048 };

/** Something that the person who grades has to put right. */
export class GradeError extends Error {}

/** The order for one answer, which is JavaScript by now. */
export function withAnswer(
  order: Prepared['order'], text: string,
): Prepared['order'] {
  const { path } = order.answer;
  return { ...order, answer: { path, text: compile(path, text) } };
}

function kindOf(
  order: Pick<ToCell, 'own'>, file: string,
): Check['kind'] {
  if (file.endsWith('.hidden.test.ts')) return 'hidden';
  return order.own.includes(file) ? 'own' : 'chapter';
}

/** A check's name within its exercise. */
export function keyOf(check: Pick<Check, 'file' | 'name'>): string {
  return `${check.file}\n${check.name}`;
}

/** What a cell said of a file that could not be loaded. */
export function errorOf(outcome: Outcome): string | undefined {
  const found = outcome.said.find((m) => m.kind === 'error');
  return found?.message.split('\n')[0];
}

/** Libraries that our own answer uses: another's may use them too. */
function packagesOf(text: string): string[] {
  const found = [...text.matchAll(/\bfrom '([@a-z][\w@/.-]*)'/g)];
  return [...new Set(found.map((m) => m[1] ?? ''))].sort();
}

/** Imports come first, as when modules are linked: what replaces a
 * function of the book is imported at the end of the book's file. */
function importsFirst(path: string, text: string): string {
  const source = ts.createSourceFile(
    path, text, ts.ScriptTarget.Latest);
  const { statements } = source;
  const last = statements.findLastIndex((s) =>
    ts.isImportDeclaration(s));
  const plain = statements.findIndex((s) => !ts.isImportDeclaration(s));
  if (plain < 0 || last < plain) return text;
  const pick = (wanted: boolean): string => statements
    .filter((s) => ts.isImportDeclaration(s) === wanted)
    .map((s) => text.slice(s.pos, s.end)).join('');
  return `${pick(true)}\n${pick(false)}`;
}

/** The folder in which Node finds our libraries. */
function libraryFolder(): string {
  const { resolve } = createRequire(import.meta.url);
  const found = resolve('typescript/package.json');
  return realpathSync(dirname(dirname(found)));
}

/** The program that runs in a cell, compiled for a bare Node. */
function writeScript(store: string): string {
  const url = new URL('./inside.ts', import.meta.url);
  const { outputText } = ts.transpileModule(readFileSync(url, 'utf8'), {
    compilerOptions: {
      module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022,
      verbatimModuleSyntax: true,
    },
  });
  const file = join(store, `inside-${digest(outputText)}.mjs`);
  writeChanged(file, outputText);
  return file;
}
