import { Phys } from '../../machine/phys.ts';
import { Cpu } from '../cpu.ts';
import { ARITHMETIC, readEflags, writeEflags } from '../flags.ts';
import { imageOf, takeImage } from '../fpu/environment.ts';
import { meaningOf } from '../meaning/index.ts';
import { CR0, CR4, EIP, GPR } from '../state.ts';
import {
  CODE_AT, type FloatCase, WINDOW, WINDOW_AT,
} from './float-cases.ts';
import type { FloatOutcome } from './float-host.ts';

/** A processor in the state of a program on the host. */
export function makeFloatCpu(): Cpu {
  const cpu = new Cpu(new Phys(0x40_0000));
  cpu.state.set(CR0, 0x33); // PE, MP, ET, NE
  cpu.state.set(CR4, 0x600); // OSFXSR, OSXMMEXCPT
  return cpu;
}

/** Runs a case here. */
export function runFloatOurs(cpu: Cpu, test: FloatCase): FloatOutcome {
  enter(cpu, test);
  const { evaluator } = cpu;
  evaluator.begin();
  let trap = 1;
  try {
    meaningOf(test.insn)(evaluator, test.insn);
  } catch (thrown) {
    if (thrown !== evaluator.pending) throw thrown;
    evaluator.undo();
    trap = evaluator.pending.vector;
  }
  return { trap, after: leave(cpu) };
}

function enter(cpu: Cpu, { before, code }: FloatCase): void {
  GPR.forEach((field, n) =>
    cpu.state.set(field, before.regs[n] ?? 0));
  cpu.phys.writeBytes(WINDOW_AT, before.memory);
  cpu.phys.writeBytes(CODE_AT, code);
  cpu.state.set(EIP, CODE_AT);
  cpu.evaluator.begin();
  takeImage(cpu, before.image);
  writeEflags(cpu, before.eflags, ARITHMETIC);
  cpu.commit();
}

function leave(cpu: Cpu): FloatOutcome['after'] {
  return {
    regs: Uint32Array.from(GPR, (field) => cpu.get(field)),
    eflags: readEflags(cpu), image: imageOf(cpu),
    memory: cpu.phys.readBytes(WINDOW_AT, WINDOW).slice(),
  };
}
