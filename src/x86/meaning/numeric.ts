import type { Routine } from '../../machine/builder.ts';
import type { Cpu } from '../cpu.ts';
import type { Insn } from '../insn.ts';
import type { Meaning } from '../operands.ts';
import { CR0 } from '../state.ts';

const MP = 2, EM = 4, TS = 8;
const UD = 6, NM = 7;

/** An instruction for a coprocessor that is not there. */
const escape: Routine<Cpu> = {
  name: 'escape',
  run(cpu) {
    if (!cpu.emptySocket) cpu.trap(UD);
    if ((cpu.get(CR0) & (EM | TS)) !== 0) cpu.trap(NM);
    return 0;
  },
};

const wait: Routine<Cpu> = {
  name: 'wait',
  run(cpu) {
    if ((~cpu.get(CR0) & (MP | TS)) === 0) cpu.trap(NM);
    return 0;
  },
};

/** What a numeric instruction means here; nothing: it is none. */
export function numericOf(i: Insn): Meaning | undefined {
  if (i.mnemonic === 'fwait') return (b) => { b.routine(wait); };
  if (i.row.feature !== 'x87') return undefined;
  return (b) => { b.routine(escape); };
}
