import { Phys } from '../machine/phys.ts';
import { Cpu } from './cpu.ts';
import { unpack } from './descriptor.ts';
import { writeEflags } from './flags.ts';
import { assembleProgram } from './program.ts';
import { setSegment } from './segment.ts';
import {
  CPL, CR0, CR4, CS, DS, EFLAGS, EIP, ES, ESP, FS, GDTR_BASE,
  GDTR_LIMIT, GS, IDTR_BASE, IDTR_LIMIT, LDTR, SEG, SS, TR,
} from './state.ts';

type Pair = readonly [lo: number, hi: number];

/** A segment's descriptor; `rights` as in descriptor.ts. */
function area(base: number, limit: number, rights: number): Pair {
  const lo = (base << 16) | (limit & 0xffff);
  const hi = ((base >>> 16) & 0xff) | (rights << 8)
    | (limit & 0xf_0000) | (base & 0xff00_0000);
  return [lo >>> 0, hi >>> 0];
}

/** A gate: type with P and DPL, selector, offset, parameters. */
function gate(
  type: number, selector: number, offset = 0, count = 0,
): Pair {
  const lo = (selector << 16) | (offset & 0xffff);
  const hi = (offset & 0xffff_0000) | (type << 8) | count;
  return [lo >>> 0, hi >>> 0];
}

const AT = {
  gdt: 0x1000, idt: 0x2000, ldt: 0x2c00, tss: 0x3000, tss2: 0x3200,
  tss16: 0x3400, handlers: 0x4000, program: 0x5000, inner: 0x7000,
  stack: 0x8000,
} as const;

/** Limits of 4 GiB with G and D/B set. */
const FLAT = 0xf_ffff;
const flat = (type: number): Pair => area(0, FLAT, 0xc000 | type);

const GDT: Record<string, Pair> = {
  null: [0, 0],
  code0: flat(0x9b), data0: flat(0x93),
  code3: flat(0xfb), data3: flat(0xf3),
  code1: flat(0xbb), data1: flat(0xb3),
  conforming0: flat(0x9f), conforming3: flat(0xff),
  executeOnly3: flat(0xf9), executeOnly0: flat(0x99),
  readOnly3: flat(0xf1), readOnly0: flat(0x91),
  absentData: flat(0x73), absentStack0: flat(0x13),
  absentStack1: flat(0x33), small1: area(0, 0xfff, 0x40b3),
  absentCode0: flat(0x1b), absentCode3: flat(0x7b),
  small3: area(0, 0xfff, 0x40f3), small0: area(0, 0xfff, 0x4093),
  down3: area(0, 0xfff, 0x40f7), down16: area(0, 0xfff, 0x00f7),
  smallCode0: area(0, 0xfff, 0x409b),
  smallCode3: area(0, 0xfff, 0x40fb),
  ldt: area(AT.ldt, 0x1f, 0x82), absentLdt: area(AT.ldt, 0x1f, 2),
  tss: area(AT.tss, 0xff, 0x8b), tss2: area(AT.tss2, 0x67, 0x89),
  tss16: area(AT.tss16, 0x2b, 0x81),
  absentTss: area(AT.tss2, 0x67, 0x09),
  shortTss: area(AT.tss2, 0x66, 0x89),
  busyTss: area(AT.tss2, 0x67, 0x8b),
  tss3: area(AT.tss2, 0x67, 0xe9),
  reserved: area(0, 0xffff, 0x80),
};

const names = Object.keys(GDT);
const plain = (name: string): number => {
  const n = names.indexOf(name);
  if (n < 0) throw new Error(`no descriptor ${name}`);
  return n * 8;
};
const OUTSIDE = 0x7f8;

