import type { Insn, Mode, Operand, OperandKind, RegClass }
  from './insn.ts';
import { DS, EBP, EBX, EDI, ES, ESI, ESP, FS, GS, RIP, SS }
  from './insn.ts';
import { table } from './opcodes.ts';
import type { Row, Spec } from './opcodes.ts';

/** What an opcode leads to: rows[prefix * span + ModRM] where the
 *  ModRM byte chooses (span 256), else rows[prefix] (span 1). */
interface Cell {
  readonly hasModRm: boolean;
  readonly span: 1 | 256;
  readonly rows: (Row | undefined)[];
}

const wants = (row: Row, methods: string) =>
  row.operands.some(s => methods.includes(s.method));

/** May this ModRM byte follow the opcode of the row? */
export function covers(row: Row, modrm: number): boolean {
  if (row.exact >= 0) {
    const last = row.plus ? row.exact | 7 : row.exact;
    return modrm >= row.exact && modrm <= last;
  }
  const isRegister = modrm >= 0xc0;
  if (wants(row, isRegister ? 'M' : 'NU')) return false;
  const middle = modrm >> 3 & 7;
  return row.digits === '' || row.digits.includes(String(middle));
}

/** Gives a place to a row. Throws if it is taken. */
function put(
  rows: (Row | undefined)[], at: number, row: Row,
): void {
  if (rows[at]) throw new Error(`taken: ${row.text}`);
  rows[at] = row;
}

function place(cell: Cell, row: Row): void {
  const { rows, span } = cell;
  for (let modrm = 0; modrm < span; modrm++) {
    if (span === 256 && !covers(row, modrm)) continue;
    for (let prefix = 0; prefix < 4; prefix++) {
      if (row.prefix >= 0 && row.prefix !== prefix) continue;
      put(rows, prefix * span + modrm, row);
    }
  }
}

const chooses = (row: Row) => row.digits !== '' || row.exact >= 0
  || wants(row, 'MNU');

function makeCell(rows: readonly Row[]): Cell {
  const span = rows.some(chooses) ? 256 : 1;
  const cell: Cell = {
    hasModRm: rows.some(r => r.hasModRm), span,
    rows: new Array<Row | undefined>(4 * span).fill(undefined),
  };
  for (const row of rows) place(cell, row);
  return cell;
}

function makeMap(map: number, without: string): Cell[] {
  const rows: Row[][] = Array.from({ length: 256 }, () => []);
  for (const row of table) {
    if (row.map !== map || row.flags.includes(without)) continue;
    const { plus, exact, opcode } = row;
    const last = plus && exact < 0 ? opcode | 7 : opcode;
    for (let n = opcode; n <= last; n++) rows[n]?.push(row);
  }
  return rows.map(makeCell);
}

const maps32 = [makeMap(0, 'o64'), makeMap(1, 'o64')] as const;
const maps64 = [makeMap(0, 'i64'), makeMap(1, 'i64')] as const;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

type Draft = Mutable<Insn> & {
  operands: Operand[];
  readonly fetch: (i: number) => number;
  opcode: number;
  /** Was there a 66? The last REX prefix (64-bit mode), or 0. */
  opPrefix: boolean;
  rex: number;
};

const tooLong = new Error('more than 15 bytes');

function next8(d: Draft): number {
  if (d.length === 15) throw tooLong;
  const byte = d.fetch(d.length);
  d.length++;
  return byte;
}

function next16(d: Draft): number {
  const low = next8(d);
  return low | next8(d) << 8;
}

/** Signed, as the operators of JavaScript have it. */
function next32(d: Draft): number {
  const low = next16(d);
  return low | next16(d) << 16;
}

function notePrefix(d: Draft, byte: number): void {
  switch (byte) {
    case 0xf0: d.lock = true; break;
    case 0xf2: case 0xf3: d.rep = byte; break;
    case 0x66: d.opPrefix = true; break;
    case 0x67: d.addrSize = d.mode === 32 ? 16 : 32; break;
    case 0x64: d.segment = FS; break;
    case 0x65: d.segment = GS; break;
    default: if (d.mode !== 64) d.segment = byte >> 3 & 3;
  }
}

const isPrefix = new Uint8Array(256);
for (const byte of [0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67,
  0xf0, 0xf2, 0xf3]) isPrefix[byte] = 1;

/** Reads all prefixes; returns the byte after them. */
function readPrefixes(d: Draft): number {
  for (;;) {
    const byte = next8(d);
    const rex = d.mode === 64 && (byte & 0xf0) === 0x40;
    if (isPrefix[byte] === 0 && !rex) return byte;
    d.prefixes = [...d.prefixes, byte];
    d.rex = rex ? byte : 0;
    if (!rex) notePrefix(d, byte);
  }
}

