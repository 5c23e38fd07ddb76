import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import process from 'node:process';
import { commandLine } from '../../machine/command-line.ts';
import { table } from '../opcodes.ts';
import { compareCode, compareStrings } from './campaign.ts';
import { hasObjdump } from './listing.ts';
import { emptyReport } from './report.ts';
import type { Report } from './report.ts';
import { roundTrip } from './roundtrip.ts';
import { codeSections } from './sections.ts';
import { seeded } from './strings.ts';

const say = (line: string) => { process.stdout.write(`${line}\n`); };

const listed = (map: ReadonlyMap<string, number>) =>
  [...map].sort((a, b) => b[1] - a[1]).map(([k, n]) => `${k} ${n}`)
    .join(', ');

const total = (r: Report) =>
  Object.values(r.counts).reduce((sum, n) => sum + n, 0);

function print(name: string, r: Report): void {
  const { equal, undefined: outside, excluded } = r.counts;
  say(`${name}: ${total(r)} instructions, ${equal} equal, `
    + `${outside} outside the table, ${excluded} excluded, `
    + `${r.complaints} different`);
  if (r.rules.size) say(`  by rule: ${listed(r.rules)}`);
  if (r.outside.size) say(`  to objdump: ${listed(r.outside)}`);
  r.differences.forEach(d => say(`  ${d}`));
}

const usual = ['.guests/libc32/libc.so.6',
  '.guests/grub32/grub-i386-xen.bin'];

function fetchText(file: string): void {
  const name = file.split('/')[1] ?? '';
  spawnSync('npm', ['run', '-s', 'guests', '--', name],
    { stdio: 'inherit', shell: process.platform === 'win32' });
}

async function text(file: string): Promise<Report> {
  const report = emptyReport();
  if (!fs.existsSync(file) && usual.includes(file)) fetchText(file);
  if (!fs.existsSync(file)) {
    say(`skipped: there is no ${file}`);
    return report;
  }
  for (const code of codeSections(fs.readFileSync(file))) {
    await compareCode(report, code, 32, 1, roundTrip);
  }
  print(file.split('/').at(-1) ?? file, report);
  return report;
}

async function strings(seed: number, count: number): Promise<number> {
  const rows = table.filter(r => !r.flags.includes('o64')).length;
  const perRow = Math.max(200, Math.ceil(count / rows / 2));
  let bad = 0;
  for (const mode of [16, 32] as const) {
    const random = seeded(seed + mode);
    const report = emptyReport();
    for (let left = perRow; left > 0; left -= 100) {
      await compareStrings(report, random, mode,
        Math.min(left, 100), roundTrip);
    }
    print(`${mode} bits, ${perRow} strings for each of ${rows} rows`,
      report);
    bad += report.complaints;
  }
  return bad;
}

const USAGE = `usage: npm run campaign:objdump -- [options] [FILE…]

Compares what the decoder says with what objdump says: of the text of
some ELF files (GRUB's image and Debian's libc, unless others are
named), and of strings of bytes.

  --seed N    of the strings (default 1)
  --count N   how many strings (default 1000000)
  --help      show this text`;

async function main(): Promise<number> {
  const { values: { seed, count }, files } =
    commandLine(USAGE, { seed: 1, count: 1_000_000 }, true);
  if (!hasObjdump()) {
    say('skipped: there is no objdump for x86 here (package binutils)');
    return 0;
  }
  say(`seed ${seed}`);
  let bad = 0, read = 0;
  for (const file of files.length > 0 ? files : usual) {
    const report = await text(file);
    bad += report.complaints;
    read += total(report);
  }
  say(`texts in all: ${read} instructions`);
  bad += await strings(seed, count);
  say(bad === 0 ? 'no differences' : `${bad} differences`);
  return bad === 0 ? 0 : 1;
}

process.exitCode = await main();
