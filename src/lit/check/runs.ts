import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readText, writeAtomic } from '../files.ts';
import { type Block, type Problem, problemAt } from '../model.ts';
import { splitLines } from '../parse.ts';
import { obtain, type Output } from './command.ts';
import type { Desk, Report } from './report.ts';
import { type Command, commandsOf, matches } from './transcript.ts';
import { checkValues } from './values.ts';

/** Runs every transcript and compares; `update` writes instead. */
export async function checkRuns(desk: Desk): Promise<Report> {
  const { root, book, slugs, update } = desk;
  const outputs = new Map<string, string>();
  const fixes = new Map<string, Map<number, string[]>>();
  const problems: Problem[] = [];
  let [passed, failed] = [0, 0];
  for (const { block } of book.steps) {
    if (block.kind !== 'run' || !slugs.includes(block.slug)) continue;
    const found = await checkRun(desk, block);
    if (found === 'skipped') continue;
    outputs.set(block.target, found.text);
    if (update) fix(fixes, block, found.body);
    else problems.push(...found.problems);
    if (found.problems.length > 0 && !update) failed += 1;
    else passed += 1;
  }
  const values = checkValues(desk, outputs);
  if (update) writeFixes(root, fixes);
  return {
    problems: [...problems, ...values], passed,
    failed: failed + values.length,
  };
}

interface RunResult {
  /** Everything that the run's commands printed. */
  readonly text: string;
  /** The transcript as it would have to be. */
  readonly body: readonly string[];
  readonly problems: readonly Problem[];
}

async function checkRun(
  desk: Desk, block: Block,
): Promise<RunResult | 'skipped'> {
  let text = '';
  const body: string[] = [];
  const problems: Problem[] = [];
  for (const command of commandsOf(block)) {
    const missing = missingGuest(desk.root, command);
    if (missing) {
      desk.tell(`runs: ${block.target} skipped: no ${missing}`);
      return 'skipped';
    }
    const output = await obtain(desk, block, command);
    const lines = splitLines(output.text);
    const miss = matches(command.expected, lines);
    text += output.text;
    body.push(block.body[command.offset - 1] ?? '',
      ...miss === undefined ? command.expected : lines);
    problems.push(...judge(block, command, output, lines, miss));
  }
  return { text, body, problems };
}

/** A guest that the command wants and nobody has fetched. */
function missingGuest(
  root: string, command: Command,
): string | undefined {
  const wanted = command.argv.find((w) => w.startsWith('.guests/'));
  if (!wanted) return undefined;
  const folder = wanted.split('/').slice(0, 2).join('/');
  return existsSync(join(root, folder)) ? undefined : folder;
}

/** What is wrong with a command's output or its exit code. */
function judge(
  block: Block, command: Command, output: Output,
  lines: readonly string[], miss: number | undefined,
): Problem[] {
  const exit = Number(block.words.get('exit') ?? 0);
  const name = `run=${block.target}`;
  if (miss === undefined) {
    return output.code === exit ? [] : [problemAt(block, command.offset,
      `${name} ends with ${output.code}, not ${exit}`)];
  }
  const got = lines[Math.min(miss, lines.length - 1)] ?? 'nothing';
  const more = miss >= command.expected.length;
  const at = command.offset + (more ? miss : miss + 1);
  return [problemAt(block, at, more ? `${name} prints more: ${got}`
    : `${name} does not print this; it prints: ${got}`)];
}

/** New bodies of a file's runs, by the lines of their fences. */
type Bodies = ReadonlyMap<number, readonly string[]>;

function fix(
  fixes: Map<string, Map<number, string[]>>, block: Block,
  body: readonly string[],
): void {
  if (body.join('\n') === block.body.join('\n')) return;
  const file = fixes.get(block.file) ?? new Map<number, string[]>();
  fixes.set(block.file, file.set(block.line, [...body]));
}

/** Replaces the bodies of runs, by the lines of their fences. */
function writeFixes(
  root: string, fixes: ReadonlyMap<string, Bodies>,
): void {
  for (const [file, bodies] of fixes) {
    const lines = splitLines(readText(join(root, file)) ?? '');
    const places = [...bodies].sort(([a], [b]) => b - a);
    for (const [at, body] of places) {
      const end = lines.findIndex((l, i) =>
        i >= at && /^```+\s*$/.test(l));
      lines.splice(at, end - at, ...body);
    }
    writeAtomic(join(root, file), `${lines.join('\n')}\n`);
  }
}
