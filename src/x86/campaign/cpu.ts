import { commandLine } from '../../machine/command-line.ts';
import { campaign } from './campaign.ts';

const USAGE = `usage: npm run campaign:cpu -- [options]

Executes the same instructions here and on this computer's processor.

  --seed N    of the cases (default 1)
  --count N   how many cases (default 200000)
  --help      show this text`;

const { seed, count } =
  commandLine(USAGE, { seed: 1, count: 200_000 }).values;
const report = campaign(seed, count);
if (!report) {
  console.log('skipped: gcc -m32 makes no program that runs here');
} else {
  const { cases, strata, least, traps, narrow, failures } = report;
  for (const line of failures.slice(0, 20)) console.log(line);
  console.log(`${cases} cases, ${strata} opcodes and sizes,`
    + ` at least ${least} of each; ${narrow} with 16-bit segments,`
    + ` ${traps} trapped; ${failures.length} different`);
  process.exitCode = failures.length === 0 ? 0 : 1;
}
