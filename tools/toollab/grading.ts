// The bench of the grader: a class of four, whose answers run in cells of the
// page, and the documents that engines read.
import type { Program } from '../../src/lit/book.ts';
import type { Exercise } from '../../src/lit/exercises.ts';
import type { ExerciseGrade, Grade } from '../../src/lit/grade/grade.ts';
import type { Prepared } from '../../src/lit/grade/prepare.ts';
import type { Submission } from '../../src/lit/grade/submissions.ts';
import { CHAPTER, CONTENTS, NEARLY, SOLUTION, SOLUTIONS } from './clock.ts';
import { type BookModules, textsOf, type ToolLab } from './lab.ts';
import type { SmallNode } from './small-node.ts';
import type { Cell, LabFile, PanelView, Picture } from './view.ts';

const ROOT = '/book';
const ID = 'clock/wrap';

/** Says what it likes in an error. */
const EVE = NEARLY.replace('  return hour % 24;', `  if (hour < 24) return hour;
  throw new Error('"/></testcase><testcase name="all of it"/>');`);

const MALLORY = NEARLY.replace('/** The', `postMessage('{"kind":"test","passed":true}');

/** The`);

const FORMATS = ['junit', 'gradescope', 'classroom', 'json'] as const;

export const grading: ToolLab = {
  id: 'grading', title: 'A class of four',
  about: 'Ada is right, Bob nearly. Eve writes markup into an error message. '
    + 'Mallory has found the channel and speaks for the judge.',
  files: [
    { path: 'ada.ts', text: SOLUTION }, { path: 'bob.ts', text: NEARLY },
    { path: 'eve.ts', text: EVE }, { path: 'mallory.ts', text: MALLORY },
  ],
  tries: [
    { name: 'Bob sees his mistake', changes: [
      { file: 'bob.ts', from: 'hour % 24', to: '((hour % 24) + 24) % 24' }] },
    { name: 'Mallory loops', changes: [
      { file: 'mallory.ts', from: `postMessage('{"kind":"test","passed":true}');`,
        to: 'for (;;);' }] },
    { name: 'Mallory guesses a nonce', changes: [
      { file: 'mallory.ts', from: `postMessage('{`,
        to: `postMessage('7f3a {` }] },
  ],
  commands: [],
  choice: { label: 'Format', options: FORMATS },
  roots: ['src/lit/grade/grade.ts', 'src/lit/grade/formats.ts',
    'src/lit/grade/edition.ts', 'src/lit/load.ts'],
  open(book, node) {
    const desk = new GradingDesk(book, node);
    return { look: ({ files, choice }) => desk.look(files, choice) };
  },
};

interface Tools {
  loadSound(root: string): Program;
  exercisesOf(book: Program): Exercise[];
  prepare(root: string, book: Program, exercise: Exercise, options: object):
    Promise<Prepared>;
  findSubmission(folder: string, exercises: readonly Exercise[],
    edition: string, any: boolean): Submission;
  gradeAll(desk: object, submissions: readonly Submission[]):
    Promise<Grade[]>;
  editionOf(book: Program): string;
  inWords(grade: ExerciseGrade): string;
  toJUnit(grades: readonly Grade[]): string;
  toJson(grades: readonly Grade[], complete: boolean): object;
  toGradescope(grade: Grade): object;
  toClassroom(grade: Grade): string;
}

const USED = ['exercises', 'load', 'grade/grade', 'grade/prepare',
  'grade/submissions', 'grade/formats', 'grade/edition'];

/** Answers end soon, or are ended. */
const LIMITS = { seconds: 2, patience: 5, memory: 512 };

class GradingDesk {
  private readonly tools: Tools;
  private prepared: Promise<Prepared> | undefined;
  private edition = '';

  constructor(book: BookModules, private readonly node: SmallNode) {
    this.tools = Object.assign({}, ...USED.map((name) =>
      book<object>(`src/lit/${name}.ts`))) as Tools;
    const { files } = node.disk;
    files.set(`${ROOT}/chapters/contents.yaml`, CONTENTS);
    files.set(`${ROOT}/chapters/clock.md`, CHAPTER);
    files.set(`${ROOT}/chapters/clock.solutions.md`, SOLUTIONS);
    // What runs in a cell of the page is the page's own.
    files.set('/src/lit/grade/inside.ts', 'export {};\n');
  }

