// The bench of the exercise tool: an answer takes its place in the program of
// a small book, whose tests run on it.
import type { Program } from '../../src/lit/book.ts';
import type { Hunk } from '../../src/lit/diff.ts';
import type { Exercise, Trial } from '../../src/lit/exercises.ts';
import type { Line, Problem } from '../../src/lit/model.ts';
import { CHAPTER, CONTENTS, NEARLY, SOLUTION, SOLUTIONS } from './clock.ts';
import {
  type BookModules, diffRows, findingOf, textsOf, type ToolLab,
} from './lab.ts';
import type { SmallNode } from './small-node.ts';
import type { Cell, LabFile, PanelView, Part, Picture } from './view.ts';

const ROOT = '/book';
const ID = 'clock/wrap';
const ANSWER = 'my/clock/wrap/wrap.ts';

export const exerciseTool: ToolLab = {
  id: 'exercise-tool', title: 'Nearly right',
  about: 'This answer passes the exercise’s own tests. Then it takes the '
    + 'place of the book’s function, and the chapter’s tests run on it.',
  files: [
    { path: ANSWER, text: NEARLY },
    { path: 'clock.md', text: CHAPTER },
    { path: 'clock.solutions.md', text: SOLUTIONS },
  ],
  tries: [
    { name: 'An answer that is right', changes: [
      { file: ANSWER, from: NEARLY, to: SOLUTION }] },
    { name: 'An endless loop', changes: [
      { file: ANSWER, from: '  return hour % 24;',
        to: '  while (hour !== 24) hour += 0;\n  return hour;' }] },
    { name: 'A test that is too kind', changes: [
      { file: 'clock.md', from: '  expect(wrap(24)).toBe(0);\n', to: '' },
      { file: 'clock.md', from: '  expect(wrap(61)).toBe(13);\n', to: '' },
      { file: 'clock.md', from: '  expect(wrap(23)).toBe(23);\n', to: '' },
      { file: 'clock.md', from: '  expect(later(23, 2)).toBe(1);\n',
        to: '' }] },
  ],
  commands: [],
  roots: ['src/lit/ex/desk.ts', 'src/lit/check/exercises.ts',
    'src/lit/check/cache.ts', 'src/lit/load.ts', 'src/lit/diff.ts'],
  open(book, node) {
    const desk = new AnswerDesk(book, node);
    return { look: ({ files }) => desk.look(files) };
  },
};

interface Verdict {
  readonly passed: number;
  readonly failures: readonly string[];
}

interface Report {
  readonly problems: readonly Problem[];
}

interface Tools {
  tryAnswer(root: string, book: Program, exercise: Exercise):
    Promise<Verdict>;
  exercisesOf(book: Program): Exercise[];
  makeTrial(book: Program, exercise: Exercise, answer: string): Trial;
  checkExercises(desk: object): Promise<Report>;
  loadSound(root: string): Program;
  hunks(before: readonly string[], after: readonly string[]): Hunk[];
  textOf(lines: readonly Line[]): string;
  Cache: new (root: string) => { save(all: boolean): void };
  BookError: new () => Error & { readonly problems: readonly Problem[] };
}

const USED = ['exercises', 'ex/desk', 'check/exercises', 'check/cache',
  'check/closure', 'load', 'diff', 'model'];

class AnswerDesk {
  private readonly tools: Tools;

  constructor(book: BookModules, private readonly node: SmallNode) {
    this.tools = Object.assign({}, ...USED.map((name) =>
      book<object>(`src/lit/${name}.ts`))) as Tools;
  }

