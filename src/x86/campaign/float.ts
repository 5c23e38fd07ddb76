import { cpus } from 'node:os';
import { commandLine } from '../../machine/command-line.ts';
import { floatCampaign } from './float-campaign.ts';

const USAGE = `usage: npm run campaign:float -- [options]

Executes the same x87, MMX and SSE instructions here and on this
computer's processor.

  --seed N       of the cases (default 1)
  --count N      how many cases of each group (default 200000)
  --only NAMES   some instructions: fadd,addps
  --help         show this text`;

const { seed, count, only } = commandLine(USAGE,
  { seed: 1, count: 200_000, only: '' }).values;
const names = only.split(',');

console.log(`host: ${cpus()[0]?.model ?? 'unknown'}`);
for (const group of ['x87', 'sse'] as const) {
  const report = floatCampaign(group, seed, count, (row) =>
    only === '' || names.includes(row.mnemonic));
  if (!report) {
    console.log('skipped: no 64-bit x86 Linux here, or no gcc');
    break;
  }
  const { cases, opcodes, traps, failures } = report;
  for (const line of failures.slice(0, 20)) console.log(line);
  console.log(`${group}: ${cases} cases of ${opcodes} opcodes,`
    + ` ${traps} trapped; ${failures.length} different`);
  if (failures.length > 0) process.exitCode = 1;
}
