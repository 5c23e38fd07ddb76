import { spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Program } from '../book.ts';
import { docsOf } from '../book.ts';
import { readText, writeAtomic } from '../files.ts';
import {
  type Block, type Problem, problemAt, type Snapshot,
} from '../model.ts';
import { splitLines } from '../parse.ts';
import type { Cache } from './cache.ts';
import { closureKey, digest } from './closure.ts';
import { furnish, roomOf, textsOf } from './rooms.ts';
import type { Tally } from './tests.ts';

/** One command of a transcript and what it is to print. */
export interface Command {
  readonly argv: readonly string[];
  readonly stdin: string;
  /** Offset of the `$` line in its block. */
  readonly offset: number;
  readonly expected: readonly string[];
}

/** What a command printed. */
interface Output {
  readonly text: string;
  readonly code: number;
}

/** Milliseconds that one command may take. */
const LIMIT = 180_000;

/** Splits a command line into words, as a shell would. */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  for (const [, single, double, bare] of
    text.matchAll(/'([^']*)'|"([^"]*)"|([^\s'"]+)/g)) {
    words.push(single ?? double ?? bare ?? '');
  }
  return words;
}

/** The commands of a run block. `printf '...' | command` feeds it. */
export function commandsOf(block: Block): Command[] {
  const commands: Command[] = [];
  let expected: string[] = [];
  block.body.forEach((text, i) => {
    if (!text.startsWith('$ ')) {
      expected.push(text);
      return;
    }
    const [, fed, rest = ''] =
      /^\$ (?:printf ('[^']*'|"[^"]*") \| )?(.*)$/.exec(text) ?? [];
    const stdin = fed?.slice(1, -1) ?? block.words.get('stdin') ?? '';
    expected = [];
    commands.push({
      argv: splitWords(rest), stdin: unescape(stdin), offset: i + 1,
      expected,
    });
  });
  return commands;
}

function unescape(text: string): string {
  const known: Record<string, string> = { n: '\n', r: '\r', t: '\t' };
  return text.replace(/\\(x[0-9a-f]{2}|.)/g, (_, c: string) =>
    c[0] === 'x' && c.length === 3
      ? String.fromCharCode(parseInt(c.slice(1), 16)) : known[c] ?? c);
}

/** The arguments for node that a command line stands for. */
export function toNode(
  argv: readonly string[], scripts: Readonly<Record<string, string>>,
): string[] | undefined {
  const words = argv.filter((w) => w !== '-s' && w !== '--silent');
  const [first, second, third] = words;
  if (first === 'npm' && second === 'run' && third) {
    const rest = words.slice(words[3] === '--' ? 4 : 3);
    const script = scripts[third];
    return script === undefined ? undefined
      : toNode([...splitWords(script), ...rest], scripts);
  }
  if (first === 'npx') return toNode(words.slice(1), scripts);
  if (first === 'tsx') return ['--import', 'tsx', ...words.slice(1)];
  return first === 'node' ? words.slice(1) : undefined;
}

/** Runs every transcript and compares; `update` writes instead. */
export async function checkRuns(
  root: string, book: Program, slugs: readonly string[], cache: Cache,
  update: boolean, tell: (text: string) => void,
): Promise<Tally> {
  const outputs = new Map<string, string>();
  const fixes = new Map<string, Map<number, string[]>>();
  const problems: Problem[] = [];
  let [passed, failed] = [0, 0];
  for (const { block } of book.steps) {
    if (block.kind !== 'run' || !slugs.includes(block.slug)) continue;
    const found = await checkRun(root, book, block, cache, tell);
    if (found === 'skipped') continue;
    outputs.set(block.target, found.text);
    if (update) fix(fixes, block, found.body);
    else problems.push(...found.problems);
    if (found.problems.length > 0 && !update) failed += 1;
    else passed += 1;
  }
  const values = checkValues(root, book, slugs, outputs, update);
  if (update) writeFixes(root, fixes);
  return {
    problems: [...problems, ...values], passed,
    failed: failed + values.length,
  };
}

interface RunResult {
  readonly text: string;
  readonly body: readonly string[];
  readonly problems: readonly Problem[];
}

async function checkRun(
  root: string, book: Program, block: Block, cache: Cache,
  tell: (text: string) => void,
): Promise<RunResult | 'skipped'> {
  const files = book.ends.get(block.slug) ?? new Map();
  const problems: Problem[] = [];
  const texts: string[] = [];
  const body: string[] = [];
  for (const command of commandsOf(block)) {
    const missing = missingGuest(root, command);
    if (missing) {
      tell(`runs: ${block.target} skipped: no ${missing}`);
      return 'skipped';
    }
    const output = await obtain(
      root, files, block, command, cache, tell);
    const lines = splitLines(output.text);
    texts.push(output.text);
    body.push(block.body[command.offset - 1] ?? '');
    const same = matches(command.expected, lines);
    body.push(...(same === undefined ? command.expected : lines));
    const problem = judge(block, command, output, lines, same);
    if (problem) problems.push(problem);
  }
  return { text: texts.join(''), body, problems };
}

/** A guest that the command wants and nobody has fetched. */
function missingGuest(root: string, command: Command): string | undefined {
  const wanted = command.argv.find((w) => w.startsWith('.guests/'));
  if (!wanted) return undefined;
  const folder = wanted.split('/').slice(0, 2).join('/');
  return existsSync(join(root, folder)) ? undefined : folder;
}

function judge(
  block: Block, command: Command, output: Output,
  lines: readonly string[], miss: number | undefined,
): Problem | undefined {
  const exit = Number(block.words.get('exit') ?? 0);
  if (miss !== undefined) {
    const wanted = command.expected[miss];
    const got = lines[Math.min(miss, lines.length - 1)];
    const message = wanted === undefined
      ? `run=${block.target} prints more: ${got ?? ''}`
      : `run=${block.target} does not print this; it prints: ${
        got ?? 'nothing'}`;
    const at = command.offset + Math.min(
      miss + 1, command.expected.length);
    return problemAt(block, at, message);
  }
  if (output.code === exit) return undefined;
  return problemAt(block, command.offset,
    `run=${block.target} ends with ${output.code}, not ${exit}`);
}

/** The first expected line that is not there; `…` skips lines. */
export function matches(
  expected: readonly string[], lines: readonly string[],
): number | undefined {
  let at = 0;
  let free = false;
  for (const [i, text] of expected.entries()) {
    if (/^\s*(…|\.\.\.)\s*$/.test(text)) {
      free = true;
      continue;
    }
    const same = (l: string): boolean => l.trimEnd() === text.trimEnd();
    const found = free ? lines.findIndex((l, k) => k >= at && same(l))
      : same(lines[at] ?? (text === '' ? '' : '\0')) ? at : -1;
    if (found < 0) return i;
    at = found + 1;
    free = false;
  }
  const rest = lines.slice(at).some((l) => l.trim() !== '');
  return free || !rest ? undefined : expected.length;
}

/** The output of a command, from the cache if nothing changed. */
async function obtain(
  root: string, files: Snapshot, block: Block, command: Command,
  cache: Cache, tell: (text: string) => void,
): Promise<Output> {
  const scripts = (JSON.parse(
    readText(join(root, 'package.json')) ?? '{}') as {
      scripts?: Record<string, string>;
    }).scripts ?? {};
  const args = toNode(command.argv, scripts);
  if (!args) return { text: 'not a command that a run may use', code: -1 };
  const named = args.map((arg) => files.has(arg)
    ? closureKey(files, arg) : stamp(root, arg));
  const key = `run ${digest(...args, command.stdin, ...named)}`;
  const known = cache.get(key);
  if (known) return known as Output;
  tell(`runs: ${block.slug} ${block.target}`);
  const room = roomOf(block.slug);
  furnish(root, room, textsOf(files));
  const output = await execute(root, room, args, command.stdin);
  cache.put(key, output);
  return output;
}

/** A guest's size and age stand for its content. */
function stamp(root: string, path: string): string {
  if (!path.startsWith('.guests/')) return '';
  const full = join(root, path);
  if (!existsSync(full)) return '';
  const { size, mtimeMs } = statSync(full);
  return `${size} ${mtimeMs}`;
}

function execute(
  root: string, room: string, args: readonly string[], stdin: string,
): Promise<Output> {
  const full = args.map((arg) => arg.startsWith('.guests/')
    ? join(root, arg) : arg);
  return new Promise((resolve) => {
    const child = spawn(process.execPath, full, {
      cwd: join(root, room), timeout: LIMIT,
      env: { ...process.env, COLUMNS: '80', NO_COLOR: '1' },
    });
    let text = '';
    child.stdout.on('data', (data) => { text += String(data); });
    child.stderr.on('data', (data) => { text += String(data); });
    child.on('close', (code) => {
      const plain = text.replace(/\r\n?/g, '\n')
        .replace(/\x1b\[[0-9;?]*[A-Za-z]/g, '');
      resolve({ text: plain, code: code ?? -1 });
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(stdin);
  });
}

const VALUE =
  /([\w.,]*\d[\w.,]*?)<!--\s*run=(\S+)\s+key="([^"]+)"\s*-->/g;

/** The value after a key in a run's output. */
export function valueOf(text: string, key: string): string | undefined {
  const at = text.indexOf(key);
  if (at < 0) return undefined;
  const line = text.slice(at + key.length).split('\n', 1)[0] ?? '';
  return /(?:0x)?\d[\d_,.a-fA-F]*/.exec(line)?.[0]?.replace(/[.,]$/, '');
}

function bare(value: string): string {
  return value.replace(/[_,]/g, '').toLowerCase();
}

/** Thousands in groups, as the text prints them. */
function grouped(value: string): string {
  return /^\d{5,}$/.test(value)
    ? value.replace(/\B(?=(\d{3})+$)/g, ',') : value;
}

/** Compares the figures in the prose with the runs they come from. */
function checkValues(
  root: string, book: Program, slugs: readonly string[],
  outputs: ReadonlyMap<string, string>, update: boolean,
): Problem[] {
  const problems: Problem[] = [];
  const names = new Set(book.steps.flatMap(({ block }) =>
    block.kind === 'run' ? [block.target] : []));
  for (const chapter of book.book.chapters) {
    if (!slugs.includes(chapter.slug)) continue;
    for (const doc of docsOf(chapter)) {
      const lines = doc.lines.map((text, i) => text.replace(VALUE,
        (all, shown: string, run: string, key: string) => {
          const output = outputs.get(run);
          if (output === undefined && names.has(run)) return all;
          const value = valueOf(output ?? '', key);
          if (value !== undefined && bare(value) === bare(shown)) {
            return all;
          }
          if (update && value !== undefined) {
            return grouped(value) + all.slice(shown.length);
          }
          problems.push({
            file: doc.file, line: i + 1, col: 1,
            message: `${shown} is not what run=${run} says of "${key}": `
              + `${value ?? 'nothing'}`,
          });
          return all;
        }));
      if (update && lines.some((l, i) => l !== doc.lines[i])) {
        writeAtomic(join(root, doc.file), `${lines.join('\n')}\n`);
      }
    }
  }
  return problems;
}

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
  root: string, fixes: ReadonlyMap<string, ReadonlyMap<number, string[]>>,
): void {
  for (const [file, bodies] of fixes) {
    const lines = splitLines(readText(join(root, file)) ?? '');
    const places = [...bodies].sort(([a], [b]) => b - a);
    for (const [at, body] of places) {
      const end = lines.findIndex((l, i) => i >= at && /^```+\s*$/.test(l));
      lines.splice(at, end - at, ...body);
    }
    writeAtomic(join(root, file), `${lines.join('\n')}\n`);
  }
}
