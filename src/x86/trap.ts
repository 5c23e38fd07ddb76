import type { Cpu } from './cpu.ts';
import {
  type Descriptor, dplOf, fetchDescriptor, indexOf, isCode,
  isConforming, isPresent, mustLookUp, refuse, systemType,
} from './descriptor.ts';
import {
  gateTarget, innerStack, loadCode, needRoom, peek, pushAll,
  returnCode, returnOutward, moved, type Stack, stackNow, takeStack,
} from './far.ts';
import {
  AC, ARITHMETIC, DF, ID, IF, IOPL, NT, readEflags, RF, TF, VIF, VIP,
  VM, writeEflags,
} from './flags.ts';
import {
  isProtected, loadReal, PE, setSegment, UNUSABLE,
} from './segment.ts';
import {
  CPL, CR0, CS, DS, EFLAGS, EIP, ES, ESP, FS, GS, IDTR_BASE,
  IDTR_LIMIT, SEG, SS,
} from './state.ts';
import { FAULT } from './vectors.ts';
import { returnToTask, taskHandler } from './task.ts';
import { reconsider } from './segment.ts';
import { confined, returnConfined, returnVirtual } from './v86.ts';

/** Why control leaves for the IDT. */
export type Cause = 'fault' | 'trap' | 'external' | 'soft';

/** What is to be delivered, and the EIP to come back to. */
export interface Event {
  readonly vector: number;
  readonly code: number | undefined; // pushed if there is one
  readonly cause: Cause;
  readonly next: number;
}

/** Gates that an IDT may hold: task, 16-bit and 32-bit interrupt and
 * trap gates. An interrupt gate is even. */
const GATES = new Set([5, 6, 7, 14, 15]);

function idtGate(cpu: Cpu, { vector, cause }: Event): Descriptor {
  const error = vector * 8 + 2;
  if (vector * 8 + 7 > cpu.get(IDTR_LIMIT)) cpu.trap(FAULT.GP, error);
  const at = cpu.get(IDTR_BASE) + vector * 8;
  const gate = fetchDescriptor(cpu, at, 0);
  const weak = cause === 'soft' && dplOf(gate.rights) < cpu.get(CPL);
  if (!GATES.has(systemType(gate.rights)) || weak) {
    cpu.trap(FAULT.GP, error);
  }
  if (!isPresent(gate.rights)) cpu.trap(FAULT.NP, error);
  return gate;
}

function handlerCode(cpu: Cpu, gate: Descriptor): Descriptor {
  const code = mustLookUp(cpu, gate.lo >>> 16);
  const dpl = dplOf(code.rights);
  if (!isCode(code.rights) || dpl > cpu.get(CPL)) {
    refuse(cpu, FAULT.GP, code.selector);
  }
  if (!isPresent(code.rights)) refuse(cpu, FAULT.NP, code.selector);
  if ((cpu.get(EFLAGS) & VM) !== 0
    && (isConforming(code.rights) || dpl !== 0)) {
    refuse(cpu, FAULT.GP, code.selector);
  }
  return code;
}

/** What a handler finds on its stack, first pushed first. */
function frameOf(cpu: Cpu, event: Event, inward: boolean): number[] {
  const flags = readEflags(cpu) | (event.cause === 'fault' ? RF : 0);
  const frame = inward
    ? [cpu.get(SEG[SS].selector), cpu.get(ESP)] : [];
  const virtual = (flags & VM) !== 0;
  if (virtual) {
    const data = [GS, FS, DS, ES] as const;
    frame.unshift(...data.map((s) => cpu.get(SEG[s].selector)));
  }
  frame.push(flags, cpu.get(SEG[CS].selector), event.next);
  if (event.code !== undefined) frame.push(event.code);
  return frame;
}

/** Through the IDT: returns the handler's EIP. SDM vol. 2A, INT n. */
export function enter(cpu: Cpu, event: Event): number {
  if (!(cpu.get(CR0) & PE)) return enterReal(cpu, event);
  const gate = idtGate(cpu, event);
  const task = taskHandler(cpu, gate, event);
  if (task !== undefined) return task;
  const code = handlerCode(cpu, gate);
  const level = isConforming(code.rights)
    ? cpu.get(CPL) : dplOf(code.rights);
  const inward = level < cpu.get(CPL);
  const stack = inward ? innerStack(cpu, level) : stackNow(cpu);
  const frame = frameOf(cpu, event, inward);
  const { offset, bytes } = gateTarget(gate);
  const blame = inward ? indexOf(stack.selector) : 0;
  needRoom(cpu, stack, frame.length, bytes, blame);
  if (offset > code.limit) cpu.trap(FAULT.GP, 0);
  const sp = pushAll(cpu, stack, bytes, frame);
  clearFlags(cpu, (systemType(gate.rights) & 1) !== 0);
  loadCode(cpu, code, level);
  if (inward) takeStack(cpu, stack, sp);
  else cpu.set(ESP, sp);
  return offset;
}

function clearFlags(cpu: Cpu, keepsIf: boolean): void {
  const cleared = TF | NT | RF | VM | (keepsIf ? 0 : IF);
  const virtual = (cpu.get(EFLAGS) & VM) !== 0;
  writeEflags(cpu, 0, cleared);
  if (!virtual) return;
  for (const s of [ES, DS, FS, GS]) {
    setSegment(cpu, s, 0, UNUSABLE);
  }
}

