import { Printer } from '../machine/print.ts';
import { State } from '../machine/fields.ts';
import { assemble } from './assemble.ts';
import { decode } from './decode.ts';
import { meaningOf } from './meaning/index.ts';
import type { Insn } from './insn.ts';
import { flat, layout } from './state.ts';

/** What an instruction tells its builder, line by line. */
export function explain(insn: Insn): string[] {
  const state = new State(layout);
  flat(state);
  const printer = new Printer(state);
  meaningOf(insn)(printer.asBuilder(), insn);
  return printer.lines;
}

const [text] = process.argv.slice(2);
if (process.argv[1]?.endsWith('explain.ts') && text !== undefined) {
  const bytes = assemble(text, 0, 32);
  const insn = decode((n) => bytes[n] ?? 0, 32);
  console.log(explain(insn).join('\n'));
}