const GATES: Record<string, Pair> = {
  gate3: gate(0xec, plain('code0'), AT.handlers + 0x200),
  gate0: gate(0x8c, plain('code0'), AT.handlers + 0x200),
  params3: gate(0xec, plain('code0'), AT.handlers + 0x200, 2),
  gate16: gate(0xe4, plain('code0'), AT.handlers + 0x200),
  absentGate: gate(0x6c, plain('code0')),
  nullGate: gate(0xec, 0), outsideGate: gate(0xec, OUTSIDE),
  dataGate: gate(0xec, plain('data0')),
  outwardGate: gate(0x8c, plain('code3')),
  absentCodeGate: gate(0xec, plain('absentCode0')),
  beyondGate: gate(0xec, plain('smallCode0'), 0x1000),
  conformingGate: gate(0xec, plain('conforming0'), 0x4200),
  code1Gate: gate(0xec, plain('code1'), 0x4200),
  taskGate: gate(0xe5, plain('tss2')),
  taskGate0: gate(0x85, plain('tss2')),
  absentTaskGate: gate(0x65, plain('tss2')),
  localTaskGate: gate(0xe5, 4), nullTaskGate: gate(0xe5, 0),
  outsideTaskGate: gate(0xe5, OUTSIDE),
  dataTaskGate: gate(0xe5, plain('data0')),
  busyTaskGate: gate(0xe5, plain('busyTss')),
  absentTssGate: gate(0xe5, plain('absentTss')),
  shortTssGate: gate(0xe5, plain('shortTss')),
};

const all: Record<string, Pair> = { ...GDT, ...GATES };

/** Every name a row may use, and its selector. */
export const selectors: Record<string, number> = Object.fromEntries(
  Object.keys(all).map((name, n) => [name, n * 8]));
Object.assign(selectors, {
  outside: OUTSIDE, local: 0x0c, localCode: 0x14,
  outsideLocal: 0x7fc,
});

const handler = (vector: number): number =>
  AT.handlers + 2 * vector;

const BAD_GATES: Record<string, Pair> = {
  kernelOnly: gate(0x8e, plain('code0'), handler(0x40)),
  good: gate(0xee, plain('code0'), handler(0x41)),
  trapGate: gate(0xef, plain('code0'), handler(0x42)),
  short16: gate(0xe6, plain('code0'), handler(0x43)),
  notPresent: gate(0x6e, plain('code0')),
  empty: [0, 0], callGate: gate(0xec, plain('code0')),
  toNull: gate(0xee, 0), toOutside: gate(0xee, OUTSIDE),
  toData: gate(0xee, plain('data0')),
  toCode3: gate(0xee, plain('code3'), handler(0x4a)),
  toCode1: gate(0xee, plain('code1'), handler(0x4b)),
  toAbsent: gate(0xee, plain('absentCode0')),
  toBeyond: gate(0xee, plain('smallCode0'), 0x1000),
  toConforming: gate(0xee, plain('conforming0'), handler(0x4e)),
  toTask: gate(0xe5, plain('tss2')),
  toBusy: gate(0xe5, plain('busyTss')),
  toLocalTask: gate(0xe5, 4),
  toAbsentTask: gate(0xe5, plain('absentTss')),
};

/** Names of the vectors from 0x40 on. */
export const vectors: Record<string, number> = Object.fromEntries(
  Object.keys(BAD_GATES).map((name, n) => [name, 0x40 + n]));

function table(phys: Phys, at: number, entries: readonly Pair[]): void {
  entries.forEach(([lo, hi], n) => {
    phys.write32(at + 8 * n, lo);
    phys.write32(at + 8 * n + 4, hi);
  });
}

function memory(): Phys {
  const phys = new Phys(0x1_0000);
  table(phys, AT.gdt, Object.values(all));
  const own = Array.from({ length: 0x20 }, (_, v) =>
    gate(0x8e, plain('code0'), handler(v)));
  table(phys, AT.idt, own);
  table(phys, AT.idt + 0x200, Object.values(BAD_GATES));
  const local = [[0, 0], flat(0xf3), flat(0xfb), flat(0x93)] as const;
  table(phys, AT.ldt, local);
  for (let at = 0; at < 0x400; at += 2) {
    phys.write16(AT.handlers + at, 0xfeeb);
  }
  phys.write32(AT.tss + 4, AT.inner);
  phys.write16(AT.tss + 8, plain('data0'));
  phys.write32(AT.tss + 12, AT.inner);
  phys.write16(AT.tss + 16, plain('data1') + 1);
  phys.write16(AT.tss + 102, 0x88);
  otherTask(phys);
  return phys;
}

