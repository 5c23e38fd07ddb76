import { decode } from './decode.ts';
import { gprName, segments, spelling, usesOperandSize }
  from './disassemble.ts';
import { evaluate } from './expression.ts';
import type { Lookup } from './expression.ts';
import type { Mode, RegClass } from './insn.ts';
import { DS, EBP, EBX, EDI, ES, ESI, ESP, SS } from './insn.ts';
import { table } from './opcodes.ts';
import type { Row, Spec } from './opcodes.ts';

interface Reg {
  kind: 'reg';
  cls: RegClass;
  index: number;
  bits: number;
}
interface Num { kind: 'num'; value: number }
interface Far { kind: 'far'; selector: number; value: number }

interface Mem {
  kind: 'mem';
  bits: number | undefined;
  seg: number | undefined;
  /** Register numbers; -1: none; as index -2: EIZ. */
  base: number;
  idx: number;
  scale: number;
  disp: number;
  /** 16 or 32; 0 if no register was named. */
  addrSize: number;
}
type Wanted = Reg | Mem | Num | Far;

const registers = new Map<string, Reg>();

function name(
  text: string, cls: RegClass, index: number, bits: number,
): void {
  registers.set(text, { kind: 'reg', cls, index, bits });
}
for (let i = 0; i < 8; i++) {
  for (const bits of [8, 16, 32]) {
    name(gprName(i, bits), 'gpr', i, bits);
  }
  name(`cr${i}`, 'cr', i, 32);
  name(`dr${i}`, 'dr', i, 32);
  name(`st(${i})`, 'st', i, 80);
  name(`mm${i}`, 'mmx', i, 64);
  name(`xmm${i}`, 'xmm', i, 128);
}
name('st', 'st', 0, 80);
segments.forEach((text, i) => name(text, 'seg', i, 16));

function terms(sum: string): string[] {
  const list: string[] = [];
  let depth = 0, start = 0;
  for (let i = 1; i <= sum.length; i++) {
    const c = sum[i];
    if (sum[i - 1] === '(') depth++;
    if (sum[i - 1] === ')') depth--;
    if (c !== undefined && (depth > 0 || !'+-'.includes(c))) continue;
    list.push(sum.slice(start, i).trim());
    start = i;
  }
  return list;
}

function addTerm(m: Mem, term: string, lookup: Lookup): void {
  const [, left = '', scale] =
    /^\+?(.*?)(?:\*([1248]))?$/.exec(term) ?? [];
  const reg = registers.get(left);
  const isAddress = reg?.cls === 'gpr' && reg.bits > 8;
  if (!isAddress && left !== 'eiz') {
    m.disp += evaluate(term, lookup);
    return;
  }
  const size = reg?.bits ?? 32;
  if (m.addrSize && m.addrSize !== size) {
    throw new Error('registers of two widths in one address');
  }
  m.addrSize = size;
  if (scale === undefined && m.base === -1 && reg) m.base = reg.index;
  else if (m.idx === -1) {
    m.idx = reg?.index ?? -2;
    m.scale = Number(scale ?? 1);
  } else throw new Error('too many registers in one address');
}

function parseMemory(
  text: string, bits: number | undefined, seg: number | undefined,
  lookup: Lookup,
): Mem {
  const m: Mem = { kind: 'mem', bits, seg, base: -1, idx: -1,
    scale: 1, disp: 0, addrSize: 0 };
  const inside = /^\[(.*)\]$/.exec(text)?.[1];
  if (inside === undefined) m.disp = evaluate(text, lookup);
  else for (const t of terms(inside)) addTerm(m, t, lookup);
  if (m.idx === ESP && m.scale === 1) {
    [m.base, m.idx] = [m.idx, m.base];
  }
  if (m.idx === ESP) throw new Error('esp cannot be an index');
  return m;
}

const ptrs: Record<string, number> = { byte: 8, word: 16, dword: 32,
  fword: 48, qword: 64, tbyte: 80, xmmword: 128 };
const memory = new RegExp('^(?:(byte|word|dword|fword|qword|tbyte|'
  + 'xmmword)\\b(?: ptr)? ?)?(?:([c-gs]s):)?(.*)$');

