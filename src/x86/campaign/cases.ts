import { covers, decode } from '../decode.ts';
import type { Insn, Operand } from '../insn.ts';
import { type Row, table } from '../opcodes.ts';
import type { Values } from './values.ts';
import { WINDOW } from './window.ts';

/** What an instruction can change. */
export interface Machine {
  readonly regs: Uint32Array;
  eflags: number;
  eip: number;
  readonly memory: Uint8Array;
}

export interface Case {
  readonly code: Uint8Array;
  readonly insn: Insn;
  /** Whether the stack is 16 bits wide. */
  readonly narrow: boolean;
  readonly before: Machine;
}

/** Where tests happen. Below 64 KiB a window can also be reached by
 * 16-bit addresses; `segments`: 16-bit segments can be had. */
export interface Site {
  readonly window: number;
  readonly eip: number;
  readonly segments: boolean;
}

const LEFT_OUT = new Set(`in out ins outs int int1 int3 into iret hlt
  cli sti callf jmpf retf les lds lss lfs lgs arpl sldt str lldt ltr
  verr verw sgdt sidt lgdt lidt smsw lmsw invlpg lar lsl clts invd
  wbinvd wrmsr rdmsr rdtsc rdpmc cpuid sysenter sysexit rsm hostcall
  ud0 ud1 ud2 fwait pause`.split(/\s+/));

/** The rows of the campaign. */
export const testable: readonly Row[] = table.filter((row) =>
  row.feature === 'integer' && !LEFT_OUT.has(row.mnemonic)
  && !row.flags.includes('o64')
  && row.operands.every(({ cls }) => cls === 'gpr'));

/** The width that an instruction works on: 8, 16 or 32. */
export function widthOf(i: Insn): number {
  const [first] = i.operands;
  const byte = first && first.bits === 8 && first.kind !== 'rel';
  return byte && first.kind !== 'imm' ? 8 : i.opSize;
}

const MANDATORY = [[], [0x66], [0xf3], [0xf2]];
const OVERRIDES = [0x26, 0x36, 0x3e];

function prefixes(
  row: Row, size: number, mode: number, values: Values,
): number[] {
  const list: number[] = [...(MANDATORY[row.prefix] ?? [])];
  const repeats = row.flags.some((flag) => flag.startsWith('rep'));
  if (size !== mode && row.prefix < 0) list.push(0x66);
  if (values.rarely(3)) list.push(0x67);
  if (values.rarely(16)) list.push(OVERRIDES[values.below(3)] ?? 0x3e);
  if (values.rarely(row.lockable ? 4 : 64)) list.push(0xf0);
  if (repeats && values.rarely(2)) list.push(0xf2 + values.below(2));
  return list;
}

function codeFor(
  row: Row, size: number, mode: number, values: Values,
): Uint8Array {
  const low = row.plus ? values.below(8 - (row.opcode & 7)) : 0;
  const head = [...prefixes(row, size, mode, values),
    ...(row.map === 0 ? [] : [0x0f]), row.opcode + low];
  if (row.hasModRm) {
    let modrm = values.below(256);
    while (!covers(row, modrm)) modrm = values.below(256);
    head.push(modrm);
  }
  const code = values.bytes(16);
  code.set(head);
  return code;
}

/** Moves a memory operand's registers so that it lies at `target`. */
function aim(
  op: Operand, addrSize: number, regs: Uint32Array, target: number,
): void {
  const scaled = op.idx < 0 ? 0 : (regs[op.idx] ?? 0) * op.scale;
  const mask = addrSize === 16 ? 0xffff : 0xffff_ffff;
  const want = target - op.disp;
  if (op.base >= 0) put(regs, op.base, want - scaled, mask);
  else if (op.idx >= 0) {
    const exact = Math.floor((want >>> 0) / op.scale);
    put(regs, op.idx, exact, mask);
  }
}

function put(
  regs: Uint32Array, index: number, value: number, mask: number,
): void {
  const kept = (regs[index] ?? 0) & ~mask;
  regs[index] = kept | (value & mask);
}

