// The tables on the terminal.
import { type Engine, type Figure, type Figures, instructionsOf, median, mips, type Row, type Spread } from './stats.ts';
import type { RowName } from './workloads.ts';

const LABELS: Readonly<Record<Engine, string>> = { ours: 'ours', v86: 'v86', qemu: 'QEMU', native: 'native' };

/** Columns of text, the first to the left, the others to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_cell, n) => Math.max(...rows.map((row) => row[n]?.length ?? 0)));
  return rows.map((row) => row.map((cell, n) =>
    n === 0 ? cell.padEnd(widths[n] ?? 0) : cell.padStart(widths[n] ?? 0)).join('  ').trimEnd()).join('\n');
}

const short = (value: number): string =>
  value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value >= 0.1 ? value.toFixed(2) : value.toPrecision(2);

export const spreadText = (s: Spread | null): string =>
  s ? `${short(s.median)} (${short(s.min)}–${short(s.max)})` : '–';

/** How many times as fast as the others we are. */
export function ratioTable(rows: readonly Row[]): string {
  const head = ['times as fast as', 'v86', 'QEMU TCG', 'native', 'our MIPS'];
  return table([head, ...rows.map((row) => [
    row.name, ...[row.vs_v86, row.vs_qemu, row.vs_native].map(spreadText),
    row.mips === null ? '–' : short(row.mips),
  ])]);
}

const millions = (count: number | undefined): string =>
  count === undefined ? '–' : (count / 1e6).toFixed(count < 1e7 ? 2 : 1);

function cells(figures: readonly Figure[] | undefined, instructions: number | undefined): string[] {
  if (!figures?.length) return ['–', '–', '–'];
  const thread = median(figures.map((f) => f.thread));
  return [
    short(thread), short(median(figures.map((f) => f.process))),
    instructions === undefined ? '–' : short(median(figures.map((f) => mips(f, instructions)))),
  ];
}

/** Medians of the times themselves. */
export function timeTable(all: ReadonlyMap<RowName, Figures>, engines: readonly Engine[]): string {
  const head = ['', 'M instr.', ...engines.flatMap((e) => [`${LABELS[e]} ms`, 'process', 'MIPS'])];
  return table([head, ...[...all].map(([name, figures]) => {
    const instructions = instructionsOf(figures);
    return [name, millions(instructions), ...engines.flatMap((e) => cells(figures[e], instructions))];
  })]);
}

export const NOTES = `ms: CPU time of the thread that runs the guest; process: of all its threads,
with those that compile in the background. A row is one repetition with its
warming up; cold-steady is the mean of all repetitions after the first.`;
