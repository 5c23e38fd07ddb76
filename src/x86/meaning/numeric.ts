import type { Insn } from '../insn.ts';
import type { Meaning } from '../operands.ts';
import { mmxOf } from './mmx.ts';
import { needSse } from './vector.ts';
import { vectorComputations } from './vector-compute.ts';
import { fences, saving, vectorMoves } from './vector-move.ts';
import { x87 } from './x87.ts';

const VECTORS: ReadonlyMap<string, Meaning> = new Map([
  ...Object.entries(vectorMoves), ...Object.entries(vectorComputations),
]);

const FREE: ReadonlyMap<string, Meaning> = new Map([
  ...Object.entries(fences), ...Object.entries(saving),
]);

/** Whether an instruction names an MMX register. */
const namesMmx = (i: Insn): boolean =>
  i.row.operands.some(({ cls }) => cls === 'mmx');

/** What a numeric instruction means; nothing: it is none. */
export function numericOf(i: Insn): Meaning | undefined {
  const { feature } = i.row;
  if (feature === 'x87' || i.mnemonic === 'fwait') {
    return x87[i.mnemonic];
  }
  if (feature === 'integer') return undefined;
  if (feature === 'mmx' || namesMmx(i)) return mmxOf(i);
  const free = FREE.get(i.mnemonic);
  if (free) return free;
  const body = VECTORS.get(i.mnemonic);
  return body && ((b, insn) => {
    needSse(b);
    body(b, insn);
  });
}
