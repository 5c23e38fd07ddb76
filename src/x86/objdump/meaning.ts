import { target, usesOperandSize } from '../disassemble.ts';
import type { Insn, Operand } from '../insn.ts';

/** Do two encodings mean the same at address `ip`? */
export function sameMeaning(a: Insn, b: Insn, ip: number): boolean {
  const size = a.opSize === b.opSize || a.row.prefix > 0
    || !usesOperandSize(a);
  const rep = a.rep === b.rep || a.row.prefix > 1 || b.row.prefix > 1;
  return a.mnemonic === b.mnemonic && a.fault === b.fault
    && a.lock === b.lock && rep && size
    && a.operands.length === b.operands.length
    && a.operands.every((o, i) =>
      sameOperand(o, b.operands[i], a, b, ip));
}

function sameOperand(
  x: Operand, y: Operand | undefined, a: Insn, b: Insn, ip: number,
): boolean {
  if (!y || x.kind !== y.kind) return false;
  switch (x.kind) {
    case 'reg': return x.cls === y.cls && x.index === y.index
      && (x.bits === y.bits || x.cls === 'xmm');
    case 'imm': return x.value === y.value;
    case 'far': return x.value === y.value && x.index === y.index;
    case 'rel': return target(a, x.disp, ip) === target(b, y.disp, ip);
    case 'mem': return x.bits === y.bits && x.seg === y.seg
      && place(x, a) === place(y, b);
  }
}

function place(o: Operand, insn: Insn): string {
  const cut = insn.addrSize === 16 ? 0xffff : 0xffff_ffff;
  const disp = (o.disp & cut) >>> 0;
  if (o.base === -1 && o.idx === -1) return String(disp);
  const index = o.idx === -1 ? '' : `${o.idx}*${o.scale}`;
  return [insn.addrSize, o.base, index, disp].join(' ');
}
