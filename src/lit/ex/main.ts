import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { watch } from 'chokidar';
import type { Program } from '../book.ts';
import { textOf } from '../check/closure.ts';
import { type Exercise, exercisesOf } from '../exercises.ts';
import { loadProgram } from '../load.ts';
import {
  findExercise, mine, startExercise, tryAnswer,
} from './desk.ts';
import { forget, note, readProgress } from './progress.ts';

const HELP = `usage: npm run ex COMMAND [EXERCISE]
  list            every exercise of the book, and how far you are
  start ID        copy the exercise to my/ID/, where you work on it
  check [ID]      try your answer (without ID: all that you started)
  watch ID        try it again whenever you save
  hint ID         the next hint
  reset ID        begin again from the book's stub
  reveal ID       our answer, after yours passed (or with --yes)`;

interface Desk {
  readonly root: string;
  readonly book: Program;
}

/** A mark for each state; words for who cannot see them. */
function mark(desk: Desk, id: string): string {
  const state = readProgress(desk.root)[id]?.state;
  return state === 'passed' ? '[x] passed '
    : state === 'started' ? '[.] started' : '[ ] new    ';
}

function list(desk: Desk): number {
  const all = exercisesOf(desk.book);
  for (const chapter of desk.book.book.chapters) {
    const own = all.filter((e) => e.slug === chapter.slug);
    if (own.length === 0) continue;
    console.log(`\n${chapter.title}`);
    for (const exercise of own) {
      console.log(`  ${mark(desk, exercise.id)} `
        + `${exercise.id.padEnd(32)} ${exercise.title}`);
    }
  }
  const passed = all.filter((e) =>
    readProgress(desk.root)[e.id]?.state === 'passed').length;
  console.log(`\n${passed} of ${all.length} passed`);
  return 0;
}

function start(desk: Desk, exercise: Exercise): number {
  const fresh = startExercise(desk.root, desk.book, exercise);
  note(desk.root, exercise.id, () => ({}));
  console.log(`${exercise.title}\n`
    + `  your file:  ${mine(exercise)}${fresh ? '' : ' (kept)'}\n`
    + `  the task:   ${exercise.block.file}:${exercise.block.line}\n`
    + (exercise.test ? `  its tests:  ${exercise.test}\n` : '')
    + `  then:       npm run ex check ${exercise.id}`);
  return 0;
}

async function check(desk: Desk, exercise: Exercise): Promise<number> {
  const { root, book } = desk;
  startExercise(root, book, exercise);
  const verdict = await tryAnswer(root, book, exercise);
  const good = verdict.failures.length === 0 && verdict.passed > 0;
  note(root, exercise.id, (entry) => ({
    tries: entry.tries + 1,
    state: good || entry.state === 'passed' ? 'passed' : 'started',
  }));
  for (const failure of verdict.failures) console.log(`  x ${failure}`);
  console.log(good ? `${exercise.id}: passed (${verdict.passed} tests)`
    : `${exercise.id}: not yet (${verdict.passed} passed, `
      + `${verdict.failures.length} failed)`);
  return good ? 0 : 1;
}

async function checkAll(desk: Desk): Promise<number> {
  const started = Object.keys(readProgress(desk.root));
  const open = exercisesOf(desk.book)
    .filter((e) => started.includes(e.id));
  if (open.length === 0) {
    console.log('nothing started yet: npm run ex list');
  }
  let code = 0;
  for (const exercise of open) {
    code = Math.max(code, await check(desk, exercise));
  }
  return code;
}

function hint(desk: Desk, exercise: Exercise): number {
  const { hints } = note(desk.root, exercise.id, (entry) => ({
    hints: Math.min(entry.hints + 1, exercise.hints.length),
  }));
  exercise.hints.slice(0, hints).forEach((text, i) => {
    console.log(`${i + 1} of ${exercise.hints.length}: ${text}`);
  });
  if (exercise.hints.length === 0) console.log('this one has no hints');
  return 0;
}

function reset(desk: Desk, exercise: Exercise): number {
  const folder = dirname(join(desk.root, mine(exercise)));
  rmSync(folder, { recursive: true, force: true });
  forget(desk.root, exercise.id);
  return start(desk, exercise);
}

function reveal(
  desk: Desk, exercise: Exercise, flags: readonly string[],
): number {
  const sure = flags.includes('--yes');
  const entry = readProgress(desk.root)[exercise.id];
  if (entry?.state !== 'passed' && !sure) {
    console.log('yours has not passed yet; to see ours all the same:\n'
      + `  npm run ex reveal ${exercise.id} -- --yes`);
    return 1;
  }
  const lines = desk.book.extras.get(exercise.solution ?? '') ?? [];
  process.stdout.write(textOf(lines));
  return 0;
}

/** Tries again at every save, until stopped. */
async function follow(desk: Desk, exercise: Exercise): Promise<number> {
  startExercise(desk.root, desk.book, exercise);
  await check(desk, exercise);
  let work = Promise.resolve(0);
  watch(join(desk.root, mine(exercise)), { ignoreInitial: true })
    .on('all', () => {
      work = work.then(() => check(desk, exercise));
    });
  return 0;
}

/** What each command does with an exercise. */
const COMMANDS: Readonly<Record<string, (
  desk: Desk, exercise: Exercise, flags: readonly string[],
) => number | Promise<number>>> = {
  start, check, watch: follow, hint, reset, reveal,
};

async function main(argv: readonly string[]): Promise<number> {
  const [command = 'help', word, ...flags] = argv;
  const root = process.cwd().replaceAll('\\', '/');
  const desk: Desk = { root, book: loadProgram(root) };
  if (command === 'list') return list(desk);
  if (command === 'check' && word === undefined) return checkAll(desk);
  const run = COMMANDS[command];
  if (!run || word === undefined) {
    console.log(HELP);
    return command === 'help' ? 0 : 2;
  }
  const exercise = findExercise(desk.book, word);
  if (typeof exercise !== 'string') return run(desk, exercise, flags);
  console.error(exercise);
  return 1;
}

process.exitCode = await main(process.argv.slice(2));
