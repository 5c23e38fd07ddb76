import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { floatCampaign } from './float-campaign.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '200000' },
    only: { type: 'string' },
  },
});

console.log(`host: ${cpus()[0]?.model ?? 'unknown'}`);
for (const group of ['x87', 'sse'] as const) {
  const report = floatCampaign(group, Number(values.seed),
    Number(values.count), (row) => values.only === undefined
      || values.only.split(',').includes(row.mnemonic));
  if (!report) {
    console.log('skipped: no x86 Linux here, or no gcc -m32');
    break;
  }
  const { cases, opcodes, traps, failures } = report;
  for (const line of failures.slice(0, 20)) console.log(line);
  console.log(`${group}: ${cases} cases of ${opcodes} opcodes,`
    + ` ${traps} trapped; ${failures.length} different`);
  if (failures.length > 0) process.exitCode = 1;
}
