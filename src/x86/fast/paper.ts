import { State } from '../../machine/fields.ts';
import { Lazies } from '../../machine/record/lazy.ts';
import { Recorder } from '../../machine/record/recorder.ts';
import { StraightWriter } from '../../machine/record/straight.ts';
import {
  type Fields, makeTemplate, type Template,
} from '../../machine/record/template.ts';
import { linesOf } from '../../machine/record/text.ts';
import { listing } from '../../machine/wasm/list.ts';
import { assemble } from '../assemble.ts';
import { decode } from '../decode.ts';
import type { Insn } from '../insn.ts';
import { meaningOf } from '../meaning/index.ts';
import { CO, EIP, flat, layout, SR, ZR } from '../state.ts';

/** Everything may be set, and the flags are seldom asked for. */
const fields: Fields = { may: () => true, lazy: [ZR, SR, CO] };

/** An instruction's meaning on paper, in the modes of a state. */
export function onPaper(insn: Insn, state: State): Template {
  const recording = new Recorder(state, EIP).record((b) => {
    meaningOf(insn)(b, insn);
  });
  return makeTemplate(recording, fields, new Lazies(fields.lazy));
}

const [text, how] = process.argv.slice(2);
if (process.argv[1]?.endsWith('paper.ts') && text !== undefined) {
  const state = new State(layout);
  flat(state);
  const bytes = assemble(text, 0, 32);
  const insn = decode((n) => bytes[n] ?? 0, 32);
  const template = onPaper(insn, state);
  const lines = how === 'wasm'
    ? listing(new StraightWriter(EIP).write(template).bytes.view())
    : linesOf(template.steps);
  console.log(lines.join('\n'));
}
