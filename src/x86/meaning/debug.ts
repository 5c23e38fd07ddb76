import type { Routine } from '../../machine/builder.ts';
import type { Cpu } from '../cpu.ts';
import { readDebug, writeDebug } from '../debug.ts';
import { type Meaning, next, operand, read, write } from
  '../operands.ts';
import { AFTER, enter } from '../trap.ts';
import { FAULT } from '../vectors.ts';
import { privileged } from './identify.ts';

const get: Routine<Cpu> = {
  name: 'readDebug',
  run: (cpu, n = 0) => readDebug(cpu, n),
};

const put: Routine<Cpu> = {
  name: 'writeDebug',
  run(cpu, n = 0, value = 0) {
    writeDebug(cpu, n, value);
    return 0;
  },
};

const movDebug: Meaning = (b, i) => {
  privileged(b);
  const [to, from] = [operand(i, 0), operand(i, 1)];
  if (to.cls !== 'dr') {
    return write(b, i, 0, b.routine(get, b.i32.const(from.index)));
  }
  b.routine(put, b.i32.const(to.index), read(b, i, 1));
  b.jump(b.addr.extendU(next(b, i)));
};

/** INT1: a debug trap on demand. */
const trace: Routine<Cpu> = {
  name: 'int1',
  run(cpu, next = 0) {
    cpu.after |= AFTER.UNTRACED;
    const event = { vector: FAULT.DB, code: undefined, next };
    return enter(cpu, { ...event, cause: 'trap' });
  },
};

const int1: Meaning = (b, i) =>
  b.jump(b.addr.extendU(b.routine(trace, next(b, i))));

export const debug: Record<string, Meaning> = {
  'mov.dr': movDebug, int1,
};
