import {
  type Case, makeCase, type Site, testable, widthOf,
} from './cases.ts';
import { differences, hex } from './compare.ts';
import { compileHarness, runHost } from './host.ts';
import { makeCpu, type Outcome, runOurs } from './ours.ts';
import { Values } from './values.ts';
import type { Cpu } from '../cpu.ts';
import type { Row } from '../opcodes.ts';

export interface Report {
  readonly cases: number;
  readonly strata: number;
  readonly least: number;
  readonly traps: number;
  /** In 16-bit code, or on a 16-bit stack. */
  readonly narrow: number;
  readonly failures: readonly string[];
}

interface Pair { readonly test: Case; readonly ours: Outcome }

/** Cases of one row at one size, already run on our side. */
function stratum(
  row: Row, size: number, count: number, values: Values, site: Site,
  cpu: Cpu,
): Pair[] {
  const pairs: Pair[] = [];
  for (let tries = 0; pairs.length < count; tries++) {
    if (tries > 200 * count) return pairs;
    const test = makeCase(row, size, values, site);
    if (!test || test.insn.row !== row) continue;
    const ours = runOurs(cpu, site.window, test);
    if (ours) pairs.push({ test, ours });
  }
  return pairs;
}

function sizes(row: Row, values: Values, site: Site): number[] {
  if (row.prefix >= 0) return [row.prefix === 1 ? 16 : 32];
  const widths = [16, 32].map((size) => {
    for (let tries = 0; tries < 100; tries++) {
      const test = makeCase(row, size, values, site);
      if (test?.insn.row === row) return widthOf(test.insn);
    }
    return 0;
  });
  return widths[0] === widths[1] ? [32] : [16, 32];
}

/** Runs the campaign: `count` cases in all, evenly spread. Gives
 * nothing where the host cannot take part. */
export function campaign(
  seed: number, count: number,
): Report | undefined {
  const harness = compileHarness();
  if (harness === undefined) return undefined;
  const values = new Values(seed);
  const site = SITES.find((at) => runHost(harness, at, []));
  if (!site) return undefined;
  const strata = testable.flatMap((row) =>
    sizes(row, values, site).map((size) => ({ row, size })));
  const share = Math.ceil(count / strata.length);
  const report = {
    cases: 0, strata: strata.length, least: Infinity,
    traps: 0, narrow: 0,
    failures: [] as string[],
  };
  const cpu = makeCpu(site.window);
  let batch: Pair[] = [];
  for (const { row, size } of strata) {
    const pairs = stratum(row, size, share, values, site, cpu);
    report.least = Math.min(report.least, pairs.length);
    batch.push(...pairs);
    if (batch.length < BATCH) continue;
    judge(harness, site, batch, report);
    batch = [];
  }
  judge(harness, site, batch, report);
  return report;
}

/** Cases that go to the harness together. */
const BATCH = 10_000;

const SITES: readonly Site[] = [
  { window: 0x8800, eip: 0xa800, segments: true },
  { window: 0x8800, eip: 0xa800, segments: false },
  { window: 0x20_0800, eip: 0x30_0800, segments: false },
];

interface Tally {
  cases: number;
  traps: number;
  narrow: number;
  failures: string[];
}

function judge(
  harness: string, site: Site, pairs: readonly Pair[], tally: Tally,
): void {
  const tests = pairs.map(({ test }) => test);
  const outcomes = runHost(harness, site, tests) ?? [];
  pairs.forEach(({ test, ours }, n) => {
    const host = outcomes[n];
    if (!host) return;
    tally.cases++;
    if (ours.trap !== 1) tally.traps++;
    if (test.narrow || test.insn.mode === 16) tally.narrow++;
    const found = differences(test, ours, host);
    if (found !== '') {
      tally.failures.push(`${describe(test)}: ${found}`);
    }
  });
}

/** A case in one line, enough to try it by hand. */
function describe({ code, insn, narrow, before }: Case): string {
  const bytes = [...code.subarray(0, insn.length)]
    .map((byte) => byte.toString(16).padStart(2, '0'));
  const regs = [...before.regs].map(hex);
  return `${insn.mnemonic} [${bytes.join(' ')}] mode ${insn.mode}`
    + `${narrow ? ' narrow stack' : ''}`
    + ` regs ${regs.join(' ')} eflags ${hex(before.eflags)}`;
}
