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
  console.log('skipped: wants x86 Linux, gcc -m32 (Debian:'
    + ' gcc-multilib), and a kernel that runs 32-bit programs');
} else {
  const { cases, strata, least, traps, narrow, failures } = report;
  for (const line of failures.slice(0, 20)) console.log(line);
  console.log(`${cases} cases, ${strata} opcodes and sizes,`
    + ` at least ${least} of each; ${narrow} with 16-bit segments,`
    + ` ${traps} trapped; ${failures.length} different`);
  process.exitCode = failures.length === 0 ? 0 : 1;
}
