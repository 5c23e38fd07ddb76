import { performance } from 'node:perf_hooks';
import { check, STAGES } from './check/check.ts';
import {
  snapshotCommand, syncCommand, watchCommand, where,
} from './commands.ts';
import { BookError, printProblem } from './model.ts';
import { compare, tangle } from './tangle.ts';

const HELP = `usage: npm run lit -- COMMAND
  tangle [--check] [--force]   write src/, exercises/, solutions/
  sync [--at CHAPTER[:LINE]]   bring edits of src/ into the chapters
  watch                        both, as files change
  check [CHAPTER...] [--only STAGE,...] [--update]
                               everything; stages: ${STAGES.join(' ')}
  where FILE:LINE              which line of the book (or program)
  snapshot CHAPTER DIR         the program at a chapter's end`;

function runTangle(root: string, flags: ReadonlySet<string>): number {
  if (flags.has('--check')) {
    const differing = compare(root);
    for (const problem of differing) {
      console.error(printProblem(problem));
    }
    return differing.length > 0 ? 1 : 0;
  }
  const start = performance.now();
  const { written, removed } = tangle(root, flags.has('--force'));
  const ms = Math.round(performance.now() - start);
  console.log(`tangled: ${written.length} written, `
    + `${removed.length} removed (${ms} ms)`);
  return 0;
}

/** In a terminal, asks before an older chapter is changed. */
async function agree(
  files: readonly string[],
): Promise<string | boolean> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return true;
  const { createInterface } = await import('node:readline/promises');
  const terminal = createInterface({
    input: process.stdin, output: process.stdout,
  });
  const answer = await terminal.question(
    `These lines were written in ${files.join(', ')}.\n`
    + 'Change them there (Enter), stop (n), or name a chapter'
    + ' in which new blocks shall make the change: ');
  terminal.close();
  if (answer.trim() === '') return true;
  return /^n/i.test(answer) ? false : answer.trim();
}

async function runSync(
  root: string, rest: readonly string[],
): Promise<number> {
  const at = rest.indexOf('--at');
  const place = at < 0 ? undefined : rest[at + 1];
  const files = await syncCommand(root, place, agree);
  console.log(files.length === 0 ? 'nothing to sync'
    : `synced into ${files.join(' ')}`);
  return 0;
}

function runWhere(root: string, place: string): number {
  const found = where(root, place);
  for (const line of found) console.log(line);
  if (found.length === 0) console.error(`nothing stands at ${place}`);
  return found.length > 0 ? 0 : 1;
}

function runSnapshot(root: string, rest: readonly string[]): number {
  const [slug, folder] = rest;
  if (!slug || !folder) {
    console.error('usage: lit snapshot CHAPTER DIR');
    return 2;
  }
  const count = snapshotCommand(root, slug, folder);
  console.log(`${count} files in ${folder}`);
  return 0;
}

/** `--only types,tests` and the chapters named. */
async function runCheck(
  root: string, rest: readonly string[],
): Promise<number> {
  const start = performance.now();
  const only = rest.indexOf('--only');
  const named = only < 0 ? undefined : rest[only + 1]?.split(',');
  const slugs = rest.filter((word, i) =>
    !word.startsWith('--') && (only < 0 || i !== only + 1));
  const stages = STAGES.filter((s) => !named || named.includes(s));
  const report = await check(root, {
    slugs, stages, update: rest.includes('--update'),
  }, (text) => console.error(text));
  for (const problem of report.problems) {
    console.error(printProblem(problem));
  }
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`checked ${stages.join(', ')} in ${seconds} s`);
  console.log(`${report.passed} passed, ${report.failed} failed`);
  return report.failed > 0 ? 1 : 0;
}

async function main(argv: readonly string[]): Promise<number> {
  const [command, ...rest] = argv;
  const root = process.cwd().replaceAll('\\', '/');
  const flags = new Set(rest);
  switch (command) {
    case 'tangle': return runTangle(root, flags);
    case 'sync': return runSync(root, rest);
    case 'check': return runCheck(root, rest);
    case 'watch': watchCommand(root); return 0;
    case 'where': return runWhere(root, rest[0] ?? '');
    case 'snapshot': return runSnapshot(root, rest);
    default:
      console.error(HELP);
      return command === undefined || command === 'help' ? 0 : 2;
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof BookError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