function otherTask(phys: Phys): void {
  const { tss2, tss16 } = AT;
  phys.write32(tss2 + 32, AT.handlers + 0x300);
  phys.write32(tss2 + 36, 2);
  phys.write32(tss2 + 56, AT.inner - 0x100);
  const code = plain('code0'), data = plain('data0');
  phys.write32(tss2 + 4, AT.inner - 0x200);
  phys.write16(tss2 + 8, data);
  [data, code, data, data, 0, 0].forEach((selector, n) =>
    phys.write16(tss2 + 72 + 4 * n, selector));
  phys.write16(tss16 + 14, AT.handlers + 0x310);
  phys.write16(tss16 + 16, 2);
  phys.write16(tss16 + 26, AT.inner - 0x100);
  [data, code, data, data].forEach((selector, n) =>
    phys.write16(tss16 + 34 + 2 * n, selector));
}

type Knob = (cpu: Cpu, value: number) => void;
const KNOBS: Record<string, Knob> = {
  iopl: (cpu, v) => writeEflags(cpu, v << 12, 0x3000),
  nt: (cpu, v) => writeEflags(cpu, v << 14, 0x4000),
  ac: (cpu, v) => writeEflags(cpu, v << 18, 0x4_0000),
  esp: (cpu, v) => cpu.state.set(ESP, v),
  cr0: (cpu, v) => cpu.state.set(CR0, v),
  cr4: (cpu, v) => cpu.state.set(CR4, v),
  ss0: (cpu, v) => cpu.phys.write16(AT.tss + 8, v),
  esp0: (cpu, v) => cpu.phys.write32(AT.tss + 4, v),
  ss1: (cpu, v) => cpu.phys.write16(AT.tss + 16, v),
  esp1: (cpu, v) => cpu.phys.write32(AT.tss + 12, v),
  link: (cpu, v) => cpu.phys.write16(AT.tss, v),
  tssLimit: (cpu, v) => cpu.state.set(SEG[TR].limit, v),
  idtLimit: (cpu, v) => cpu.state.set(IDTR_LIMIT, v),
  ports: (cpu, v) => cpu.phys.write32(AT.tss + 0x88, v),
};

/** A field of the second task, by its offset in the TSS. */
function field(cpu: Cpu, offset: number, value: number): void {
  cpu.phys.write16(AT.tss2 + offset, value);
}
const FIELDS: Record<string, number> = {
  newLdt: 96, newEs: 72, newCs: 76, newSs: 80, newDs: 84, newFs: 88,
};
for (const [name, offset] of Object.entries(FIELDS)) {
  KNOBS[name] = (cpu, v) => field(cpu, offset, v);
}
KNOBS['newEip'] = (cpu, v) => cpu.phys.write32(AT.tss2 + 32, v);

function select(cpu: Cpu, s: number, selector: number): void {
  const at = AT.gdt + (selector & ~7);
  const lo = cpu.phys.read32(at), hi = cpu.phys.read32(at + 4);
  setSegment(cpu, s, selector, unpack(lo, hi));
}

/** A processor at a level, before its first instruction. */
export function bench(level: string): Cpu {
  const cpu = new Cpu(memory());
  const { state } = cpu;
  state.set(GDTR_BASE, AT.gdt);
  state.set(GDTR_LIMIT, Object.keys(all).length * 8 - 1);
  state.set(IDTR_BASE, level === 'real' ? 0 : AT.idt);
  state.set(IDTR_LIMIT, level === 'real' ? 0x3ff : 0x2ff);
  state.set(ESP, AT.stack);
  state.set(EIP, AT.program);
  if (level === 'real') return realBench(cpu);
  state.set(CR0, 1);
  select(cpu, TR, plain('tss'));
  select(cpu, LDTR, plain('ldt'));
  if (level === 'v86') return virtualBench(cpu);
  const n = Number(level);
  state.set(CPL, n);
  select(cpu, CS, plain(`code${n}`) + n);
  for (const s of [SS, DS, ES]) select(cpu, s, plain(`data${n}`) + n);
  for (const s of [FS, GS]) setSegment(cpu, s, 0, unpack(0, 0));
  return cpu;
}

