import {
  LARGE, PAE, PG, pointer, PRESENT, PSE, read4, read8, type Tables,
  target, type Visit, type Walk,
} from '#book/x86/paging.ts';
import { CR0, CR3, CR4 } from '#book/x86/state.ts';

interface Level {
  readonly level: 1 | 2 | 3;
  /** The lowest bit of the address that belongs to the index. */
  readonly shift: number;
  /** How many entries a table of this level has. */
  readonly entries: number;
}

const TWO: readonly Level[] = [
  { level: 2, shift: 22, entries: 1024 },
  { level: 1, shift: 12, entries: 1024 },
];

/** The way from a linear address, by the tables of now. */
export function walk(t: Tables, la: number): Walk {
  return { visits: [], page: undefined, size: 0, reserved: false };
}
