import { rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { commandLine } from '../../../machine/command-line.ts';
import { exercisesOf } from '../../exercises.ts';
import { loadSound } from '../../load.ts';
import { editionOf } from '../edition.ts';
import { gradeAll } from '../grade.ts';
import { prepare } from '../prepare.ts';
import { findSubmission } from '../submissions.ts';
import { complaints, drawClass, KINDS, writeClass } from './class.ts';

const USAGE = `usage: npm run campaign:grade -- [options]

Grades a class that answers well, wrongly, and with malice.

  --seed N        of the class (default 1)
  --count N       how many students (default 200)
  --exercise ID   what they answer; may be repeated
  --help          show this text`;

const { seed, count, exercise } = commandLine(USAGE, {
  seed: 1, count: 200,
  exercise: ['first-machine/fence', 'decoding/special', 'paging/nx'],
}).values;

const root = process.cwd();
const book = loadSound(root);
const chosen = exercisesOf(book).filter((e) =>
  exercise.includes(e.id));
const folder = join(root, '.lit/grade/class');
rmSync(folder, { recursive: true, force: true });
const members = drawClass(chosen, count, seed);
writeClass(folder, book, chosen, members);
const prepared = [];
for (const e of chosen) prepared.push(await prepare(root, book, e, {}));
const edition = editionOf(book);
const jobs = availableParallelism();
const start = performance.now();
const grades = await gradeAll({
  prepared, edition, jobs,
  limits: { seconds: 10, patience: 5, memory: 512 },
  tell: ({ name }, grade, done, all) => console.error(
    `${done}/${all} ${name} ${grade.id} ${grade.score / 100} `
    + (grade.note ?? '')),
}, members.map((m) =>
  findSubmission(join(folder, m.name), chosen, edition, false)));
const seconds = ((performance.now() - start) / 1000).toFixed(0);

const wrong = complaints(members, grades);
for (const complaint of wrong) console.log(complaint);
console.log(`seed ${seed}: ${count} submissions of ${chosen.length} `
  + `answers, ${KINDS.length} kinds, ${jobs} jobs, ${seconds} s, `
  + `${wrong.length} graded wrongly`);
process.exitCode = wrong.length > 0 ? 1 : 0;
