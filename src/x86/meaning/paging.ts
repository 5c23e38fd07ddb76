import type { Routine } from '../../machine/builder.ts';
import type { Cpu } from '../cpu.ts';
import { type Meaning, offset, operand } from '../operands.ts';
import { SEG } from '../state.ts';

const forgetPage: Routine<Cpu> = {
  name: 'invlpg',
  run(cpu, la = 0) {
    cpu.memory.mmu.tlb.flushPage(la);
    return 0;
  },
};

/** INVLPG: forgets the page of an address. */
export const invlpg: Meaning = (b, i) => {
  const op = operand(i, 0);
  const base = b.get(SEG[op.seg as 3].base);
  b.routine(forgetPage, b.i32.add(base, offset(b, i, op)));
};
