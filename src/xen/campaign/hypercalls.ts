import { commandLine } from '../../machine/command-line.ts';
import { errnoName } from '../common/errno.ts';
import type { Tally } from './campaign.ts';
import { printCoverage, startCoverage } from './coverage.ts';

const USAGE = `usage: npm run campaign:hypercalls -- [options]

Calls the hypervisor as a hostile guest would, and audits its state.

  --seed N     of the calls (default 1)
  --count N    how many calls (default 100000)
  --every N    audit after every Nth call (default 1)
  --coverage   say which branches of the validation were reached
  --help       show this text`;

const { seed, count, every, coverage } = commandLine(USAGE,
  { seed: 1, count: 100_000, every: 1, coverage: false }).values;
if (coverage) startCoverage();
const { campaign } = await import('./campaign.ts');

const sum = (results: Map<number, number>, good: boolean): number =>
  [...results].reduce(
    (n, [rc, times]) => (rc >= 0) === good ? n + times : n, 0);

function print(tally: Tally): void {
  for (const [name, results] of [...tally].sort()) {
    const refusals = [...results].filter(([rc]) => rc < 0)
      .sort((a, b) => b[0] - a[0])
      .map(([rc, n]) => `${name.startsWith('grant') && rc > -13
        ? rc : errnoName(rc)} ${n}`);
    console.log(`${name.padEnd(38)} ${`${sum(results, true)}`
      .padStart(6)}  ${refusals.join(', ')}`);
  }
}

const { calls, lives, tally } = campaign({ seed, count, every });
print(tally);
const rare = (good: boolean) => [...tally]
  .filter(([, results]) => sum(results, good) < count / 1000)
  .map(([name]) => name).sort().join(', ');
console.log(`\nrarely accepted: ${rare(true)}`);
console.log(`rarely refused: ${rare(false)}\n`);
if (coverage) printCoverage(true);
console.log(`\nseed ${seed}: ${calls} calls in ${lives} lives, `
  + 'audited, nothing escaped');