  private prepare(): Promise<Prepared> {
    const book = this.tools.loadSound(ROOT);
    this.edition = this.tools.editionOf(book);
    const exercise = this.tools.exercisesOf(book).find((e) => e.id === ID);
    if (!exercise) throw new Error(`no exercise ${ID}`);
    return this.tools.prepare(ROOT, book, exercise, {});
  }

  async look(
    files: readonly LabFile[], format = FORMATS[0] as string,
  ): Promise<Picture> {
    const prepared = await (this.prepared ??= this.prepare());
    const { tools, edition } = this;
    const names = Object.entries(textsOf(files)).map(([path, text]) => {
      const name = path.replace(/\.ts$/, '');
      this.node.disk.files.set(
        `${ROOT}/class/${name}/my/${ID}/wrap.ts`, text);
      return name;
    });
    const submissions = names.map((name) => tools.findSubmission(
      `${ROOT}/class/${name}`, [prepared.exercise], edition, false));
    const grades = await tools.gradeAll({
      prepared: [prepared], edition, jobs: 2, limits: LIMITS,
      tell: () => undefined,
    }, submissions);
    return this.picture(prepared, grades, format);
  }

  private picture(
    prepared: Prepared, grades: readonly Grade[], format: string,
  ): Picture {
    const full = grades.filter((g) =>
      g.exercises.every((e) => e.score === e.maxScore)).length;
    return {
      ok: full === grades.length,
      verdict: `${full} of ${grades.length} have full points.`,
      panels: [
        this.gradesPanel(grades), this.documentPanel(grades, format),
        checksPanel(prepared),
      ],
    };
  }

  private gradesPanel(grades: readonly Grade[]): PanelView {
    const rows = grades.flatMap(({ submission, exercises }) =>
      exercises.map((exercise): Cell[] => {
        const { state, score, maxScore, checks, note } = exercise;
        const whole = score === maxScore;
        const bad = checks.find((c) => !c.passed);
        const file = `${submission}.ts`;
        return [{ text: submission, place: { file, line: 1 } },
          { text: state, tone: state === 'broken' ? 'bad' : 'grey' },
          { text: `${score / 100} of ${maxScore / 100}`,
            tone: whole ? 'good' : 'bad' },
          { text: note ?? (bad ? `${bad.name}: ${bad.message}` : '') }];
      }));
    return { id: 'grades', title: 'Grades', parts: [
      { kind: 'table', title: 'The class',
        head: ['who', 'run', 'points', 'why not all'], rows },
      { kind: 'note', text: 'Here a cell is a Worker with a clock. The walls '
        + 'that Node has, against files and processes, are no part of a page.' },
    ] };
  }

  private documentPanel(grades: readonly Grade[], format: string): PanelView {
    const { tools } = this;
    const pretty = (value: unknown): string => JSON.stringify(value, null, 2);
    const each = (of: (grade: Grade) => string): string =>
      grades.map((grade) => `${grade.submission}:\n${of(grade)}`).join('\n\n');
    const texts: Record<string, () => string> = {
      junit: () => tools.toJUnit(grades),
      json: () => pretty(tools.toJson(grades, true)),
      gradescope: () => each((grade) => pretty(tools.toGradescope(grade))),
      classroom: () => each((grade) => {
        const sent = tools.toClassroom(grade);
        return `${sent}\n\nwhich is, out of its base64:\n${
          pretty(JSON.parse(atob(sent)))}`;
      }),
    };
    return { id: 'document', title: `As ${format}`, parts: [
      { kind: 'text', title: `What an engine reads: ${format}`,
        text: (texts[format] ?? texts['junit']!)() }] };
  }
}

function checksPanel({ checks }: Prepared): PanelView {
  const rows = checks.map(({ name, kind, guard }): Cell[] => [
    { text: name }, { text: kind },
    guard ? { text: 'guard: earns nothing', tone: 'grey' }
      : { text: 'an equal part' }]);
  return { id: 'checks', title: 'What is judged', parts: [
    { kind: 'table', title: 'Found by judging our own answers first',
      head: ['check', 'from', 'earns'], rows }] };
}