function aimCode(
  code: Uint8Array, i: Insn, op: Operand, target: number,
): void {
  const length = i.addrSize / 8;
  const disp = i.addrSize === 16 ? op.disp & 0xffff : op.disp;
  for (let at = 1; at + length <= i.length; at++) {
    let found = 0;
    for (let n = 0; n < length; n++) {
      found |= (code[at + n] ?? 0) << (8 * n);
    }
    if (found !== disp) continue;
    for (let n = 0; n < length; n++) code[at + n] = target >>> (8 * n);
    return;
  }
}

const ECX = 1;
const EDX = 2;
const ESP = 4;
const EBP = 5;

type Mend = (
  regs: Uint32Array, i: Insn, values: Values, middle: number,
) => void;

const small: Mend = (regs, i, values) => {
  const bit = i.operands[1];
  if (bit?.kind !== 'reg') return;
  const n = values.below(512) - 256;
  put(regs, bit.index, n, i.opSize === 16 ? 0xffff : 0xffff_ffff);
};

const fitting: Mend = (regs, _i, values) => {
  if (values.rarely(3)) return;
  regs[EDX] = values.rarely(2) ? 0 : (regs[0] ?? 0) >> 31;
};

const MENDS = new Map<string, Mend>([
  ['bt', small], ['bts', small], ['btr', small], ['btc', small],
  ['div', fitting], ['idiv', fitting],
  ['xlat', (regs) => { regs[0] = (regs[0] ?? 0) & 0xffff_ff3f; }],
  ['loop', (regs, _i, values) => {
    if (values.rarely(3)) regs[ECX] = values.below(3);
  }],
]);

/** A case for a row, or nothing: chance may choose badly. */
export function makeCase(
  row: Row, size: number, values: Values, site: Site,
): Case | undefined {
  const mode = site.segments && values.rarely(2) ? 16 : 32;
  const narrow = site.segments && values.rarely(3);
  const code = codeFor(row, size, mode, values);
  const insn = decode((n) => code[n] ?? 0, mode);
  const low = site.window < 0x1_0000;
  const memory = insn.operands.filter(({ kind }) => kind === 'mem');
  if (insn.addrSize === 16 && memory.length > 0 && !low) return;
  const regs = Uint32Array.from({ length: 8 }, () => values.value());
  const middle = site.window + 96 + values.below(64);
  const upper = narrow ? values.word() & ~0xffff : 0;
  regs[ESP] = upper | middle;
  if (values.rarely(2)) regs[EBP] = middle + values.below(32);
  MENDS.get(insn.mnemonic)?.(regs, insn, values, middle);
  for (const op of memory) {
    if (op.base < 0 && op.idx < 0) aimCode(code, insn, op, middle);
    else aim(op, insn.addrSize, regs, middle);
  }
  if (insn.mnemonic === 'enter') code[insn.length - 2] = 0;
  const before = {
    regs, eflags: flags(values), eip: site.eip,
    memory: values.bytes(WINDOW),
  };
  const again = decode((n) => code[n] ?? 0, mode);
  return settle({ code, insn: again, narrow, before }, site);
}

const TF_IF = 0x302;

/** The six flags and DF by chance; TF ends the instruction. */
const flags = (values: Values): number =>
  values.word() & 0x0cd5 | TF_IF;

/** POPF must not take what ends it, nor bits that stop a harness. */
function settle(test: Case, site: Site): Case {
  if (test.insn.mnemonic !== 'popf') return test;
  const { regs, memory } = test.before;
  const top = (regs[ESP] ?? 0) & (test.narrow ? 0xffff : -1);
  const at = top - site.window;
  memory[at] = (memory[at] ?? 0) & 0xd5;
  memory[at + 1] = (memory[at + 1] ?? 0) & 0x0c | 0x03;
  memory[at + 2] = 0;
  memory[at + 3] = 0;
  return test;
}
