import type { Insn, Mode } from '../insn.ts';
import { table } from '../opcodes.ts';
import { compare } from './compare.ts';
import { objdump } from './listing.ts';
import { complain, record } from './report.ts';
import type { Report } from './report.ts';
import type { Random } from './strings.ts';
import { stringFor } from './strings.ts';

/** What else to check: says what is wrong, if anything is. */
export type Also = (insn: Insn, at: number) => string | undefined;

/** Compares every instruction of a piece of code. */
export async function compareCode(
  report: Report, code: Uint8Array, mode: Mode, step = 1, also?: Also,
): Promise<void> {
  const padded = new Uint8Array(code.length + 16).fill(0x90);
  padded.set(code);
  for await (const line of objdump(padded, mode, step)) {
    if (line.at >= code.length) continue;
    const c = compare(padded, line.at, mode, line.length, line.text);
    record(report, c, line, padded);
    if (c.insn.mnemonic === '(bad)') continue;
    const wrong = also?.(c.insn, line.at);
    if (wrong) complain(report, `${c.ours}: ${wrong}`);
  }
}

const slot = 32;

/** `perRow` strings for every row of the table, in one mode. */
export async function compareStrings(
  report: Report, random: Random, mode: 16 | 32, perRow: number,
  also?: Also,
): Promise<void> {
  const rows = table.filter(r => !r.flags.includes('o64'));
  const code = new Uint8Array(rows.length * perRow * slot).fill(0x90);
  rows.flatMap(row => Array.from({ length: perRow }, () => row))
    .forEach((row, i) => code.set(stringFor(row, random), i * slot));
  await compareCode(report, code, mode, slot, also);
}
