import { CR2 } from '../../x86/state.ts';
import type { CrashReport, Vcpu, Xen } from '../common/xen.ts';
import { pfnToCr3 } from '../public/arch-x86.ts';
import { HOLE } from './layout.ts';
import { P } from './pte.ts';
import { translate, walk } from './walk.ts';
import { disassemble } from '../../x86/disassemble.ts';
import { decodeAt } from './guest-code.ts';

function readCode(xen: Xen, v: Vcpu, va: number, n: number): number[] {
  const bytes: number[] = [];
  for (let i = 0; i < n && va + i < HOLE; i++) {
    const { guestTable } = v.arch;
    if (guestTable < 0) break;
    const at = translate(xen, guestTable, va + i, false);
    if (at < 0) break;
    bytes.push(xen.phys.read8(at));
  }
  return bytes;
}

const hex = (n: number | bigint, digits: number): string =>
  n.toString(16).padStart(digits, '0');

/** Xen: show_page_walk. */
export function describeWalk(xen: Xen, v: Vcpu, va: number): string[] {
  if (v.arch.guestTable < 0) return [];
  const steps = walk(xen, v.arch.guestTable, va);
  return steps.map(({ level, slot, entry }) => {
    const index = hex(slot >>> 3 & 0x1ff, 3);
    const gone = entry & P ? '' : ' (not present)';
    return ` L${level}[0x${index}] = ${hex(entry, 16)}${gone}`;
  });
}

const little = (b: number[], at: number): number =>
  new DataView(Uint8Array.from(b).buffer).getUint32(at, true);

/** All that can be said about `v` now. */
export function describeCrash(
  xen: Xen, v: Vcpu, reason: string,
): CrashReport {
  const { regs } = v.arch;
  const guestTable = Math.max(0, v.arch.guestTable);
  const cr2 = xen.cpu.state.get(CR2);
  const fault = regs.entry_vector === 14;
  const stack = readCode(xen, v, regs.esp, 32);
  const words = stack.length >> 2;
  return {
    reason, vcpu: v.id, time: xen.clock.time(),
    registers: { ...regs, cr2, cr3: pfnToCr3(guestTable) },
    disassembly: disassembly(xen, v),
    pageWalk: [
      ...describeWalk(xen, v, regs.eip),
      ...(fault ? [`of ${hex(cr2, 8)}:`] : []),
      ...(fault ? describeWalk(xen, v, cr2) : []),
    ],
    stack: Array.from(
      { length: words }, (_, i) => little(stack, i * 4)),
    hypercalls: v.domain.recent.map((r) => ({ ...r })),
  };
}

function disassembly(xen: Xen, v: Vcpu): string[] {
  const lines: string[] = [];
  let at = v.arch.regs.eip;
  while (lines.length < 6) {
    const insn = decodeAt(xen, v, at);
    if (!insn) break;
    const bytes = readCode(xen, v, at, insn.length);
    const hexes = bytes.map((b) => hex(b, 2)).join(' ');
    const text = disassemble(insn, at);
    lines.push(`${hex(at, 8)}: ${hexes.padEnd(24)} ${text}`);
    at = (at + insn.length) >>> 0;
  }
  return lines;
}
