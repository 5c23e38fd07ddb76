import { Printer } from '#book/machine/print.ts';
import { State } from '#book/machine/fields.ts';
import type { Insn } from '#book/x86/insn.ts';
import { meaningOf } from '#book/x86/meaning/index.ts';
import { flat, layout } from '#book/x86/state.ts';

export interface Effects { reads: Set<string>; writes: Set<string> }

/** Names of the fields that an instruction reads and may change. */
export function effectsOf(insn: Insn): Effects {
  const state = new State(layout);
  flat(state);
  const printer = new Printer(state);
  meaningOf(insn)(printer.asBuilder(), insn);
  const fields = new Set(layout.fields.map(({ name }) => name));
  const [reads, writes] = [new Set<string>(), new Set<string>()];
  for (const line of printer.lines) {
    if (/^ *jump /.test(line)) writes.add('eip');
    const [, to = '', from = ''] = /^ *(\S+) = (.*)$/.exec(line) ?? [];
    if (fields.has(from) && !writes.has(from)) reads.add(from);
    if (fields.has(to)) writes.add(to);
  }
  return { reads, writes };
}
