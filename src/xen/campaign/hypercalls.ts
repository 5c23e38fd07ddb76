import { errnoName } from '../common/errno.ts';
import type { Tally } from './campaign.ts';
import { printCoverage, startCoverage } from './coverage.ts';

const asked = process.argv.includes('--coverage');
if (asked) startCoverage();
const { campaign } = await import('./campaign.ts');

const option = (name: string, usual: number): number => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? usual : Number(process.argv[at + 1]);
};

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

const seed = option('seed', 1);
const count = option('count', 100_000);
const { calls, lives, tally } =
  campaign({ seed, count, every: option('every', 1) });
print(tally);
const rare = (good: boolean) => [...tally]
  .filter(([, results]) => sum(results, good) < count / 1000)
  .map(([name]) => name).sort().join(', ');
console.log(`\nrarely accepted: ${rare(true)}`);
console.log(`rarely refused: ${rare(false)}\n`);
if (asked) printCoverage(true);
console.log(`\nseed ${seed}: ${calls} calls in ${lives} lives, `
  + 'audited, nothing escaped');
