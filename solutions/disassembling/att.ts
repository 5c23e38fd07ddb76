import { gprName, segments } from '#book/x86/disassemble.ts';
import type { Insn, Operand } from '#book/x86/insn.ts';

/** A memory operand (not an implied one) in AT&T's syntax. */
export function attMemory(o: Operand, insn: Insn): string {
  const segment = insn.segment === undefined
    ? '' : `%${segments[o.seg]}:`;
  if (o.base < 0 && o.idx < 0) {
    const cut = insn.addrSize === 16 ? 0xffff : 0xffff_ffff;
    return `${segment}0x${((o.disp & cut) >>> 0).toString(16)}`;
  }
  const there = insn.modrm >> 6 !== 0 || o.base < 0;
  const disp = !there ? '' : o.disp < 0
    ? `-0x${(-o.disp).toString(16)}` : `0x${o.disp.toString(16)}`;
  const name = (r: number) =>
    r < 0 ? '' : `%${gprName(r, insn.addrSize)}`;
  const parts = o.idx < 0 ? [name(o.base)]
    : insn.addrSize === 16 ? [name(o.base), name(o.idx)]
    : [name(o.base), name(o.idx), o.scale];
  return `${segment}${disp}(${parts.join(',')})`;
}