function parseOperand(text: string, lookup: Lookup): Wanted {
  const reg = registers.get(text);
  if (reg) return reg;
  const [, ptr, seg, rest = ''] = memory.exec(text) ?? [];
  if (ptr || seg || rest.startsWith('[')) {
    const number = segments.indexOf(seg ?? '');
    return parseMemory(rest, ptrs[ptr ?? ''],
      number < 0 ? undefined : number, lookup);
  }
  const [first = '', second] = text.split(':');
  const value = evaluate(second ?? first, lookup);
  return second === undefined ? { kind: 'num', value }
    : { kind: 'far', selector: evaluate(first, lookup), value };
}

interface Candidate {
  readonly row: Row;
  readonly opSize?: Mode;
  readonly addrSize?: Mode;
}

function namesOf(row: Row): [string, Candidate][] {
  const size = (i: number) => ([16, 32, 64] as const)[i] ?? 32;
  if (row.names.length > 1) {
    const counts = row.mnemonic === 'jcxz';
    return row.names.map((n, i) => [n, counts
      ? { row, addrSize: size(i) } : { row, opSize: size(i) }]);
  }
  const base = spelling(row);
  if (!row.flags.includes('sized')) return [[base, { row }]];
  return [[base, { row }], [`${base}w`, { row, opSize: 16 }],
    [`${base}d`, { row, opSize: 32 }]];
}

const index = new Map<string, Candidate[]>();
for (const row of table) {
  if (row.flags.includes('o64')) continue;
  for (const [text, candidate] of namesOf(row)) {
    index.set(text, [...index.get(text) ?? [], candidate]);
  }
}

const synonyms = { z: 'e', nz: 'ne', c: 'b', nc: 'ae', nae: 'b',
  nb: 'ae', nbe: 'a', na: 'be', pe: 'p', po: 'np', nge: 'l',
  nl: 'ge', ng: 'le', nle: 'g' };
const others = { sal: 'shl', loopz: 'loope', loopnz: 'loopne',
  wait: 'fwait' };

function alias(other: string, one: string): void {
  index.set(other, index.get(one) ?? []);
}
for (const [other, one] of Object.entries(synonyms)) {
  for (const s of ['j', 'set', 'cmov']) alias(s + other, s + one);
}
for (const [other, one] of Object.entries(others)) alias(other, one);

interface Form {
  readonly row: Row;
  readonly mode: Mode;
  readonly opSize: Mode;
  readonly addrSize: Mode;
  /** The address size comes from an `addr16` in the text. */
  readonly given: boolean;
  readonly wide: boolean;
}

function width(type: string, opSize: Mode): number {
  const widths: Record<string, number> = {
    b: 8, w: 16, d: 32, q: 64, x: 128, t: 80, g: 48, y: 32,
    v: opSize, s: opSize, z: opSize, p: 16 + opSize, a: 2 * opSize,
  };
  return widths[type] ?? 0;
}

function registerFits(w: Reg, s: Spec, f: Form): boolean {
  if ('IJAXYB1MO'.includes(s.method) || w.cls !== s.cls) return false;
  if (s.method === 'F' && w.index !== s.index) return false;
  return w.cls !== 'gpr' || w.bits === width(s.type, f.opSize);
}

function memoryFits(w: Mem, s: Spec, f: Form): boolean {
  const bits = width(s.memory, f.opSize);
  if (bits !== 0 && (w.bits ?? bits) !== bits) return false;
  switch (s.method) {
    case 'E': case 'M': case 'Q': case 'W': return true;
    case 'O': return w.base === -1 && w.idx === -1;
    case 'X': return w.base === ESI && w.idx === -1;
    case 'Y': return w.base === EDI && w.idx === -1 && w.seg === ES;
    case 'B': return w.base === EBX && w.idx === -1;
    default: return false;
  }
}

const within = (v: number, bits: number) =>
  v >= -(2 ** (bits - 1)) && v < 2 ** bits;
const isByte = (v: number) => v >= -128 && v < 128;

function numberFits(w: Num, s: Spec, f: Form): boolean {
  if (s.method === '1') return w.value === 1;
  if (s.method === 'J') return true;
  if (s.method !== 'I') return false;
  if (!within(w.value, width(s.type, f.opSize))) return false;
  const asSigned = f.opSize === 16 ? w.value << 16 >> 16 : w.value | 0;
  return s.type !== 's' || isByte(asSigned);
}

