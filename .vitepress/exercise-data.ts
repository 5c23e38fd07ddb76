// What the page needs to run an exercise: the answer's stub, its tests, and
// every file of the program that they reach, at the end of their chapter.
// Files are named by their content, because many exercises share them, and
// are compiled here; only the learner's own is left to the page.
import { createHash } from 'node:crypto';
import ts from 'typescript';
import { type Exercise, exercisesOf, makeTrial } from '../src/lit/exercises.ts';
import { endOf, type Program } from '../src/lit/book.ts';
import { closure, textOf } from '../src/lit/check/closure.ts';
import { render } from '../src/lit/model.ts';

export interface ExerciseData {
  id: string;
  title: string;
  stub: string;
  solution: string;
  /** Path of the stub; the learner's text takes its place. */
  path: string;
  own: readonly string[];
  /** The chapter's own tests, if the answer replaces a function. */
  others: readonly string[];
  /** How many of those need Node and run only on one's own machine. */
  left: number;
  /** path → name of its text, see `texts` */
  files: Record<string, string>;
  /** The chapter's last block: what the program's files are at its end can be
   * read from their histories. */
  end: number;
}

export interface ExerciseTexts {
  exercises: Map<string, ExerciseData>;
  texts: Map<string, string>;
}

/** All exercises, or the one with this id. */
export function exerciseData(program: Program, only?: string): ExerciseTexts {
  const result: ExerciseTexts = { exercises: new Map(), texts: new Map() };
  for (const exercise of exercisesOf(program)) {
    if (only && exercise.id !== only) continue;
    result.exercises.set(exercise.id, one(program, exercise, result.texts));
  }
  return result;
}

function one(
  program: Program, exercise: Exercise, texts: Map<string, string>,
): ExerciseData {
  const text = (path: string | undefined): string =>
    render(program.extras.get(path ?? '') ?? []);
  const stub = text(exercise.stub);
  const trial = makeTrial(program, exercise, stub);
  const at = endOf(program, exercise.slug);
  const startsProcesses = (path: string): boolean => closure(at, path)
    .some((needed) => PROCESSES.test(textOf(at.get(needed) ?? [])));
  const others = trial.others.filter((path) =>
    !/import\.meta|from 'node:|\bBuffer\b/.test(trial.files.get(path) ?? '')
    && !startsProcesses(path));
  const files: Record<string, string> = {};
  for (const [path, content] of trial.files) {
    const name = createHash('sha256').update(content).digest('hex').slice(0, 20);
    if (!texts.has(name)) texts.set(name, compile(path, content));
    files[path] = name;
  }
  return {
    id: exercise.id, title: exercise.title, stub,
    solution: text(exercise.solution), path: exercise.stub,
    own: trial.own, others, left: trial.others.length - others.length, files,
    end: lastBlock(program, exercise.slug),
  };
}

/** What a page has not got, whatever its disk. */
const PROCESSES = /node:child_process|\bprocess\.cwd\b/;

function lastBlock(program: Program, slug: string): number {
  return program.steps.findLast((s) => s.block.slug === slug)?.block.order ?? 0;
}

const compiled = new Map<string, string>();

/** A module as plain JavaScript of the kind that the page's loader runs. */
function compile(path: string, text: string): string {
  if (!path.endsWith('.ts')) return text;
  const key = `${path}\n${text}`;
  const known = compiled.get(key);
  if (known !== undefined) return known;
  // A page's modules have no address of their own.
  const plain = text.replaceAll('import.meta.url', `'file:///${path}'`);
  const { outputText } = ts.transpileModule(importsFirst(path, plain), {
    fileName: path,
    compilerOptions: {
      module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022,
    },
  });
  compiled.set(key, outputText);
  return outputText;
}

/** Imports come first, as they do when modules are linked: an answer that
 * replaces a function is imported at the end of the book's file. */
function importsFirst(path: string, text: string): string {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest);
  const [imports, rest] = [true, false].map((wanted) => source.statements
    .filter((s) => ts.isImportDeclaration(s) === wanted)
    .map((s) => text.slice(s.pos, s.end)).join(''));
  return `${imports ?? ''}\n${rest ?? ''}`;
}
