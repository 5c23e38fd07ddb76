import { PAGE } from '../machine/phys.ts';
import { decode } from '../x86/decode.ts';
import { target } from '../x86/disassemble.ts';
import type { Insn } from '../x86/insn.ts';
import { ESP } from '../x86/state.ts';
import type { Xen } from '../xen/common/xen.ts';
import { CpuUserRegs32 } from '../xen/public/arch-x86.ts';
import { STACK_AT, TEXT_AT } from '../xen/x86/layout.ts';
import { HOSTCALL, HYPERCALL_VECTOR } from '../xen/x86/stubs.ts';

/** Who came in: what the processor pushed. */
export interface Caller {
  readonly eip: number;
  readonly cs: number;
}

const MOST = 100;

const gateOf = (xen: Xen, vector: number): number => {
  const at = xen.root.arch.symbols[`vector_${vector}`];
  if (at === undefined) throw new Error(`no gate ${vector}`);
  return at;
};

/** An instruction of Xen's text page. */
function stubAt(xen: Xen, at: number): Insn {
  const from = xen.root.arch.text * PAGE + at - TEXT_AT;
  return decode((i) => xen.phys.read8(from + i), 32);
}

/** From a guest, no branch of the stub is taken but `jmp`. */
function walkStub(xen: Xen, vector: number): number {
  let at = gateOf(xen, vector);
  for (let n = 1; n < MOST; n++) {
    const insn = stubAt(xen, at);
    if (insn.mnemonic === 'hostcall') return n;
    at = insn.mnemonic === 'jmp'
      ? target(insn, insn.operands[0]?.disp ?? 0, at)
      : at + insn.length;
  }
  throw new Error(`the stub of vector ${vector} has no hostcall`);
}

/** The guest that a hostcall is about; none: Xen itself. */
export function callerOf(xen: Xen): Caller | undefined {
  const { arch } = xen.root;
  if (arch.hostcall !== HOSTCALL.guest) return undefined;
  const frame = arch.stack * PAGE + xen.cpu.get(ESP) - STACK_AT;
  const [eip, cs] = (['eip', 'cs'] as const).map((name) =>
    xen.phys.read32(frame + CpuUserRegs32.offset(4, name)));
  return { eip: eip ?? 0, cs: (cs ?? 0) & 0xffff };
}

/** The way from a gate to the hostcall, read from Xen's text. */
export class Stubs {
  private readonly lengths = new Map<number, number>();
  /** Bytes of `int n`. */
  readonly intBytes = 2;

  /** Instructions from an event in a guest to its hostcall. None: of
   * `int 0x82`, which is one more. */
  length(xen: Xen, vector: number | undefined): number {
    const gate = vector ?? HYPERCALL_VECTOR;
    const known = this.lengths.get(gate);
    const stub = known ?? walkStub(xen, gate);
    this.lengths.set(gate, stub);
    return vector === undefined ? stub + 1 : stub;
  }

  /** Whether the processor pushes an error code: the stub of a
   * vector without one begins by pushing something else. */
  hasCode(xen: Xen, vector: number): boolean {
    return stubAt(xen, gateOf(xen, vector)).mnemonic !== 'push';
  }
}
