import { covers, decode } from '../decode.ts';
import type { Insn } from '../insn.ts';
import { type Row, table } from '../opcodes.ts';
import { extendedBits, floatBits, near } from './numbers.ts';
import type { Values } from './values.ts';

/** Where memory operands and the code lie. */
export const WINDOW_AT = 0x20_0000;
export const CODE_AT = 0x30_0000;
export const WINDOW = 256;
export const IMAGE = 512;

/** What an instruction can change. */
export interface FloatMachine {
  readonly regs: Uint32Array;
  eflags: number;
  readonly memory: Uint8Array;
  /** The numeric registers as FXSAVE stores them. */
  readonly image: Uint8Array;
}

export interface FloatCase {
  readonly code: Uint8Array;
  readonly insn: Insn;
  readonly before: FloatMachine;
}

const LEFT_OUT = new Set(`fxsave fxrstor clflush
  prefetchnta prefetcht0 prefetcht1 prefetcht2`.split(/\s+/));

/** The rows of one half of the campaign. */
export const rowsOf = (group: 'x87' | 'sse'): readonly Row[] =>
  table.filter(({ feature, mnemonic }) => !LEFT_OUT.has(mnemonic)
    && (mnemonic === 'fwait' || feature !== 'integer')
    && (group === 'x87') === (feature === 'x87'
      || mnemonic === 'fwait'));
const MANDATORY = [[], [0x66], [0xf3], [0xf2]];

/** The bytes of an instruction; memory operands are absolute. */
function codeFor(row: Row, v: Values): Uint8Array {
  const low = row.plus && row.exact < 0 ? v.below(8) : 0;
  const sized = row.flags.includes('sized') && v.rarely(2);
  const code = [...(sized ? [0x66] : MANDATORY[row.prefix] ?? []),
    ...(row.map === 0 ? [] : [0x0f]), row.opcode + low];
  const tail = v.bytes(16);
  if (!row.hasModRm) {
    return Uint8Array.of(...code, ...tail).slice(0, 16);
  }
  let modrm = v.below(256);
  while (!covers(row, modrm)) modrm = v.below(256);
  if (modrm >= 0xc0) code.push(modrm);
  else code.push(modrm & 0x38 | 4, 0x25, ...absolute(row, v));
  return Uint8Array.of(...code, ...tail).slice(0, 16);
}

/** An address in the window, nearly always a multiple of 16. */
function absolute(row: Row, v: Values): number[] {
  const at = WINDOW_AT + 64 + (v.rarely(8) ? v.below(32) : 0);
  return [0, 8, 16, 24].map((by) => at >>> by & 0xff);
}

const ESP = 4;
const EDI = 7;

const usesStack = (i: Insn): boolean => i.operands.some((op) =>
  op.kind === 'reg' && op.cls === 'gpr' && op.index === ESP);

/** The control word: each rounding and precision, most often with
 * all exceptions masked. */
function controlWord(v: Values): number {
  const precision = [0, 2, 3, 3][v.below(4)] ?? 3;
  const masks = v.rarely(4) ? v.below(64) : 0x3f;
  return v.below(4) << 10 | precision << 8 | 0x40 | masks;
}

/** A status word with nothing that waits, nearly always. */
function statusWord(v: Values, control: number): number {
  const flags = v.below(64) & control;
  const word = v.word() & 0x4700 | v.below(8) << 11 | flags;
  if (!v.rarely(200)) return word;
  const free = ~control & 0x3f;
  return free === 0 ? word : word | free | 0x8080;
}

/** The numeric state before a case. */
function image(v: Values): Uint8Array {
  const bytes = new Uint8Array(IMAGE);
  const view = new DataView(bytes.buffer);
  const control = controlWord(v);
  view.setUint16(0, control, true);
  view.setUint16(2, statusWord(v, control), true);
  view.setUint8(4, v.rarely(4) ? v.below(256) : v.rarely(2)
    ? 0xff & ~(1 << v.below(8)) : 0x7e << v.below(2));
  const flags = v.below(64) & (v.rarely(2) ? 63 : 0);
  const masks = v.rarely(4) ? v.below(64) : 63;
  const modes = v.below(4) << 13 | (v.rarely(4) ? 0x40 : 0)
    | (v.rarely(4) ? 0x8000 : 0);
  view.setUint32(24, modes | masks << 7 | flags & masks, true);
  view.setUint32(28, 0xffff, true);
  fillRegisters(view, v);
  return bytes;
}

