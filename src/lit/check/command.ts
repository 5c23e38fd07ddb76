import { spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { endOf } from '../book.ts';
import { readText } from '../files.ts';
import type { Block } from '../model.ts';
import { closureKey, digest, textsOf } from './closure.ts';
import type { Desk } from './report.ts';
import { furnish, roomOf } from './rooms.ts';
import { type Command, toNode } from './transcript.ts';

/** What a command printed. */
export interface Output {
  readonly text: string;
  readonly code: number;
}

/** Milliseconds that one command may take. */
const LIMIT = 180_000;

/** The output of a command, from the cache if nothing changed. */
export async function obtain(
  desk: Desk, block: Block, command: Command,
): Promise<Output> {
  const { root, cache } = desk;
  const files = endOf(desk.book, block.slug);
  const args = toNode(command.argv, scriptsOf(root));
  if (!args) return { text: 'no command for a run', code: -1 };
  const named = args.map((arg) => files.has(arg)
    ? closureKey(files, arg) : stamp(root, arg));
  const key = `run ${digest(...args, command.stdin, ...named)}`;
  const known = cache.get(key);
  if (known) return known as Output;
  desk.tell(`runs: ${block.slug} ${block.target}`);
  const room = roomOf(block.slug);
  furnish(root, room, textsOf(files));
  const output = await execute(root, room, args, command.stdin);
  cache.put(key, output);
  return output;
}

function scriptsOf(root: string): Readonly<Record<string, string>> {
  const text = readText(join(root, 'package.json')) ?? '{}';
  const { scripts } = JSON.parse(text) as {
    scripts?: Record<string, string>;
  };
  return scripts ?? {};
}

/** A guest's size and age stand for its content. */
function stamp(root: string, path: string): string {
  if (!path.startsWith('.guests/')) return '';
  const full = join(root, path);
  if (!existsSync(full)) return '';
  const { size, mtimeMs } = statSync(full);
  return `${size} ${mtimeMs}`;
}

/** Runs node in a chapter's program. What it prints as an error
 * follows what it prints, so that the order is always the same. */
function execute(
  root: string, room: string, args: readonly string[], stdin: string,
): Promise<Output> {
  const full = args.map((arg) => arg.startsWith('.guests/')
    ? join(root, arg) : arg);
  const child = spawn(process.execPath, full, {
    cwd: join(root, room), timeout: LIMIT,
    env: { ...process.env, COLUMNS: '80', NO_COLOR: '1' },
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (data) => { out += String(data); });
  child.stderr.on('data', (data) => { err += String(data); });
  child.stdin.on('error', () => undefined);
  child.stdin.end(stdin);
  return new Promise((resolve) => child.on('close', (code) => {
    resolve({ text: plain(out + err), code: code ?? -1 });
  }));
}

/** Text without carriage returns and without a terminal's colours. */
function plain(text: string): string {
  return text.replace(/\r\n?/g, '\n')
    .replace(/\x1b\[[0-9;?]*[A-Za-z]/g, '');
}
