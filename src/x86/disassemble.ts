import type { Insn, Operand } from './insn.ts';
import { ESP, RIP } from './insn.ts';
import type { Row, Spec } from './opcodes.ts';

const low8 = 'al cl dl bl ah ch dh bh'.split(' ');
const low8rex = 'al cl dl bl spl bpl sil dil'.split(' ');
const legacy = 'ax cx dx bx sp bp si di'.split(' ');
export const segments = 'es cs ss ds fs gs'.split(' ');

/** General register `index` at a width of `bits`. With `rex`, 8-bit
 *  registers 4 to 7 are the low bytes of SP, BP, SI, DI. */
export function gprName(
  index: number, bits: number, rex = false,
): string {
  const old = legacy[index];
  if (old === undefined) {
    const suffix = { 8: 'b', 16: 'w', 32: 'd' }[bits] ?? '';
    return `r${index}${suffix}`;
  }
  if (bits === 8) return (rex ? low8rex : low8)[index] ?? '';
  return bits === 16 ? old : (bits === 32 ? 'e' : 'r') + old;
}

const hasRex = (insn: Insn) =>
  insn.mode === 64 && ((insn.prefixes.at(-1) ?? 0) & 0xf0) === 0x40;

function registerName(o: Operand, s: Spec, insn: Insn): string {
  switch (o.cls) {
    case 'gpr': return gprName(o.index, o.bits, hasRex(insn));
    case 'seg': return segments[o.index] ?? '?';
    case 'st': return s.method === 'F' ? 'st' : `st(${o.index})`;
    case 'mmx': return `mm${o.index}`;
    default: return o.cls + o.index;
  }
}

const words: Record<number, string> = {
  8: 'BYTE PTR ', 16: 'WORD PTR ', 32: 'DWORD PTR ',
  48: 'FWORD PTR ', 64: 'QWORD PTR ', 80: 'TBYTE PTR ',
  128: 'XMMWORD PTR ',
};

/** An unsigned hexadecimal number; `high` is its bits 32 to 63. */
export function hex(value: number, high = 0): string {
  const low = (value >>> 0).toString(16);
  return high === 0 ? `0x${low}`
    : `0x${high.toString(16)}${low.padStart(8, '0')}`;
}

const signed = (n: number) =>
  n < 0 ? `-0x${(-n).toString(16)}` : `+0x${n.toString(16)}`;

function address(o: Operand, insn: Insn): string {
  const terms: string[] = [];
  if (o.base === RIP) terms.push(insn.addrSize === 64 ? 'rip' : 'eip');
  else if (o.base >= 0) terms.push(gprName(o.base, insn.addrSize));
  const index = indexText(o, insn);
  if (index !== '') terms.push(index);
  if (terms.length === 0) return '';
  const there = insn.modrm >> 6 !== 0 || o.base < 0 || o.base === RIP;
  return terms.join('+') + (there ? signed(o.disp) : '');
}

function indexText(o: Operand, insn: Insn): string {
  if (insn.addrSize === 16) {
    return o.idx < 0 ? '' : gprName(o.idx, 16);
  }
  if (insn.sib < 0) return '';
  if (o.idx >= 0) return `${gprName(o.idx, insn.addrSize)}*${o.scale}`;
  const needed = o.scale !== 1
    || (o.base < 0 ? insn.mode !== 16 : o.base !== ESP);
  const zero = insn.addrSize === 64 ? 'riz' : 'eiz';
  return needed ? `${zero}*${o.scale}` : '';
}

function memoryText(o: Operand, s: Spec, insn: Insn): string {
  const implied = 'XYB'.includes(s.method);
  const direct = s.method === 'O';
  const inside = implied ? gprName(o.base, insn.addrSize)
    : direct ? '' : address(o, insn);
  const segment = s.method === 'Y' ? 'es:'
    : insn.segment !== undefined ? `${segments[o.seg]}:`
    : implied || inside === '' ? 'ds:' : '';
  const where = inside !== '' ? `[${inside}]`
    : hex(insn.addrSize === 16 ? o.disp & 0xffff : o.disp, o.high);
  const size = direct || s.memory === 'g' ? '' : words[o.bits] ?? '';
  return size + segment + where;
}

/** Where a jump by `disp` at address `ip` goes. In 16-bit mode the
 *  upper part of `ip` may hold a segment's base; it is kept. */
export function target(insn: Insn, disp: number, ip: number): number {
  const to = ip + insn.length + disp;
  if (insn.opSize !== 16) return to >>> 0;
  const base = insn.mode === 16 ? ip & ~0xffff : 0;
  return (base | to & 0xffff) >>> 0;
}

