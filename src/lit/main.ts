import { performance } from 'node:perf_hooks';
import { BookError, printProblem } from './model.ts';
import { compare, tangle } from './tangle.ts';
import {
  runSnapshot, runSync, runWatch, runWhere,
} from './commands.ts';
import { runCheck } from './check/main.ts';

/** Does its work in a folder; gives the exit code. */
type Command = (
  root: string, words: readonly string[],
) => number | Promise<number>;

interface Entry {
  readonly run: Command;
  readonly words: string;
  readonly help: string;
}

function runTangle(root: string, words: readonly string[]): number {
  if (words.includes('--check')) {
    const differing = compare(root);
    for (const problem of differing) {
      console.error(printProblem(problem));
    }
    return differing.length > 0 ? 1 : 0;
  }
  const start = performance.now();
  const { written, removed } = tangle(root, words.includes('--force'));
  const ms = Math.round(performance.now() - start);
  console.log(`tangled: ${written.length} written, `
    + `${removed.length} removed (${ms} ms)`);
  return 0;
}

const COMMANDS: Readonly<Record<string, Entry>> = {
  tangle: {
    run: runTangle, words: '[--check] [--force]',
    help: 'write src/, exercises/ and solutions/',
  },
  sync: {
    run: runSync, words: '[--at CHAPTER[:LINE]]',
    help: 'bring edits of src/ into the chapters',
  },
  watch: { run: runWatch, words: '', help: 'both, as files change' },
  where: {
    run: runWhere, words: 'FILE:LINE',
    help: 'which line of the book, or of the program',
  },
  snapshot: {
    run: runSnapshot, words: 'CHAPTER DIR',
    help: 'the program at a chapter’s end',
  },
  check: {
    run: runCheck, words: '[CHAPTER...] [--only STAGE,...] [--update]',
    help: 'everything that CI wants',
  },
};

function printHelp(): void {
  console.error('usage: npm run lit -- COMMAND');
  for (const [name, { words, help }] of Object.entries(COMMANDS)) {
    console.error(`  ${`${name} ${words}`.padEnd(52)} ${help}`);
  }
}

/** Whoever asks for help gets it, and nothing is done. */
const HELP = new Set(['help', '-h', '--help']);

async function main(argv: readonly string[]): Promise<number> {
  const [name = 'help', ...words] = argv;
  const command = COMMANDS[name];
  const root = process.cwd().replaceAll('\\', '/');
  const asked = [name, ...words].some((word) => HELP.has(word));
  if (command && !asked) return command.run(root, words);
  printHelp();
  return asked ? 0 : 2;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof BookError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
