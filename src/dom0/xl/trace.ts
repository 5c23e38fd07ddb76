import type { Hooks, Vcpu, Xen } from '../../xen/common/xen.ts';
import type { Cpu } from '../../x86/cpu.ts';
import { decode } from '../../x86/decode.ts';
import { disassemble } from '../../x86/disassemble.ts';
import { CODE, EIP } from '../../x86/state.ts';
import type { Trace } from './options.ts';
import { callLine } from './report.ts';

type Say = (line: string) => void;

/** Hooks that print what is to be traced. */
export function traceHooks(
  trace: ReadonlySet<Trace>, time: () => number, say: Say,
): Hooks {
  const who = (v: Vcpu): string => `${time()} d${v.domain.id}v${v.id}`;
  return {
    ...(trace.has('hypercalls') ? {
      hypercall: (v, call) => say(`${who(v)} ${callLine(call)}`),
    } : {}),
    ...(trace.has('traps') ? {
      trap: (v, vector) => say(`${who(v)} trap ${vector}`),
    } : {}),
  };
}

function insnLine(cpu: Cpu): string {
  const eip = cpu.get(EIP);
  const mode = CODE.of(cpu.state) === 32 ? 32 : 16;
  try {
    const insn = decode(n => {
      const pa = cpu.translate((eip + n) >>> 0, 'r', 'sys');
      if (pa < 0) throw new RangeError('not there');
      return cpu.phys.read8(pa);
    }, mode);
    return disassemble(insn, eip);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return '(not there)';
  }
}

export function traceExec(cpu: Cpu, say: Say): void {
  const step = cpu.step.bind(cpu);
  cpu.step = (): void => {
    const at = cpu.get(EIP).toString(16).padStart(8, '0');
    say(`${cpu.time()} ${at} ${insnLine(cpu)}`);
    step();
  };
}