function fits(w: Wanted, s: Spec, f: Form): boolean {
  switch (w.kind) {
    case 'reg': return registerFits(w, s, f);
    case 'mem': return memoryFits(w, s, f);
    case 'num': return numberFits(w, s, f);
    case 'far': return s.method === 'A' && within(w.value, f.opSize);
  }
}

const little = (v: number, bits: number) =>
  Array.from({ length: bits / 8 }, (_, i) => v >> 8 * i & 0xff);

const sums = [[EBX, ESI], [EBX, EDI], [EBP, ESI], [EBP, EDI],
  [ESI, -1], [EDI, -1], [EBP, -1], [EBX, -1]];

function modrm16(w: Mem, reg: number, wide: boolean): number[] {
  if (w.base === -1 && w.idx === -1) {
    return [reg << 3 | 6, ...little(w.disp, 16)];
  }
  const rm = sums.findIndex(([a, b]) => a === w.base && b === w.idx
    || a === w.idx && b === w.base);
  if (rm < 0 || w.scale !== 1) throw new Error('no such 16-bit sum');
  const disp = w.disp << 16 >> 16;
  if (disp === 0 && rm !== 6 && !wide) return [reg << 3 | rm];
  return isByte(disp) && !wide
    ? [0x40 | reg << 3 | rm, disp & 0xff]
    : [0x80 | reg << 3 | rm, ...little(disp, 16)];
}

function modrm32(w: Mem, reg: number, wide: boolean): number[] {
  const disp = w.disp | 0;
  const hasSib = w.idx !== -1 || w.base === ESP;
  const idx = w.idx < 0 ? ESP : w.idx;
  const head = (mod: number, base: number) => hasSib
    ? [mod << 6 | reg << 3 | ESP,
      Math.log2(w.scale) << 6 | idx << 3 | base]
    : [mod << 6 | reg << 3 | base];
  if (w.base === -1) return [...head(0, EBP), ...little(disp, 32)];
  if (disp === 0 && w.base !== EBP && !wide) return head(0, w.base);
  return isByte(disp) && !wide
    ? [...head(1, w.base), disp & 0xff]
    : [...head(2, w.base), ...little(disp, 32)];
}

function modrm(f: Form, wanted: readonly Wanted[]): number[] {
  const { row } = f;
  const find = (methods: string) =>
    wanted[row.operands.findIndex(s => methods.includes(s.method))];
  const middle = find('GSCDPV'), rm = find('EMQWRNUT');
  const low = rm?.kind === 'reg' ? rm.index : 0;
  if (row.exact >= 0) return [row.exact | low];
  const reg = middle?.kind === 'reg'
    ? middle.index : Number(row.digits.charAt(0));
  if (rm?.kind !== 'mem') return [0xc0 | reg << 3 | low];
  return f.addrSize === 16
    ? modrm16(rm, reg, f.wide) : modrm32(rm, reg, f.wide);
}

class OutOfReach extends Error {}

function distance(d: number, bits: number, opSize: Mode): number[] {
  const cut = opSize === 16 ? d << 16 >> 16 : d | 0;
  if (bits === 8 && !isByte(cut)) throw new OutOfReach('too far');
  return little(cut, bits);
}

interface Request {
  readonly prefixes: readonly number[];
  readonly mnemonic: string;
  readonly wanted: readonly Wanted[];
  readonly mode: Mode;
  readonly ip: number;
}

function operandBytes(
  w: Wanted, s: Spec, f: Form, r: Request, before: number,
): number[] {
  const bits = width(s.type, f.opSize);
  if (w.kind === 'num' && s.method === 'J') {
    const next = r.ip + before + bits / 8;
    return distance(w.value - next, bits, jumpSize(f, r));
  }
  if (w.kind === 'num' && s.method === 'I') {
    return little(w.value, s.type === 's' ? 8 : bits);
  }
  if (w.kind === 'far') {
    return [...little(w.value, f.opSize), ...little(w.selector, 16)];
  }
  return w.kind === 'mem' && s.method === 'O'
    ? little(w.disp, f.addrSize) : [];
}

const otherSize = (mode: Mode): Mode => mode === 16 ? 32 : 16;

