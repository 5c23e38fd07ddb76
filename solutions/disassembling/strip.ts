import { decode } from '#book/x86/decode.ts';
import { usesOperandSize } from '#book/x86/disassemble.ts';
import type { Insn } from '#book/x86/insn.ts';

/** Everything about an instruction that decides what it does. */
function essence(i: Insn): string {
  const jumps = i.operands[0]?.kind === 'rel';
  const opSize = usesOperandSize(i) || jumps ? i.opSize : 0;
  const addresses = i.operands.some(o => o.kind === 'mem')
    || /^(loop|jcxz)/.test(i.mnemonic);
  const repeats = i.row.flags.some(f => f === 'rep' || f === 'repe');
  return JSON.stringify([i.mnemonic, i.operands, i.lock, i.fault,
    i.row.prefix > 0 ? 0 : opSize, addresses ? i.addrSize : 0,
    repeats ? i.rep : 0]);
}

/** The first instruction of the code without useless prefixes. */
export function strip(code: readonly number[]): number[] {
  const insn = decode(n => code[n] ?? 0, 32);
  const own = code.slice(0, insn.length);
  for (let i = 0; i < insn.prefixes.length; i++) {
    const less = own.toSpliced(i, 1);
    const other = decode(n => less[n] ?? 0, 32);
    if (insn.mnemonic !== '(bad)' && other.length === less.length
      && essence(other) === essence(insn)) return strip(less);
  }
  return own;
}
