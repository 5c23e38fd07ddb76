import { performance } from 'node:perf_hooks';
import { BookError } from './model.ts';
import { compare, tangle } from './tangle.ts';

const HELP = `usage: npm run lit -- COMMAND
  tangle [--check] [--force]   write src/, exercises/, solutions/`;

function runTangle(root: string, flags: ReadonlySet<string>): number {
  if (flags.has('--check')) {
    const differing = compare(root);
    for (const line of differing) console.error(line);
    return differing.length > 0 ? 1 : 0;
  }
  const start = performance.now();
  const { written, removed } = tangle(root, flags.has('--force'));
  const ms = Math.round(performance.now() - start);
  console.log(`tangled: ${written.length} written, `
    + `${removed.length} removed (${ms} ms)`);
  return 0;
}

function main(argv: readonly string[]): number {
  const [command, ...rest] = argv;
  const root = process.cwd();
  const flags = new Set(rest);
  switch (command) {
    case 'tangle': return runTangle(root, flags);
    default:
      console.error(HELP);
      return command === undefined || command === 'help' ? 0 : 2;
  }
}

try {
  process.exitCode = main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof BookError)) throw error;
  for (const line of error.message.split('\n')) console.error(line);
  process.exitCode = 1;
}