  async look(files: readonly LabFile[]): Promise<Picture> {
    const { tools } = this;
    const texts = textsOf(files);
    this.lay(texts);
    try {
      const book = tools.loadSound(ROOT);
      const exercise = tools.exercisesOf(book).find((e) => e.id === ID);
      if (!exercise) return broken([], `There is no exercise ${ID}.`);
      const verdict = await tools.tryAnswer(ROOT, book, exercise);
      return {
        ...judged(verdict), panels: [
          verdictPanel(verdict),
          this.trialPanel(book, exercise, texts[ANSWER] ?? ''),
          await this.answersPanel(book, exercise),
        ],
      };
    } catch (error) {
      if (!(error instanceof tools.BookError)) throw error;
      return broken(error.problems, 'The chapter does not apply.');
    }
  }

  private lay(texts: Readonly<Record<string, string>>): void {
    const { files } = this.node.disk;
    files.set(`${ROOT}/chapters/contents.yaml`, CONTENTS);
    for (const [name, text] of Object.entries(texts)) {
      const folder = name.endsWith('.md') ? 'chapters/' : '';
      files.set(`${ROOT}/${folder}${name}`, text);
    }
  }

  /** The book's file with the answer in it, and what else is tried. */
  private trialPanel(
    book: Program, exercise: Exercise, answer: string,
  ): PanelView {
    const trial = this.tools.makeTrial(book, exercise, answer);
    const path = exercise.replaces?.path ?? '';
    const before = this.tools.textOf(book.final.get(path) ?? []).split('\n');
    const after = (trial.files.get(path) ?? '').split('\n');
    const rows = diffRows(before, after, this.tools.hunks(before, after),
      undefined, 8);
    return { id: 'trial', title: 'In the book’s place', parts: [
      { kind: 'lines', title: `${path}, as it is tried`, rows },
      { kind: 'note', text: `Tried are ${[...trial.files.keys()]
        .join(', ')}: the tests, and all that they import.` },
    ] };
  }

  /** The book's own answers: one must pass and the others must not. */
  private async answersPanel(
    book: Program, exercise: Exercise,
  ): Promise<PanelView> {
    const cache = new this.tools.Cache(ROOT);
    const { problems } = await this.tools.checkExercises({
      root: ROOT, book, slugs: [exercise.slug], update: false,
      cache, tell: () => undefined,
    });
    cache.save(true);
    const names = ['solution', 'stub', ...exercise.wrong.keys()];
    const rows = names.map((name): Cell[] => {
      const good = name === 'solution';
      const wrong = problems.find((p) => good
        ? p.message.startsWith('the solution') : p.message.includes(`"${name}"`));
      return [{ text: name }, { text: good ? 'must pass' : 'must fail' },
        wrong ? { text: good ? 'fails' : 'passes', tone: 'bad' }
          : { text: good ? 'passes' : 'fails', tone: 'good' }];
    });
    const findings = problems.map(findingOf);
    const table: Part = { kind: 'table', title: 'Answers of the book’s own',
      head: ['answer', '', ''], rows };
    return { id: 'answers', title: 'Answers that must fail', parts: [
      table, ...(findings.length > 0
        ? [{ kind: 'findings', findings } as const] : []),
    ] };
  }
}

const good = ({ passed, failures }: Verdict): boolean =>
  failures.length === 0 && passed > 0;

function judged(verdict: Verdict): Pick<Picture, 'ok' | 'verdict'> {
  const { passed, failures } = verdict;
  return good(verdict)
    ? { ok: true, verdict: `${ID}: passed (${passed} tests)` }
    : { ok: false, verdict: `${ID}: not yet (${passed} passed, `
      + `${failures.length} failed)` };
}

/** What `npm run ex check` prints. */
function verdictPanel(verdict: Verdict): PanelView {
  const lines = [`$ npm run ex -- check ${ID}`,
    ...verdict.failures.map((failure) => `  x ${failure}`),
    judged(verdict).verdict];
  return { id: 'check', title: 'The check', parts: [{ kind: 'text',
    title: 'As the command says it', text: lines.join('\n') }] };
}

function broken(problems: readonly Problem[], verdict: string): Picture {
  return { ok: false, verdict, panels: [{ id: 'check', title: 'The check',
    parts: [{ kind: 'findings', findings: problems.map(findingOf) }] }] };
}