function realBench(cpu: Cpu): Cpu {
  for (let s = ES; s <= GS; s++) {
    const e = { base: 0, limit: 0xffff, rights: 0x93 };
    setSegment(cpu, s, 0, e);
  }
  for (let v = 0; v < 0x20; v++) {
    cpu.phys.write32(4 * v, handler(v));
  }
  return cpu;
}

function virtualBench(cpu: Cpu): Cpu {
  cpu.state.set(EFLAGS, 0x2_0002);
  cpu.state.set(CPL, 3);
  for (let s = ES; s <= GS; s++) {
    const e = { base: 0, limit: 0xffff, rights: 0xf3 };
    setSegment(cpu, s, 0, e);
  }
  return cpu;
}

const ABBREVIATIONS = [
  'DE', 'DB', 'NMI', 'BP', 'OF', 'BR', 'UD', 'NM', 'DF', '9',
  'TS', 'NP', 'SS', 'GP', 'PF', '15', 'MF', 'AC',
];
const WITH_CODE = new Set(['DF', 'TS', 'NP', 'SS', 'GP', 'PF', 'AC']);

/** What a program met: `#GP(10)`, `int 41`, `task`, `ok`, … */
function outcome(cpu: Cpu, real: boolean): string {
  const at = cpu.get(EIP) - AT.handlers;
  if (at === 0x200) return 'gate';
  if (at >= 0x300) return 'task';
  const vector = at >> 1;
  if (vector >= 0x40) return `int ${vector.toString(16)}`;
  const name = ABBREVIATIONS[vector] ?? `${vector}`;
  if (real || !WITH_CODE.has(name)) return `#${name}`;
  const sp = cpu.get(ESP) + cpu.get(SEG[SS].base);
  return `#${name}(${cpu.phys.read32(sp).toString(16)})`;
}

/** Runs a row's program at its level. */
export function attempt(
  level: string, source: string, settings: string,
): string {
  const wide = level !== 'real' && level !== 'v86';
  const text = `${source.replaceAll(';', '\n')}\nend: jmp end`;
  const program = assembleProgram(text, {
    origin: AT.program, mode: wide ? 32 : 16,
    symbols: { ...selectors, ...vectors },
  });
  const cpu = bench(level);
  cpu.phys.writeBytes(AT.program, program.bytes);
  for (const [knob, to] of parse(settings)) KNOBS[knob]?.(cpu, to);
  return follow(cpu, program.symbols.get('end') ?? 0, level === 'real');
}

function follow(cpu: Cpu, end: number, real: boolean): string {
  const stop = cpu.run(50);
  if (stop === 'shutdown') return stop;
  const eip = cpu.get(EIP);
  if (eip === end) return 'ok';
  const inside = eip >= AT.handlers && eip < AT.handlers + 0x400;
  return inside ? outcome(cpu, real) : `lost at ${eip.toString(16)}`;
}

/** A number, or a selector's name with something added. */
export function value(text: string): number {
  return text.split('+').reduce((sum, part) =>
    sum + (selectors[part] ?? vectors[part] ?? Number(part)), 0);
}

function parse(settings: string): [string, number][] {
  return settings.split(' ').filter((s) => s !== '').map((s) => {
    const [knob = '', text = ''] = s.split('=');
    if (!KNOBS[knob]) throw new Error(`no knob ${knob}`);
    return [knob, value(text)];
  });
}

/** An expectation with its names replaced by numbers. */
export function expected(text: string): string {
  const m = /^#(\w+)\((.*)\)$/.exec(text);
  const [, name, inside = ''] = m ?? [];
  if (!m) return text;
  const code = inside.split(' ').reduce((sum, word, n, words) => {
    if (word === 'idt') return sum;
    if (words[n - 1] === 'idt') return sum + value(word) * 8 + 2;
    return sum + (word === 'ext' ? 1 : value(word) & 0xfffc);
  }, 0);
  return `#${name}(${code.toString(16)})`;
}