function fillRegisters(view: DataView, v: Values): void {
  let last = extendedBits(v);
  for (let i = 0; i < 8; i++) {
    view.setBigUint64(32 + 16 * i, BigInt.asUintN(64, last), true);
    view.setUint16(40 + 16 * i, Number(last >> 64n), true);
    last = near(v, last);
  }
  for (let at = 160; at < 288;) at += floats(view, at, v);
}

/** Floats of one width at `at`: 8 bytes; or integers. */
function floats(view: DataView, at: number, v: Values): number {
  const wide = v.rarely(2);
  if (wide) view.setBigUint64(at, floatBits(v, 64), true);
  else {
    view.setUint32(at, Number(floatBits(v, 32)), true);
    view.setUint32(at + 4, Number(floatBits(v, 32)), true);
  }
  return 8;
}

/** Memory for an operand: floats of its width, or anything. */
function memoryFor(insn: Insn, v: Values): Uint8Array {
  const bytes = v.bytes(WINDOW);
  const view = new DataView(bytes.buffer);
  const op = insn.operands.find(({ kind }) => kind === 'mem');
  if (!op) return bytes;
  const at = op.disp - WINDOW_AT;
  if (op.bits === 80) {
    const bits = extendedBits(v);
    view.setBigUint64(at, BigInt.asUintN(64, bits), true);
    view.setUint16(at + 8, Number(bits >> 64n), true);
  } else if (insn.row.feature === 'x87' && op.bits === 64) {
    if (!v.rarely(3)) view.setBigUint64(at, floatBits(v, 64), true);
  } else if (insn.row.feature === 'x87' && op.bits === 32) {
    view.setUint32(at, Number(floatBits(v, 32)), true);
  } else if (op.bits >= 32) {
    for (let n = 0; n < 16; n += 8) floats(view, at + n, v);
  }
  return decimal(insn, bytes, at, v);
}

/** FBLD wants decimal digits. */
function decimal(
  insn: Insn, bytes: Uint8Array, at: number, v: Values,
): Uint8Array {
  if (insn.mnemonic !== 'fbld') return bytes;
  for (let n = 0; n < 9; n++) {
    bytes[at + n] = v.below(10) << 4 | v.below(10);
  }
  return bytes;
}

/** Of these the last bit is not architectural, and with it C1, PE
 * and, where denormals begin, UE: the two stay masked. SDM vol. 1
 * §8.3.10. */
export const LOOSE = new Set(`f2xm1 fyl2x fyl2xp1 fptan fpatan fsin
  fcos fsincos`.split(/\s+/));

/** Defined for arguments below 1 only. SDM vol. 2A. */
const SMALL = new Set(['f2xm1', 'fyl2xp1']);

/** Makes ST(0) less than 1/4. */
function shrink(image: Uint8Array, v: Values): void {
  const view = new DataView(image.buffer);
  const head = view.getUint16(40, true);
  if ((head & 0x7fff) < 0x3ffd) return;
  const field = v.rarely(2) ? 0x3ffc - v.below(80) : v.below(0x3ffd);
  view.setUint16(40, head & 0x8000 | field, true);
}

export function makeFloatCase(row: Row, v: Values): FloatCase {
  for (;;) {
    const code = codeFor(row, v);
    const insn = decode((n) => code[n] ?? 0, 32);
    if (insn.row !== row || usesStack(insn)) continue;
    const regs = Uint32Array.from({ length: 8 }, () => v.value());
    regs[EDI] = WINDOW_AT + 64 + v.below(16);
    const before = {
      regs, eflags: v.word() & 0x8d5 | 0x202,
      memory: memoryFor(insn, v), image: image(v),
    };
    if (SMALL.has(row.mnemonic)) shrink(before.image, v);
    if (LOOSE.has(row.mnemonic)) before.image[0]! |= 0x30;
    return { code, insn, before };
  }
}
