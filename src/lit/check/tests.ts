import { endOf, type Program } from '../book.ts';
import type { Block, Problem, Snapshot } from '../model.ts';
import { closureKey, textsOf } from './closure.ts';
import { toChapter } from './places.ts';
import type { Desk, Report } from './report.ts';
import { furnish, roomOf } from './rooms.ts';
import {
  type FileResult, runFiles, type TestFailure,
} from './vitest.ts';

/** A test file of a chapter's snapshot that has to run. */
interface Job {
  readonly slug: string;
  readonly path: string;
  readonly key: string;
  readonly files: Snapshot;
}

/** The tests to run, and how many passed before, unchanged. */
function findJobs(desk: Desk): { jobs: Job[]; known: number } {
  const { book, slugs, cache } = desk;
  const jobs = new Map<string, Job>();
  const last = book.book.chapters.at(-1)?.slug;
  const boots = bootTests(book);
  const counted = new Set<string>();
  let known = 0;
  for (const slug of slugs) {
    const files = endOf(book, slug);
    for (const path of files.keys()) {
      if (!/\.test\.tsx?$/.test(path)) continue;
      const home = boots.get(path);
      if (home && home !== slug && slug !== last) continue;
      const key = `test ${closureKey(files, path)}`;
      const before = cache.get(key);
      if (typeof before !== 'number') {
        if (!jobs.has(key)) jobs.set(key, { slug, path, key, files });
      } else if (!counted.has(key)) known += before;
      counted.add(key);
    }
  }
  return { jobs: [...jobs.values()], known };
}

/** Seconds that a test file may be silent. */
const PATIENCE = 300;

/** Runs each chapter's tests where what they import is new. */
export async function checkTests(desk: Desk): Promise<Report> {
  const { root, book, cache, tell } = desk;
  const { jobs, known } = findJobs(desk);
  for (const slug of new Set(jobs.map((job) => job.slug))) {
    furnish(root, roomOf(slug), textsOf(endOf(book, slug)));
  }
  const byFile = new Map(jobs.map((job) =>
    [`${roomOf(job.slug)}/${job.path}`, job]));
  const problems: Problem[] = [];
  const bad = new Set<Job>();
  let [done, passed, failed] = [0, known, 0];
  await runFiles(root, [...byFile.keys()], PATIENCE, (result) => {
    const job = byFile.get(result.file.slice(root.length + 1));
    passed += result.passed;
    failed += result.failures.length;
    if (!job) return tell(result.failures[0]?.message ?? '');
    if (result.failures.length > 0) bad.add(job);
    if (bad.has(job)) cache.drop(job.key);
    else cache.put(job.key, result.passed);
    tell(`tests: ${done += 1}/${jobs.length} ${job.slug} ${job.path}`
      + ` (${(result.ms / 1000).toFixed(1)} s)`);
    problems.push(...explain(root, job, result));
  });
  return { problems, passed, failed };
}

/** A failure stands where its test says what it expects; where the
 * error was thrown is added, if that is another file. */
function failureAt(
  room: string, job: Job, failure: TestFailure,
): Problem {
  const frames = failure.frames
    .filter((frame) => frame.file.startsWith(room))
    .map((frame) => toChapter(job.files, frame.file.slice(room.length),
      frame.line, frame.col, frame.file.slice(room.length)));
  const own = frames.find((frame) => frame.message === job.path);
  const [inner] = frames;
  const via = inner && inner !== own && own
    ? ` (thrown at ${inner.file}:${inner.line})` : '';
  const name = failure.name === '' ? job.path : failure.name;
  const message = `${name}: ${failure.message}${via}`
    .replace(/\s*\n\s*/g, ' ');
  const at = own ?? inner ?? toChapter(job.files, job.path, 1, 1, '');
  return { ...at, message };
}

/** Slow tests, and the chapter where each belongs. */
function bootTests(book: Program): Map<string, string> {
  const isBoot = (block: Block): boolean =>
    block.kind === 'test' && (block.words.has('boot')
      || block.target.includes('/campaign/'));
  return new Map(book.steps.map((step) => step.block).filter(isBoot)
    .map((block) => [block.target, block.slug]));
}

/** The failures of a test file at their chapters' lines. */
function explain(
  root: string, job: Job, result: FileResult,
): Problem[] {
  return result.failures.map((failure) =>
    failureAt(`${root}/${roomOf(job.slug)}/`, job, failure));
}
