import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Project } from '../check/project.ts';
import { exercisesOf } from '../exercises.ts';
import { loadSound } from '../load.ts';
import { fence } from '../try.ts';
import {
  complaints, drawClass, KINDS, writeClass,
} from './campaign/class.ts';
import { editionOf } from './edition.ts';
import { gradeAll, judge, type Grade } from './grade.ts';
import { parseOptions } from './options.ts';
import { prepare, type Prepared } from './prepare.ts';
import { findSubmission, foldersOf } from './submissions.ts';

let project: Project;
beforeAll(() => { project = new Project(); });
afterAll(() => project.remove());
const limits = { seconds: 6, patience: 5, memory: 384 };

/** A book with two exercises, of which one replaces a function. */
const book = fence('ts new=src/half.ts',
  'export function half(x: number): number {', '  return x / 2;', '}')
  + fence('ts test=src/half.test.ts',
    "import { expect, test } from 'vitest';",
    "import { half } from './half.ts';",
    "test('half', () => expect(half(4)).toBe(2));")
  + fence('ts exercise=one/half replaces=src/half.ts#half points=7',
    'export function half(x: number): number {',
    "  throw new Error('yours');", '}')
  + fence('ts exercise-test=one/half',
    "import { expect, test } from 'vitest';",
    "import { half } from './half.ts';",
    "test('six', () => expect(half(6)).toBe(3));",
    "test('odd', () => expect(half(3)).toBe(1.5));",
    "test('text', () => expect(() => half('' as never)).toThrow());")
  + fence('ts exercise=one/pair',
    'export function pair(x: number): { x: number } {',
    "  throw new Error('yours');", '}')
  + fence('ts exercise-test=one/pair',
    "import { expect, test } from 'vitest';",
    "import { half } from '#book/half.ts';",
    "import { pair } from './pair.ts';",
    "test('pair', () => expect(pair(half(2))).toEqual({ x: 1 }));",
    "test('same', () => expect(pair(2).x).toBe(2));");
const solutions = fence('ts solution=one/half',
  'export function half(x: number): number {',
  "  if (typeof x !== 'number') throw new Error('no number');",
  '  return x / 2;', '}')
  + fence('ts solution=one/pair',
    'export function pair(x: number): { x: number } {',
    '  return { x };', '}');

let known: Promise<Desk> | undefined;

/** The book, prepared once. */
function desk(): Promise<Desk> {
  known ??= makeDesk();
  return known;
}

async function makeDesk(): Promise<Desk> {
  project.write('chapters/one.md', book);
  project.write('chapters/one.solutions.md', solutions);
  const program = loadSound(project.root);
  const exercises = exercisesOf(program);
  const prepared: Prepared[] = [];
  for (const e of exercises) {
    prepared.push(await prepare(project.root, program, e, {}));
  }
  return { program, exercises, prepared, edition: editionOf(program) };
}

interface Desk {
  program: ReturnType<typeof loadSound>;
  exercises: ReturnType<typeof exercisesOf>;
  prepared: Prepared[];
  edition: string;
}

test('what there is to pass, and what earns nothing', async () => {
  const { prepared: [half] } = await desk();
  expect(half?.checks.map((c) => [c.name, c.kind, c.guard])).toEqual([
    ['six', 'own', false], ['odd', 'own', false], ['text', 'own', true],
    ['src/half.test.ts', 'chapter', false],
  ]);
});
test('partial credit', async () => {
  const { prepared: [half] } = await desk();
  const answer = 'export const half = (x: number) => x >> 1;';
  const grade = await judge(half as Prepared, answer, limits);
  expect(grade.maxScore).toBe(700);
  expect(grade.checks.map((c) => c.passed))
    .toEqual([true, false, false, false]);
  expect(grade.score).toBe(0);
  const kept = await judge(half as Prepared,
    'export const half = (x: number) =>'
      + '(x + 0).toFixed(0) as never >> 1',
    limits);
  expect(kept.checks.map((c) => c.passed))
    .toEqual([true, false, true, false]);
  expect(kept.score).toBe(233);
});

test('hidden tests count, and have to be right', async () => {
  const { program, exercises } = await desk();
  const [, pair] = exercises;
  const hidden = (x: number): string => [
    "import { expect, test } from 'vitest';",
    "import { half } from '#book/half.ts';",
    "import { pair } from './pair.ts';",
    `test('zero', () => expect(pair(half(0)).x).toBe(${x}));`,
  ].join('\n');
  const ready = await prepare(project.root, program, pair as never,
    { hidden: hidden(0) });
  expect(ready.checks.map((c) => c.kind))
    .toEqual(['own', 'own', 'hidden']);
  const grade = await judge(ready,
    'export const pair = (x: number) => ({ x: x || 5 });', limits);
  expect(grade.score).toBe(667);
  await expect(prepare(project.root, program, pair as never,
    { hidden: hidden(1) })).rejects.toThrow('does not pass');
}, 60_000);

test('a small class, each kind of answer once', async () => {
  const { program, exercises, prepared, edition } = await desk();
  const members = drawClass(exercises, KINDS.length, 1);
  const folder = join(project.root, 'class');
  writeClass(folder, program, exercises, members);
  const submissions = members.map((m) =>
    findSubmission(join(folder, m.name), exercises, edition, false));
  const grades: Grade[] = await gradeAll({
    prepared, edition, jobs: 2, limits, tell: () => undefined,
  }, submissions);
  expect(complaints(members, grades)).toEqual([]);
  expect(new Set(members.flatMap((m) =>
    [...m.kinds.values()].map((k) => k.name))).size).toBe(KINDS.length);
}, 240_000);

test('stopped, what is whole stays', async () => {
  const { exercises, prepared, edition } = await desk();
  const stop = new AbortController();
  const folder = join(project.root, 'class');
  const submissions = ['s001', 's002', 's003'].map((name) =>
    findSubmission(join(folder, name), exercises, edition, false));
  const grades = await gradeAll({
    prepared, edition, jobs: 1, limits, signal: stop.signal,
    tell: (s) => { if (s.name === 's002') stop.abort(); },
  }, submissions);
  expect(grades.map((g) => g.submission)).toEqual(['s001']);
}, 60_000);

test('editions', async () => {
  const { exercises, edition } = await desk();
  const find = (any: boolean) => findSubmission(
    join(project.root, 'other'), exercises, edition, any);
  project.write('other/my/edition', 'older\n');
  project.write('other/my/one/half/half.ts', '//');
  expect(find(false).refused).toContain('edition older');
  expect(find(true).refused).toBe(undefined);
  project.write('other/my/edition', `${edition}\n`);
  expect(find(false).answers.size).toBe(1);
});
test('a link is no answer', async () => {
  const { exercises, edition } = await desk();
  project.write('sly/my/one/pair/pair.ts', '//');
  project.write('sly/secret.ts', '//');
  symlinkSync(join(project.root, 'other/my/one/half'),
    join(project.root, 'sly/my/one/half'));
  const found = findSubmission(
    join(project.root, 'sly'), exercises, edition, false);
  expect([...found.answers.keys()]).toEqual(['one/pair']);
});
test('bad words are named', () => {
  expect(() => parseOptions(['x', '--jobs', '0'])).toThrow('--jobs 0');
  expect(() => parseOptions(['--format', 'xml'])).toThrow('gradescope');
  expect(() => parseOptions(['--speed'])).toThrow('--help');
  expect(() => foldersOf(['no/such'], [])).toThrow('no such folder');
  expect(() => foldersOf(['package.json'], [])).toThrow('no folder');
});
