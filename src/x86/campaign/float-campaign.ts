import type { Row } from '../opcodes.ts';
import {
  type FloatCase, makeFloatCase, rowsOf,
} from './float-cases.ts';
import {
  floatDifferences, hasNoPointer, isQuiet,
} from './float-compare.ts';
import {
  compileFloatHarness, type FloatOutcome, runFloatHost,
} from './float-host.ts';
import { makeFloatCpu, runFloatOurs } from './float-ours.ts';
import { Values } from './values.ts';

export interface FloatReport {
  readonly group: string;
  cases: number;
  opcodes: number;
  traps: number;
  readonly failures: string[];
}

const BATCH = 4000;

/** `count` cases of a group, evenly spread over its rows. Gives
 * nothing where the host cannot take part. */
export function floatCampaign(
  group: 'x87' | 'sse', seed: number, count: number,
  only?: (row: Row) => boolean,
): FloatReport | undefined {
  const harness = compileFloatHarness();
  if (harness === undefined) return undefined;
  const rows = rowsOf(group).filter((row) => only?.(row) ?? true);
  const values = new Values(seed);
  const hides = isSecretive(harness);
  const report: FloatReport = {
    group, cases: 0, opcodes: rows.length, traps: 0, failures: [],
  };
  const share = Math.ceil(count / rows.length);
  let batch: FloatCase[] = [];
  for (const row of rows) {
    for (let n = 0; n < share; n++) {
      batch.push(makeFloatCase(row, values));
      if (batch.length < BATCH) continue;
      judge({ harness, hides }, batch, report);
      batch = [];
    }
  }
  judge({ harness, hides }, batch, report);
  return report;
}

/** Whether the host shows where the last instruction was only while an
 * exception is pending. */
function isSecretive(harness: string): boolean {
  const values = new Values(1);
  const row = rowsOf('x87').find(({ mnemonic }) => mnemonic === 'fld1');
  if (!row) throw new Error('no FLD1');
  const probes = Array.from({ length: 50 }, () =>
    makeFloatCase(row, values));
  const quiet = runFloatHost(harness, probes).filter(isQuiet);
  return quiet.length > 0 && quiet.every(hasNoPointer);
}

interface Host {
  readonly harness: string;
  readonly hides: boolean;
}

function judge(
  { harness, hides }: Host, batch: readonly FloatCase[],
  report: FloatReport,
): void {
  const cpu = makeFloatCpu();
  const outcomes = runFloatHost(harness, batch);
  batch.forEach((test, n) => {
    const host = outcomes[n];
    if (!host) return;
    const ours = runFloatOurs(cpu, test);
    report.cases++;
    if (host.trap !== 1) report.traps++;
    const found = floatDifferences(test, ours, host, hides);
    if (found === '') return;
    report.failures.push(`${describe(test, host)}: ${found}`);
  });
}

/** A case in one line, enough to try it by hand. */
function describe({ code, insn, before }: FloatCase,
  host: FloatOutcome): string {
  const bytes = [...code.subarray(0, insn.length)]
    .map((byte) => byte.toString(16).padStart(2, '0'));
  const view = new DataView(before.image.buffer);
  const word = (at: number): string =>
    view.getUint16(at, true).toString(16);
  return `${insn.mnemonic} [${bytes.join(' ')}] fcw ${word(0)}`
    + ` fsw ${word(2)} full ${word(4)} mxcsr ${word(24)}`
    + ` trap ${host.trap}`;
}
