// What is measured, and how much of it. The sizes are chosen so that a
// repetition at scale 1 retires about as many instructions as `about` says.

export const NAMES = ['coremark', 'sieve', 'branchy', 'syscall', 'cold'] as const;
export type Name = (typeof NAMES)[number];

export const ROWS = ['coremark', 'sieve', 'branchy', 'syscall', 'cold-first', 'cold-steady'] as const;
export type RowName = (typeof ROWS)[number];

/** How a workload is compiled and started. */
export interface Job {
  readonly name: Name;
  /** Words of the command line: n, m, and r, the repetitions. */
  readonly words: readonly string[];
  /** Functions to generate; only for `cold`. */
  readonly functions: number;
}

/** Sources beside the runtime's. Those of `both` are compiled once: the bare
 * machine and Linux run the same object code. */
export const SOURCES: Readonly<Record<Name, {
  readonly both: readonly string[];
  readonly guest: readonly string[];
  readonly host: readonly string[];
}>> = {
  coremark: { both: ['coremark.c'], guest: [], host: [] },
  sieve: { both: ['sieve.c'], guest: [], host: [] },
  branchy: { both: ['branchy.c'], guest: [], host: [] },
  syscall: {
    both: ['unix/kernel.c'],
    guest: ['unix/machine.c', 'unix/trap.S', 'unix/user.c'], host: ['unix/linux.c', 'unix/user.c'],
  },
  cold: { both: ['cold.c'], guest: [], host: [] },
};

/** Rounds of a run at scale 1. */
const ROUNDS = { coremark: 1730, sieve: 13, branchy: 182, syscall: 1780 };
const SIEVE_KIB = 2048;
const COLD_FUNCTIONS = 3000;
/** Repetitions of `cold`: the first is a row of its own. */
const COLD_TIMES = 11;

const atLeastOne = (value: number): number => Math.max(1, Math.round(value));

/** The work at a scale; 1 is the size that figures are quoted for. */
export function job(name: Name, scale: number): Job {
  if (name === 'cold') {
    const functions = atLeastOne(COLD_FUNCTIONS * Math.min(scale, 1));
    const times = scale < 1 ? Math.max(3, Math.round(COLD_TIMES * Math.sqrt(scale))) : COLD_TIMES;
    return { name, words: [`r=${times}`], functions };
  }
  const rounds = ROUNDS[name] * scale;
  const words = [`n=${atLeastOne(rounds)}`];
  if (name === 'sieve') {
    words.push(`m=${rounds < 1 ? Math.max(4, Math.round(SIEVE_KIB * rounds)) : SIEVE_KIB}`);
  }
  return { name, words: [...words, 'r=1'], functions: 0 };
}