function operandText(
  o: Operand, s: Spec, insn: Insn, ip: number,
): string {
  switch (o.kind) {
    case 'reg': return registerName(o, s, insn);
    case 'mem': return memoryText(o, s, insn);
    case 'imm': return s.method === '1' ? '1' : hex(o.value, o.high);
    case 'rel': return hex(target(insn, o.disp, ip));
    case 'far': return `${hex(o.index)}:${hex(o.value)}`;
  }
}

const spelled: Record<string, string> = {
  'callf Ap': 'call', 'jmpf Ap': 'jmp',
  'callf Mp': 'call far', 'jmpf Mp': 'jmp far',
};

/** What one writes for a row, sizes aside. */
export function spelling(row: Row): string {
  const far = spelled[`${row.mnemonic} ${row.operands[0]?.text}`];
  return far ?? row.mnemonic;
}

function name(insn: Insn): string {
  const { names, mnemonic, flags } = insn.row;
  if (names.length > 1) {
    const size = mnemonic === 'jcxz' ? insn.addrSize : insn.opSize;
    return names[size === 16 ? 0 : size === 32 ? 1 : 2] ?? mnemonic;
  }
  const usual = insn.mode === 16 ? 16 : 32;
  const sized = flags.includes('sized') && insn.mode !== 64
    && insn.opSize !== usual;
  const suffix = sized ? (insn.opSize === 16 ? 'w' : 'd') : '';
  return spelling(insn.row) + suffix;
}

const inMemory = (insn: Insn, methods: string) =>
  insn.row.operands.some((s, i) =>
    insn.operands[i]?.kind === 'mem' && methods.includes(s.method));

/** Does anything here depend on the operand size? */
export function usesOperandSize(insn: Insn): boolean {
  const { row } = insn;
  const byName = row.names.length > 1 && row.mnemonic !== 'jcxz';
  const byOperand = row.operands.some((s, i) => {
    const memory = insn.operands[i]?.kind === 'mem';
    const type = memory ? s.memory : s.type;
    return type !== '' && 'vzspa'.includes(type);
  });
  return row.prefix === 1 || byName || row.flags.includes('sized')
    || byOperand;
}

function usesAddressSize(insn: Insn): boolean {
  if (insn.row.mnemonic === 'jcxz') return true;
  const o = insn.operands.find(x => x.kind === 'mem');
  const direct = o?.base === -1 && o.idx === -1;
  const silent = insn.mode === 16 && insn.addrSize === 32 && direct;
  return inMemory(insn, 'EMQWXYB') && !silent;
}

function isUsed(insn: Insn, byte: number): boolean {
  const { row } = insn;
  switch (byte) {
    case 0x66: return usesOperandSize(insn);
    case 0x67: return usesAddressSize(insn);
    case 0xf0: return false;
    case 0xf2: return row.prefix === 3 && !row.flags.includes('idle');
    case 0xf3: return row.prefix === 2;
    default: return inMemory(insn, 'EMQWXBO');
  }
}

function prefixName(
  insn: Insn, byte: number, last: boolean,
): string {
  switch (byte) {
    case 0x66: return insn.mode === 16 ? 'data32' : 'data16';
    case 0x67: return insn.mode === 32 ? 'addr16' : 'addr32';
    case 0xf0: return 'lock';
    case 0xf2: return 'repnz';
    case 0xf3:
      return last && insn.row.flags.includes('rep') ? 'rep' : 'repz';
    case 0x64: return 'fs';
    case 0x65: return 'gs';
    default: return segments[byte >> 3 & 3] ?? '';
  }
}

const isSegment = (byte: number) =>
  (byte & 0xe7) === 0x26 || byte === 0x64 || byte === 0x65;

function prefixText(insn: Insn): string {
  let text = '';
  insn.prefixes.forEach((byte, i) => {
    const later = insn.prefixes.slice(i + 1);
    const last = isSegment(byte)
      ? !later.some(isSegment) : !later.includes(byte);
    const rex = insn.mode === 64 && (byte & 0xf0) === 0x40;
    if (rex || last && isUsed(insn, byte)) return;
    text += prefixName(insn, byte, last) + ' ';
  });
  return text;
}

/**
 * One instruction in Intel's syntax, spelled as `objdump -M intel`
 * spells it, with single spaces. `ip` is its address.
 */
export function disassemble(insn: Insn, ip: number): string {
  if (insn.mnemonic === '(bad)') return '(bad)';
  const operands = insn.row.operands.map((s, i) => {
    const o = insn.operands[i];
    return o ? operandText(o, s, insn, ip) : '';
  });
  const text = prefixText(insn) + name(insn);
  return operands.length ? `${text} ${operands.join(',')}` : text;
}