const mandatory = (d: Draft) =>
  d.rep === 0xf3 ? 2 : d.rep === 0xf2 ? 3 : d.opPrefix ? 1 : 0;

function findRow(d: Draft): Row | undefined {
  const maps = d.mode === 64 ? maps64 : maps32;
  d.opcode = readPrefixes(d);
  const second = d.opcode === 0x0f;
  if (second) d.opcode = next8(d);
  const cell = maps[second ? 1 : 0][d.opcode];
  if (!cell) return undefined;
  if (cell.hasModRm) d.modrm = next8(d);
  return cell.span === 1 ? cell.rows[mandatory(d)]
    : cell.rows[mandatory(d) << 8 | d.modrm];
}

function operandSize(d: Draft, row: Row): Mode {
  const other = d.mode === 16 ? 32 : 16;
  if (d.mode !== 64) return d.opPrefix ? other : d.mode;
  if (d.rex & 8 || row.flags.includes('f64')) return 64;
  if (d.opPrefix) return 16;
  return row.flags.includes('d64') ? 64 : 32;
}

function width(type: string, d: Draft): number {
  switch (type) {
    case 'b': return 8;
    case 'w': return 16;
    case 'd': return 32;
    case 'q': return 64;
    case 't': return 80;
    case 'x': return 128;
    case 'v': case 's': return d.opSize;
    case 'z': return d.opSize === 16 ? 16 : 32;
    case 'y': return d.opSize === 64 ? 64 : 32;
    case 'p': return 16 + d.opSize;
    case 'a': return 2 * d.opSize;
    case 'g': return d.mode === 64 ? 80 : 48;
    default: return 0;
  }
}

function operand(kind: OperandKind, bits: number): Mutable<Operand> {
  return {
    kind, cls: 'gpr', index: 0, bits,
    seg: DS, base: -1, idx: -1, scale: 1, disp: 0,
    value: 0, high: 0,
  };
}

function register(cls: RegClass, index: number, bits: number) {
  const o = operand('reg', bits);
  o.cls = cls;
  o.index = index;
  return o;
}

function memory(d: Draft, bits: number, base: number) {
  const o = operand('mem', bits);
  const usual = base === ESP || base === EBP ? SS : DS;
  o.base = base;
  o.seg = d.segment ?? usual;
  return o;
}

const base16 = [EBX, EBX, EBP, EBP, ESI, EDI, EBP, EBX];
const idx16 = [ESI, EDI, ESI, EDI, -1, -1, -1, -1];

function memory16(d: Draft, bits: number): Operand {
  const mod = d.modrm >> 6, rm = d.modrm & 7;
  const direct = mod === 0 && rm === 6;
  const o = memory(d, bits, direct ? -1 : base16[rm] ?? -1);
  o.idx = idx16[rm] ?? -1;
  if (mod === 1) o.disp = next8(d) << 24 >> 24;
  else if (mod === 2 || direct) o.disp = next16(d) << 16 >> 16;
  return o;
}

function memory32(d: Draft, bits: number): Operand {
  const mod = d.modrm >> 6;
  if ((d.modrm & 7) === ESP) d.sib = next8(d);
  const low = d.sib < 0 ? d.modrm & 7 : d.sib & 7;
  const direct = mod === 0 && low === EBP;
  const relative = d.mode === 64 && d.sib < 0 ? RIP : -1;
  const base = direct ? relative : low | (d.rex & 1) << 3;
  const o = memory(d, bits, base);
  if (d.sib >= 0) readIndex(d, o);
  if (mod === 1) o.disp = next8(d) << 24 >> 24;
  else if (mod === 2 || direct) o.disp = next32(d);
  return o;
}

function readIndex(d: Draft, o: Mutable<Operand>): void {
  const idx = d.sib >> 3 & 7 | (d.rex & 2) << 2;
  o.idx = idx === ESP ? -1 : idx;
  o.scale = 1 << (d.sib >> 6);
}

function registerOrMemory(d: Draft, s: Spec): Operand {
  if (d.modrm >= 0xc0) return rmRegister(d, s);
  const bits = width(s.memory, d);
  return d.addrSize === 16 ? memory16(d, bits) : memory32(d, bits);
}

function rmRegister(d: Draft, s: Spec): Operand {
  const more = s.cls === 'gpr' || s.cls === 'xmm';
  const index = d.modrm & 7 | (more ? (d.rex & 1) << 3 : 0);
  return register(s.cls, index, width(s.type, d));
}

function regRegister(d: Draft, s: Spec): Operand {
  const more = s.cls !== 'seg' && s.cls !== 'mmx';
  const index = d.modrm >> 3 & 7 | (more ? (d.rex & 4) << 1 : 0);
  return register(s.cls, index, width(s.type, d));
}

