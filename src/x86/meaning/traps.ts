import type { Adr, Builder, Routine } from
  '../../machine/builder.ts';
import type { Cpu } from '../cpu.ts';
import {
  AC, ARITHMETIC, DF, ID, IF, IOPL, NT, overflow, RF, TF, VIF, VIP,
  writeEflags,
} from '../flags.ts';
import type { Insn } from '../insn.ts';
import { type Meaning, next, operand } from '../operands.ts';
import { HELD, holdOff } from '../segment.ts';
import { CPL, EFLAGS, EIP } from '../state.ts';
import { AFTER, enter, interruptReturn } from '../trap.ts';
import { FAULT } from '../vectors.ts';
import {
  confined, hasVirtualIf, pushedFlags, setVirtualIf,
  takeVirtualFlags, virtualInterrupt,
} from '../v86.ts';
import { reconsider } from '../segment.ts';
import { VM } from '../flags.ts';

/** An interrupt that the program asked for. */
const interrupt: Routine<Cpu> = {
  name: 'interrupt',
  run(cpu, vector = 0, next = 0) {
    cpu.after |= AFTER.UNTRACED;
    return enter(cpu, { vector, code: undefined, cause: 'soft', next });
  },
};

const raise = <A extends Adr>(
  b: Builder<A>, vector: number, i: Insn,
): void => {
  const to = b.routine(interrupt, b.i32.const(vector), next(b, i));
  b.jump(b.addr.extendU(to));
};

/** INT n, which virtual-8086 code may not use freely. */
const soft: Routine<Cpu> = {
  name: 'int',
  run(cpu, vector = 0, next = 0) {
    cpu.after |= AFTER.UNTRACED;
    return virtualInterrupt(cpu, vector, next)
      ?? interrupt.run(cpu, vector, next);
  },
};

const int: Meaning = (b, i) => {
  const vector = b.i32.const(operand(i, 0).value);
  b.jump(b.addr.extendU(b.routine(soft, vector, next(b, i))));
};
const int3: Meaning = (b, i) => raise(b, FAULT.BP, i);
const into: Meaning = (b, i) =>
  b.if(overflow(b), () => raise(b, FAULT.OF, i));

const back: Routine<Cpu> = {
  name: 'interruptReturn',
  run(cpu, bytes = 0, next = 0) {
    cpu.after |= AFTER.KEEPS_RF;
    return interruptReturn(cpu, bytes === 2 ? 2 : 4, next);
  },
};

const iret: Meaning = (b, i) => {
  const bytes = b.i32.const(i.opSize >>> 3);
  const eip = b.routine(back, bytes, next(b, i));
  b.jump(b.addr.extendU(eip));
};

/** #GP(0) for a level beyond IOPL. */
function needsIopl(cpu: Cpu): void {
  const iopl = (cpu.get(EFLAGS) & IOPL) >>> 12;
  if (cpu.get(CPL) > iopl) cpu.trap(FAULT.GP, 0);
}

const disable: Routine<Cpu> = {
  name: 'cli',
  run(cpu) {
    if (hasVirtualIf(cpu)) {
      setVirtualIf(cpu, false);
      return 0;
    }
    needsIopl(cpu);
    cpu.set(EFLAGS, cpu.get(EFLAGS) & ~IF);
    return 0;
  },
};

const enable: Routine<Cpu> = {
  name: 'sti',
  run(cpu) {
    if (hasVirtualIf(cpu)) {
      setVirtualIf(cpu, true);
      return 0;
    }
    needsIopl(cpu);
    const flags = cpu.get(EFLAGS);
    if (!(flags & IF)) holdOff(cpu, HELD.INTERRUPTS);
    cpu.set(EFLAGS, flags | IF);
    return 0;
  },
};

const cli: Meaning = (b) => { b.routine(disable); };
const sti: Meaning = (b) => { b.routine(enable); };

/** The flags that POPF may change. SDM vol. 2B, POPF. */
export const takeFlags: Routine<Cpu> = {
  name: 'popf',
  run(cpu, value = 0, bytes = 0) {
    const level = cpu.get(CPL);
    const iopl = (cpu.get(EFLAGS) & IOPL) >>> 12;
    let mask = ARITHMETIC | TF | DF | NT | RF;
    if (bytes === 4) mask |= AC | ID | VIF | VIP;
    if (level <= iopl) mask |= IF;
    if (level === 0) mask |= IOPL;
    if (confined(cpu)) {
      takeVirtualFlags(cpu, value, bytes);
      return 0;
    }
    if ((cpu.get(EFLAGS) & VM) !== 0) mask &= ~(VIF | VIP);
    writeEflags(cpu, value & ~(RF | VIF | VIP), mask);
    reconsider(cpu);
    return 0;
  },
};

/** A call out of the machine. Only code that the machine's owner put
 * into frames of his own may make it, and only at level 0. */
const callOut: Routine<Cpu> = {
  name: 'hostcall',
  run(cpu, n = 0, length = 0) {
    const eip = cpu.get(EIP);
    const ours = [eip, eip + length - 1].every((at) =>
      cpu.hostcallFrames.has(cpu.codeAddress(at) >>> 12));
    const outer = cpu.get(CPL) !== 0;
    if (outer || !ours) cpu.trap(FAULT.UD);
    cpu.after |= AFTER.HOSTCALL;
    cpu.hostcallNumber = n;
    return 0;
  },
};

const hostcall: Meaning = (b, i) => {
  const n = b.i32.const(operand(i, 0).value);
  b.routine(callOut, n, b.i32.const(i.length));
  b.jump(b.addr.extendU(next(b, i)));
};

export const traps: Record<string, Meaning> = {
  int, int3, into, iret, cli, sti, hostcall,
};

/** The flags that PUSHF shows. */
export const giveFlags: Routine<Cpu> = {
  name: 'pushf',
  run: (cpu, bytes = 0) => pushedFlags(cpu, bytes),
};
