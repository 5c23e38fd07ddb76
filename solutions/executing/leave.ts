import {
  type Meaning, pop, setStackPointer, writeReg,
} from '#book/x86/operands.ts';
import { EBP } from '#book/x86/state.ts';

/** c9: leave. */
export const leave: Meaning = (b, i) => {
  setStackPointer(b, b.get(EBP));
  writeReg(b, 5, i.opSize, pop(b, i.opSize));
};