function immediate(d: Draft, s: Spec): Operand {
  const bits = s.type === 'z' ? d.opSize : width(s.type, d);
  const o = operand('imm', bits);
  const read = s.type === 's' ? next8(d) << 24 >> 24
    : bits === 8 ? next8(d) : bits === 16 ? next16(d) : next32(d);
  o.value = bits === 16 ? read & 0xffff : read >>> 0;
  if (bits === 64) {
    o.high = (s.type === 'v' ? next32(d) : read >> 31) >>> 0;
  }
  return o;
}

function relative(d: Draft, s: Spec): Operand {
  const o = operand('rel', d.opSize);
  o.disp = s.type === 'b' ? next8(d) << 24 >> 24
    : d.opSize === 16 ? next16(d) << 16 >> 16 : next32(d);
  return o;
}

function farPointer(d: Draft): Operand {
  const o = operand('far', 16 + d.opSize);
  o.value = d.opSize === 16 ? next16(d) : next32(d) >>> 0;
  o.index = next16(d);
  return o;
}

function offset(d: Draft, s: Spec): Operand {
  const o = memory(d, width(s.type, d), -1);
  o.disp = d.addrSize === 16 ? next16(d) << 16 >> 16 : next32(d);
  if (d.addrSize === 64) o.high = next32(d) >>> 0;
  return o;
}

function implied(d: Draft, s: Spec): Operand {
  const bits = width(s.type, d);
  switch (s.method) {
    case 'X': return memory(d, bits, ESI);
    case 'B': return memory(d, bits, EBX);
    case 'Y': {
      const o = memory(d, bits, EDI);
      o.seg = ES;
      return o;
    }
    default: {
      const one = operand('imm', 8);
      one.value = 1;
      return one;
    }
  }
}

function readOperand(d: Draft, s: Spec): Operand {
  switch (s.method) {
    case 'E': case 'M': case 'Q': case 'W':
      return registerOrMemory(d, s);
    case 'G': case 'S': case 'C': case 'D': case 'P': case 'V':
      return regRegister(d, s);
    case 'R': case 'N': case 'U': case 'T': return rmRegister(d, s);
    case 'Z': return register('gpr',
      d.opcode & 7 | (d.rex & 1) << 3, width(s.type, d));
    case 'F': return register(s.cls, s.index, width(s.type, d));
    case 'I': return immediate(d, s);
    case 'J': return relative(d, s);
    case 'A': return farPointer(d);
    case 'O': return offset(d, s);
    default: return implied(d, s);
  }
}

const undefinedRow: Row = {
  id: -1, text: '(bad)', feature: 'integer', mnemonic: '(bad)',
  names: ['(bad)'], operands: [], prefix: -1, map: 0, opcode: 0,
  plus: false, hasModRm: false, digits: '', exact: -1, flags: [],
  lockable: false,
};
const noPrefixes: readonly number[] = [];

function blank(fetch: (i: number) => number, mode: Mode): Draft {
  return {
    row: undefinedRow, mnemonic: '(bad)', length: 0, mode,
    opSize: mode === 16 ? 16 : 32, addrSize: mode, operands: [],
    lock: false, rep: 0, segment: undefined, prefixes: noPrefixes,
    modrm: -1, sib: -1, fault: 6,
    fetch, opcode: 0, opPrefix: false, rex: 0,
  };
}

function fill(d: Draft, row: Row): void {
  d.opSize = operandSize(d, row);
  for (const s of row.operands) d.operands.push(readOperand(d, s));
  d.row = row;
  d.mnemonic = row.mnemonic;
  const lockable = row.lockable && d.operands[0]?.kind === 'mem';
  d.fault = d.lock && !lockable ? 6 : 0;
}

function finish(d: Draft): Insn {
  return {
    row: d.row, mnemonic: d.mnemonic, length: d.length, mode: d.mode,
    opSize: d.opSize, addrSize: d.addrSize, operands: d.operands,
    lock: d.lock, rep: d.rep, segment: d.segment,
    prefixes: d.prefixes, modrm: d.modrm, sib: d.sib, fault: d.fault,
  };
}

/**
 * Decodes one instruction. `fetch(i)` gives byte i of it, from 0; it
 * may throw (a page fault), which passes through. No byte beyond the
 * instruction is asked for. Undefined: `(bad)` with `fault` 6; longer
 * than 15 bytes: `(bad)` with `fault` 13 (SDM vol. 2A §2.3.11).
 */
export function decode(
  fetch: (i: number) => number, mode: Mode,
): Insn {
  const d = blank(fetch, mode);
  try {
    const row = findRow(d);
    if (row) fill(d, row);
  } catch (e) {
    if (e !== tooLong) throw e;
    d.operands = [];
    d.fault = 13;
  }
  return finish(d);
}
