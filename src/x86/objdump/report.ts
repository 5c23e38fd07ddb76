import type { Compared, Verdict } from './compare.ts';
import { mayBeUndefined, nameOf } from './compare.ts';
import type { Line } from './listing.ts';

export interface Report {
  readonly counts: Record<Verdict, number>;
  readonly rules: Map<string, number>;
  /** What objdump calls the bytes that we call undefined. */
  readonly outside: Map<string, number>;
  /** How many differences there were, and the first of them. */
  complaints: number;
  readonly differences: string[];
}

export const emptyReport = (): Report => ({
  counts: { equal: 0, undefined: 0, excluded: 0, different: 0 },
  rules: new Map(), outside: new Map(), complaints: 0, differences: [],
});

const count = (map: Map<string, number>, key: string) =>
  map.set(key, (map.get(key) ?? 0) + 1);

/** Enters one comparison. */
export function record(
  r: Report, c: Compared, line: Line, bytes: Uint8Array,
): void {
  const missing = c.verdict === 'undefined'
    && !mayBeUndefined(line.text, c.insn);
  const verdict = missing ? 'different' : c.verdict;
  r.counts[verdict]++;
  c.rules.forEach(rule => count(r.rules, rule));
  if (verdict === 'undefined') count(r.outside, nameOf(line.text));
  if (verdict !== 'different') return;
  const hex = Array.from(bytes.subarray(line.at, line.at + 15),
    b => b.toString(16).padStart(2, '0')).join(' ');
  complain(r, `${hex}: ours '${c.ours}' (${c.insn.length}), `
    + `objdump '${line.text}' (${line.length})`);
}

/** Notes a difference; the first twenty are enough to start from. */
export function complain(r: Report, difference: string): void {
  r.complaints++;
  if (r.differences.length < 20) r.differences.push(difference);
}