function jumpSize(f: Form, r: Request): Mode {
  const short = f.row.operands[0]?.type === 'b';
  return short && r.prefixes.includes(0x66)
    ? otherSize(f.mode) : f.opSize;
}

const mandatory = [[], [0x66], [0xf3], [0xf2]];

function neededPrefixes(f: Form, r: Request): number[] {
  const { row } = f, list: number[] = [];
  if (f.addrSize !== f.mode && !f.given) list.push(0x67);
  if (f.opSize !== f.mode && row.prefix !== 1) list.push(0x66);
  const mem = r.wanted.find((w, i) => w.kind === 'mem'
    && row.operands[i]?.method !== 'Y');
  if (mem?.kind === 'mem') list.push(...override(mem, f, r));
  return [...list, ...mandatory[row.prefix] ?? []];
}

const overrides = [0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65];

function override(mem: Mem, f: Form, r: Request): number[] {
  if (mem.seg === undefined) return [];
  const onStack = mem.base === EBP || mem.base === ESP
    || f.addrSize === 16 && mem.idx === EBP;
  const usual = onStack ? SS : DS;
  const disturbed = r.prefixes.some(p => overrides.includes(p));
  return mem.seg === usual && !disturbed
    ? [] : [overrides[mem.seg] ?? 0x3e];
}

function encode(f: Form, r: Request): number[] {
  const { row } = f;
  const at = row.operands.findIndex(s => s.method === 'Z');
  const inOpcode = r.wanted[at];
  const bytes = [...r.prefixes, ...neededPrefixes(f, r),
    ...row.map ? [0x0f] : [],
    inOpcode?.kind === 'reg'
      ? row.opcode & 0xf8 | inOpcode.index : row.opcode,
    ...row.hasModRm ? modrm(f, r.wanted) : []];
  row.operands.forEach((s, i) => {
    const w = r.wanted[i];
    if (w) bytes.push(...operandBytes(w, s, f, r, bytes.length));
  });
  return bytes;
}

/** The form's bytes, if the decoder reads them as they were meant. */
function attempt(f: Form, r: Request): number[] | undefined {
  try {
    const bytes = encode(f, r);
    const i = decode(n => bytes[n] ?? 0, f.mode);
    const row = i.row === f.row || i.row.flags.includes('idle');
    const size = i.opSize === f.opSize || i.row.prefix === 1
      || !usesOperandSize(i);
    const address = i.addrSize === f.addrSize
      || !r.wanted.some(w => w.kind === 'mem');
    return row && size && address && i.length === bytes.length
      ? bytes : undefined;
  } catch (e) {
    if (e instanceof OutOfReach) return undefined;
    throw e;
  }
}

const showsSize = (s: Spec) => 'EGZFMRXYQ'.includes(s.method)
  && [s.type, s.memory].some(t => t !== '' && 'vzspa'.includes(t));

function forms(c: Candidate, r: Request): Form[] {
  const { row } = c, { mode } = r, other = otherSize(mode);
  const both = row.operands.some(showsSize)
    && !row.flags.includes('sized');
  const opSizes = c.opSize ? [c.opSize] : both ? [mode, other] : [mode];
  const mem = r.wanted.find(w => w.kind === 'mem');
  const far = mem && (mem.disp > 0xffff || mem.disp < -0x8000) ? 32 : 0;
  const named = c.addrSize ?? (mem?.addrSize || far);
  const given = !named && r.prefixes.includes(0x67);
  const addrSize = (named || (given ? other : mode)) as Mode;
  const lengths = mem ? [false, true] : [false];
  return opSizes.flatMap(opSize => lengths.map(wide =>
    ({ row, mode, opSize, addrSize, given, wide })));
}

function search(r: Request): number[][] {
  const candidates = index.get(r.mnemonic);
  if (!candidates) throw new Error(`no instruction '${r.mnemonic}'`);
  const open = r.wanted.findIndex(w =>
    w.kind === 'mem' && w.bits === undefined);
  const widths = new Set<number>();
  const found = candidates.flatMap(c => forms(c, r)).flatMap(f => {
    const specs = f.row.operands;
    const fit = specs.length === r.wanted.length
      && r.wanted.every((w, i) => fits(w, specs[i] as Spec, f));
    const bytes = fit ? attempt(f, r) : undefined;
    if (!bytes) return [];
    const s = specs[open];
    if (s) widths.add(width(s.memory, f.opSize));
    return [bytes];
  });
  if (widths.size > 1) throw new Error('how wide? say BYTE PTR, …');
  if (!found.length) throw new Error(`no ${r.mnemonic} fits`);
  const different = new Map(found.map(b => [b.join(), b]));
  return [...different.values()].sort((a, b) => a.length - b.length);
}

