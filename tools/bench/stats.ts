// From runs to the figures that are reported.
import type { Measured, Repetition } from './engines/engine.ts';
import { type Name, type RowName, ROWS } from './workloads.ts';

export const ENGINES = ['ours', 'v86', 'qemu', 'native'] as const;
export type Engine = (typeof ENGINES)[number];

export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** The middle of some figures, or the mean of the two in the middle. */
export function median(figures: readonly number[]): number {
  if (figures.length === 0) throw new RangeError('there is no median of nothing');
  const sorted = [...figures].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

export function spread(figures: readonly number[]): Spread {
  return { min: Math.min(...figures), median: median(figures), max: Math.max(...figures) };
}

/** What one run says about one row; milliseconds, and instructions with a
 * REP instruction counted once. */
export interface Figure {
  readonly thread: number;
  readonly process: number;
  readonly instructions: number | undefined;
}

/** The workload behind a row. */
export function workloadOf(row: RowName): Name {
  return row === 'cold-first' || row === 'cold-steady' ? 'cold' : row;
}

export const rowsOf = (name: Name): RowName[] => ROWS.filter((row) => workloadOf(row) === name);

/** The repetitions that belong to a row. */
function partOf<T>(row: RowName, repetitions: readonly T[]): readonly T[] {
  if (row === 'cold-first') return repetitions.slice(0, 1);
  return row === 'cold-steady' ? repetitions.slice(1) : repetitions;
}

/** The mean repetition of a run for a row. `counts` says whether the engine
 * counts each iteration of REP. */
export function figureOf(row: RowName, run: Measured, counts: 'iterations' | 'instructions'): Figure {
  const part = partOf(row, run.repetitions);
  const mean = (of: (r: Repetition) => number): number =>
    part.reduce((sum, r) => sum + of(r), 0) / part.length;
  const surplus = counts === 'iterations' ? run.rep / run.repetitions.length : 0;
  const counted = part.every((r) => r.retired !== undefined);
  return {
    thread: mean((r) => r.thread), process: mean((r) => r.process),
    instructions: counted ? mean((r) => r.retired ?? 0) - surplus : undefined,
  };
}

/** All figures for a row, one for each round. */
export type Figures = Readonly<Partial<Record<Engine, readonly Figure[]>>>;

/** How many times as fast as another engine ours was, round by round; null
 * where one of them did not run. */
export function versus(figures: Figures, engine: Engine): Spread | null {
  const [ours, other] = [figures.ours ?? [], figures[engine] ?? []];
  const ratios = ours.flatMap((figure, round) => {
    const against = other[round];
    return against ? [against.thread / figure.thread] : [];
  });
  return ratios.length > 0 ? spread(ratios) : null;
}

/** Millions of instructions in a second of the guest's thread. */
export function mips(figure: Figure, instructions: number): number {
  return instructions / 1000 / figure.thread;
}

/** Instructions of a row: ours counts them; else v86. */
export function instructionsOf(figures: Figures): number | undefined {
  return figures.ours?.[0]?.instructions ?? figures.v86?.[0]?.instructions;
}

/** A row of `--json`. */
export interface Row {
  readonly name: RowName;
  readonly vs_v86: Spread | null;
  readonly vs_qemu: Spread | null;
  readonly vs_native: Spread | null;
  readonly mips: number | null;
}

const digits = (value: number): number => Number(value.toPrecision(4));

/** Four digits of each figure, as they are printed. */
export const rounded = (s: Spread | null): Spread | null =>
  s && { min: digits(s.min), median: digits(s.median), max: digits(s.max) };

export function rowOf(name: RowName, figures: Figures): Row {
  const instructions = instructionsOf(figures);
  const speeds = instructions === undefined ? []
    : (figures.ours ?? []).map((figure) => mips(figure, instructions));
  return {
    name, vs_v86: rounded(versus(figures, 'v86')), vs_qemu: rounded(versus(figures, 'qemu')),
    vs_native: rounded(versus(figures, 'native')),
    mips: speeds.length > 0 ? digits(median(speeds)) : null,
  };
}
