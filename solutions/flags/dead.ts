import type { Insn } from '#book/x86/insn.ts';
import { explain } from '#book/x86/explain.ts';

export interface Count { set: number; dead: number }

/** Counts settings of zr, sr and co, and those that were
 * overwritten before any instruction had read them. */
export function deadFlags(trace: readonly Insn[]): Count {
  const unread = new Set<string>();
  const count = { set: 0, dead: 0 };
  for (const insn of trace) {
    const own = new Set<string>();
    for (const line of explain(insn)) {
      const [, to = '', from = ''] =
        /^ *(\S+) = (.*)$/.exec(line) ?? [];
      if (!own.has(from)) unread.delete(from);
      if (['zr', 'sr', 'co'].includes(to)) own.add(to);
    }
    for (const word of own) {
      count.set++;
      if (unread.has(word)) count.dead++;
      unread.add(word);
    }
  }
  return count;
}
