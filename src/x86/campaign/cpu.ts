import { parseArgs } from 'node:util';
import { campaign } from './campaign.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '200000' },
  },
});

const report = campaign(Number(values.seed), Number(values.count));
if (!report) {
  console.log('skipped: no x86 Linux here, or no gcc -m32');
} else {
  const { cases, strata, least, traps, narrow, failures } = report;
  for (const line of failures.slice(0, 20)) console.log(line);
  console.log(`${cases} cases, ${strata} opcodes and sizes,`
    + ` at least ${least} of each; ${narrow} with 16-bit segments,`
    + ` ${traps} trapped; ${failures.length} different`);
  process.exitCode = failures.length === 0 ? 0 : 1;
}
