import { Cpu } from '../cpu.ts';
import { ARITHMETIC, DF, readEflags, writeEflags } from '../flags.ts';
import { meaningOf } from '../meaning/index.ts';
import { EIP, GPR, SEG, SS } from '../state.ts';
import type { Case, Machine } from './cases.ts';
import { outside, WINDOW, WindowMemory } from './window.ts';

/** How a test ended: `trap` is a vector, or 1 if nothing happened. */
export interface Outcome { readonly trap: number; after: Machine }

export const DONE = 1;

/** Runs a case here; nothing if it leaves its window. */
export function runOurs(
  cpu: Cpu, base: number, test: Case,
): Outcome | undefined {
  const { evaluator } = cpu;
  const rights = test.narrow ? 0x8093 : 0xc093;
  cpu.state.set(SEG[SS].rights, rights);
  evaluator.forgetful = ((test.before.regs[0] ?? 0) & 1) !== 0;
  enter(cpu, base, test.before);
  evaluator.begin();
  let trap = DONE;
  try {
    meaningOf(test.insn)(evaluator, test.insn);
    evaluator.finish(test.insn.length);
  } catch (thrown) {
    if (thrown === outside) return undefined;
    if (thrown !== evaluator.pending) throw thrown;
    evaluator.undo();
    trap = evaluator.pending.vector;
  }
  evaluator.forgetful = false;
  return { trap, after: leave(cpu, base) };
}

export function makeCpu(base: number): Cpu {
  return new Cpu(new WindowMemory(base));
}

function enter(cpu: Cpu, base: number, machine: Machine): void {
  GPR.forEach((field, n) =>
    cpu.state.set(field, machine.regs[n] ?? 0));
  cpu.state.set(EIP, machine.eip);
  cpu.phys.writeBytes(base, machine.memory);
  cpu.evaluator.begin();
  writeEflags(cpu, machine.eflags, ARITHMETIC | DF | 0x300);
}

function leave(cpu: Cpu, base: number): Machine {
  return {
    regs: Uint32Array.from(GPR, (field) => cpu.get(field)),
    eflags: readEflags(cpu), eip: cpu.get(EIP),
    memory: cpu.phys.readBytes(base, WINDOW),
  };
}