const prefixWords: Record<string, number> = {
  lock: 0xf0, rep: 0xf3, repe: 0xf3, repz: 0xf3, repne: 0xf2,
  repnz: 0xf2, es: 0x26, cs: 0x2e, ss: 0x36, ds: 0x3e, fs: 0x64,
  gs: 0x65, data16: 0x66, data32: 0x66, addr16: 0x67, addr32: 0x67,
};

function takePrefixes(text: string): [number[], string] {
  const [word = '', ...rest] = text.split(' ');
  const byte = prefixWords[word.toLowerCase()];
  if (byte === undefined || rest.length === 0) return [[], text];
  const [more, end] = takePrefixes(rest.join(' '));
  return [[byte, ...more], end];
}

const strings: Record<string, string> = {
  movs: 'movs Y,X', cmps: 'cmps X,Y', stos: 'stos Y,A',
  lods: 'lods A,X', scas: 'scas A,Y', ins: 'ins Y,dx',
  outs: 'outs dx,X',
};

function expandString(text: string, mode: Mode): string {
  const m = /^(movs|cmps|stos|lods|scas|ins|outs)([bwd])$/i.exec(text);
  const form = strings[m?.[1]?.toLowerCase() ?? ''];
  if (!form) return text === 'xlatb'
    ? `xlat byte ptr [${gprName(EBX, mode)}]` : text;
  const size = { b: 'byte', w: 'word', d: 'dword' }[
    m?.[2]?.toLowerCase() ?? ''] ?? 'byte';
  return form.replace('A', gprName(0, ptrs[size] ?? 8))
    .replace('Y', `${size} ptr es:[${gprName(EDI, mode)}]`)
    .replace('X', `${size} ptr [${gprName(ESI, mode)}]`);
}

const words = new Set([...registers.keys(), ...Object.keys(ptrs),
  'ptr', 'eiz']);
const lower = (word: string) =>
  words.has(word.toLowerCase()) ? word.toLowerCase() : word;

function splitOperands(list: string): string[] {
  const parts = list.match(/(?:'\\?.'|[^,'])+/g) ?? [];
  return parts.map(p => p.trim()
    .replace(/\s*([+*[\]:-])\s*/g, '$1')
    .replace(/\b[A-Za-z]\w*\b(?!')/g, lower));
}

const command = /^((?:call|jmp) far(?= )|\S+) ?(.*)$/i;

function parse(
  line: string, ip: number, mode: Mode, lookup: Lookup,
): Request {
  const [prefixes, rest] =
    takePrefixes(line.trim().replace(/\s+/g, ' '));
  const [, first = '', list = ''] = command
    .exec(expandString(rest, mode)) ?? [];
  const wanted = list === '' ? [] : splitOperands(list)
    .map(o => parseOperand(o, lookup));
  const far = /^(call|jmp)$/i.test(first)
    && wanted.some(w => w.kind === 'mem' && w.bits === 48);
  const mnemonic = first.toLowerCase() + (far ? ' far' : '');
  return { prefixes, mnemonic, wanted, mode, ip };
}

/** All encodings of a line that mean what it says, shortest first. */
export function alternatives(
  text: string, ip: number, mode: Mode,
  lookup: Lookup = () => undefined,
): Uint8Array[] {
  if (mode === 64) throw new Error('no 64-bit code yet');
  return search(parse(text, ip, mode, lookup))
    .map(bytes => Uint8Array.from(bytes));
}

/**
 * Assembles one instruction of Intel's syntax, as objdump prints it,
 * for the address `ip`: the shortest encoding that has at least
 * `min` bytes. Throws an Error that says what is wrong.
 */
export function assemble(
  text: string, ip: number, mode: Mode,
  lookup: Lookup = () => undefined, min = 0,
): Uint8Array {
  const all = alternatives(text, ip, mode, lookup);
  return all.find(e => e.length >= min) ?? all.at(-1)
    ?? new Uint8Array();
}