/** Four bytes a vector, IP and CS; no error codes. */
function enterReal(cpu: Cpu, { vector, next }: Event): number {
  const at = vector * 4;
  if (at + 3 > cpu.get(IDTR_LIMIT)) cpu.trap(FAULT.GP, 0);
  const stack = stackNow(cpu);
  needRoom(cpu, stack, 3, 2, 0);
  const frame = [readEflags(cpu), cpu.get(SEG[CS].selector), next];
  const va = cpu.get(IDTR_BASE) + at;
  const offset = cpu.load(va >>> 0, 16, 'sys');
  const selector = cpu.load((va + 2) >>> 0, 16, 'sys');
  cpu.set(ESP, pushAll(cpu, stack, 2, frame));
  writeEflags(cpu, 0, IF | TF | AC | RF);
  loadReal(cpu, CS, selector);
  return offset;
}

/** The flags that IRET may change, at the level it leaves. */
function returnMask(cpu: Cpu, bytes: 2 | 4): number {
  const level = cpu.get(CPL);
  const iopl = (readEflags(cpu) & IOPL) >>> 12;
  let mask = ARITHMETIC | TF | DF | NT;
  if (bytes === 4) mask |= RF | AC | ID;
  if (level <= iopl) mask |= IF;
  if (level === 0) mask |= IOPL;
  if (level === 0 && isProtected(cpu) && bytes === 4) {
    mask |= VIF | VIP;
  }
  return mask;
}

/** IRET: returns the new EIP. SDM vol. 2A, IRET. */
export function interruptReturn(
  cpu: Cpu, bytes: 2 | 4, next: number,
): number {
  if (confined(cpu)) return returnConfined(cpu, bytes);
  if (isProtected(cpu) && (readEflags(cpu) & NT) !== 0) {
    return returnToTask(cpu, next);
  }
  const stack = stackNow(cpu);
  const offset = peek(cpu, stack, 0, bytes);
  const selector = peek(cpu, stack, bytes, bytes) & 0xffff;
  const flags = peek(cpu, stack, 2 * bytes, bytes);
  const inner = isProtected(cpu) && cpu.get(CPL) === 0;
  if (inner && bytes === 4 && (flags & VM) !== 0) {
    return returnVirtual(cpu, stack, offset, selector, flags);
  }
  const mask = returnMask(cpu, bytes);
  const eip = isProtected(cpu)
    ? returnTo(cpu, selector, offset, bytes)
    : returnReal(cpu, selector, offset, bytes);
  writeEflags(cpu, flags, mask);
  reconsider(cpu);
  return eip;
}

function returnTo(
  cpu: Cpu, selector: number, offset: number, bytes: 2 | 4,
): number {
  const code = returnCode(cpu, selector);
  if ((selector & 3) > cpu.get(CPL)) {
    return returnOutward(cpu, code, offset, bytes, 3 * bytes);
  }
  if (offset > code.limit) cpu.trap(FAULT.GP, 0);
  loadCode(cpu, code, cpu.get(CPL));
  cpu.set(ESP, moved(stackNow(cpu), 3 * bytes));
  return offset;
}

function returnReal(
  cpu: Cpu, selector: number, offset: number, bytes: 2 | 4,
): number {
  if (offset > cpu.get(SEG[CS].limit)) cpu.trap(FAULT.GP, 0);
  loadReal(cpu, CS, selector);
  cpu.set(ESP, moved(stackNow(cpu), 3 * bytes));
  return offset;
}

const CONTRIBUTORY: ReadonlySet<number> =
  new Set([FAULT.DE, FAULT.TS, FAULT.NP, FAULT.SS, FAULT.GP]);

/** The faults whose error code is a selector and takes EXT. */
const SELECTOR_CODE: ReadonlySet<number> =
  new Set([FAULT.TS, FAULT.NP, FAULT.SS, FAULT.GP]);

/** What to deliver after `trap` met the delivery of `first`;
 * undefined: nothing more, the processor shuts down.
 * SDM vol. 3A §6.15, interrupt 8. */
export function escalate(
  first: Event, trap: Pick<Event, 'vector' | 'code'>, next: number,
): Event | undefined {
  const { vector } = trap;
  const worse = CONTRIBUTORY.has(vector) || vector === FAULT.PF;
  if (first.cause === 'fault' && worse) {
    if (first.vector === FAULT.DF) return undefined;
    const page = first.vector === FAULT.PF;
    const contributory = CONTRIBUTORY.has(first.vector);
    if (page || contributory && vector !== FAULT.PF) {
      return { vector: FAULT.DF, code: 0, cause: 'fault', next };
    }
  }
  const external = SELECTOR_CODE.has(vector);
  const code = external ? (trap.code ?? 0) | 1 : trap.code;
  return { vector, code, cause: 'fault', next };
}

/** Delivers an event and whatever goes wrong on the way. Returns
 * false if nothing could be delivered: shutdown. */
export function deliver(cpu: Cpu, first: Event): boolean {
  let event: Event | undefined = first;
  while (event) {
    try {
      cpu.evaluator.begin();
      cpu.set(EIP, enter(cpu, event));
      cpu.commit();
      return true;
    } catch (thrown) {
      if (thrown !== cpu.evaluator.pending) throw thrown;
      cpu.evaluator.undo();
      const { pending } = cpu.evaluator;
      event = escalate(event, pending, cpu.get(EIP));
    }
  }
  return false;
}

/** What an interrupt controller shows to a processor. */
export interface PendingInterrupts {
  pending(): boolean;
  /** The vector of the request, which is thereby taken. */
  acknowledge(): number;
}

export const NO_INTERRUPTS: PendingInterrupts = {
  pending: () => false,
  acknowledge: () => 0,
};

/** What an instruction may leave for the processor to do after it. */
export const AFTER = {
  UNTRACED: 1, HOSTCALL: 2, KEEPS_RF: 4, TASK: 8,
} as const;
/** DR6's bit for TF. */
export const SINGLE_STEP = 0x4000;
