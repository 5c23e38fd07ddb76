import type { Cpu } from '../../src/x86/cpu.ts';
import { unpack } from '../../src/x86/descriptor.ts';
import { assembleProgram } from '../../src/x86/program.ts';
import { setSegment } from '../../src/x86/segment.ts';
import {
  CPL, CR0, CR3, CR4, CS, DS, EFLAGS, EIP, ES, ESP, FS, GDTR_BASE,
  GDTR_LIMIT, GPR, GS, IDTR_BASE, IDTR_LIMIT, SEG, SS, TR,
} from '../../src/x86/state.ts';
import { Values } from '../../src/x86/campaign/values.ts';
import type { Happening, Scene } from './lockstep.ts';
import { AT, Maker, type Piece, textOf } from './programs.ts';

/** In which surroundings a program runs. */
export interface Place {
  readonly user: boolean;
  readonly paging: boolean;
  /** Where the segments begin, and their last page. */
  readonly base: number;
  readonly lastPage: number;
  /** Data segments of 4 GiB beside a bounded code segment. */
  readonly dataFlat: boolean;
  /** 16-bit code, which lies below 64 KiB, and where. */
  readonly narrow?: 'real' | 'v86' | 'protected';
}

const codeAt = ({ narrow }: Place): number => (narrow ? 0xa000 : AT.code);

const stackAt = ({ narrow }: Place): number =>
  (narrow ? 0xf800 : AT.stack) - 64;

/** The selectors of code and data of a program in its place. */
function selectorsOf({ user, narrow }: Place): [number, number] {
  if (narrow === 'protected') return [0x6b, 0x73];
  return narrow ? [0, 0] : user ? [0x1b, 0x23] : [8, 0x10];
}

const WHOLE = 0xf_ffff;

export const PLACES: Readonly<Record<string, Place>> = {
  plain: { user: false, paging: false, base: 0, lastPage: WHOLE,
    dataFlat: true },
  paged: { user: false, paging: true, base: 0, lastPage: WHOLE,
    dataFlat: true },
  user: { user: true, paging: true, base: 0, lastPage: WHOLE,
    dataFlat: true },
  truncated: { user: true, paging: true, base: 0, lastPage: 0x3b,
    dataFlat: false },
  based: { user: false, paging: true, base: 0x400, lastPage: 0x3b,
    dataFlat: false },
  real: { user: false, paging: false, base: 0, lastPage: WHOLE,
    dataFlat: true, narrow: 'real' },
  v86: { user: true, paging: true, base: 0, lastPage: WHOLE,
    dataFlat: true, narrow: 'v86' },
  narrow: { user: true, paging: true, base: 0, lastPage: WHOLE,
    dataFlat: true, narrow: 'protected' },
  mixed: { user: true, paging: true, base: 0, lastPage: 0x1f,
    dataFlat: true },
};

type Pair = readonly [number, number];

function area(base: number, limit: number, rights: number): Pair {
  const hi = base >>> 16 & 0xff | rights << 8 | limit & 0xf_0000
    | base & 0xff00_0000;
  return [(base << 16 | limit & 0xffff) >>> 0, hi >>> 0];
}

function descriptors({ base, lastPage, dataFlat }: Place): Pair[] {
  const data = dataFlat ? WHOLE : lastPage;
  return [[0, 0],
    area(base, lastPage, 0xc09b), area(base, data, 0xc093),
    area(base, lastPage, 0xc0fb), area(base, data, 0xc0f3),
    area(0, 0xfff, 0x40f3), area(0x100, WHOLE, 0xc0f3),
    area(base, WHOLE, 0xc0f1), area(AT.tss, 0xff, 0x8b),
    area(AT.code, 0xffff, 0x009b), area(AT.code, 0xffff, 0x00fb),
    area(base, 0xffff, 0x0093), area(base, 0xffff, 0x00f3),
    area(0, 0xffff, 0x00fb), area(0, 0xffff, 0x00f3)];
}

const CODES = new Set([8, 10, 11, 12, 13, 14, 17]);

/** Handlers: for faults with and without a code, #DB, and 0x80. */
const HANDLERS = `
coded: add esp, 4
plain: inc dword ptr ss:[VARS+0x20]
  push eax
  mov eax, ss:[VARS]
  mov [esp+4], eax
  mov eax, ss:[VARS+4*14]
  mov [esp+8], eax
  and dword ptr [esp+12], 0xffdbaeff
  mov eax, ss:[VARS+4*15]
  mov ds, ax
  mov es, ax
  pop eax
  iret
debug: inc dword ptr ss:[VARS+0x24]
  iret
call: push eax
  push ecx
  mov ecx, 5
again: add ss:[VARS+0x28], ecx
  mov eax, ss:[VARS+0x28]
  xor ss:[VARS+0x2c], eax
  loop again
  pop ecx
  pop eax
  iret
paging: push eax
  mov eax, cr2
  shr eax, 12
  cmp eax, PAGES
  jae hopeless
  or dword ptr ss:[TABLE+eax*4], 7
  mov eax, cr2
  invlpg [eax]
  inc dword ptr ss:[VARS+0x34]
  pop eax
  add esp, 4
  iret
hopeless: pop eax
  jmp coded
external: inc dword ptr ss:[VARS+0x30]
  iret
`;

/** Handlers for real-address mode. */
const REAL = `
plain: inc word ptr cs:[VARS+0x20]
  push ax
  push bp
  mov bp, sp
  mov ax, cs:[VARS]
  mov [bp+4], ax
  mov word ptr [bp+6], 0
  and word ptr [bp+8], 0xaeff
  xor ax, ax
  mov ds, ax
  mov es, ax
  pop bp
  pop ax
  iret
external: inc word ptr cs:[VARS+0x30]
  iret
`;

function realGates(cpu: Cpu): void {
  const { bytes, symbols } = assembleProgram(REAL, {
    origin: AT.handlers, mode: 16, symbols: { VARS: AT.vars },
  });
  cpu.phys.writeBytes(AT.handlers, bytes);
  for (let v = 0; v < 256; v++) {
    const name = v === 1 || v === 0x40 || v === 0x80
      ? 'external' : 'plain';
    cpu.phys.write32(4 * v, symbols.get(name) ?? 0);
  }
}

function enterReal(cpu: Cpu, virtual: boolean): void {
  if (!virtual) {
    cpu.state.set(CR0, 0);
    cpu.state.set(IDTR_BASE, 0);
    cpu.state.set(IDTR_LIMIT, 0x3ff);
  }
  cpu.state.set(EFLAGS, virtual ? 0x2_3202 : 0x202);
  const rights = virtual ? 0xf3 : 0x93;
  for (const s of [CS, SS, DS, ES, FS, GS]) {
    setSegment(cpu, s, 0, { base: 0, limit: 0xffff, rights });
  }
}

function gates(cpu: Cpu, place: Place, repairs: boolean): void {
  const origin = AT.handlers - place.base;
  const { bytes, symbols } = assembleProgram(HANDLERS, {
    origin, mode: 32, symbols: { VARS: AT.vars, TABLE: AT.table - place.base,
      PAGES: cpu.phys.size / 4096 },
  });
  cpu.phys.writeBytes(AT.handlers, bytes);
  for (let v = 0; v < 256; v++) {
    const name = v === 1 ? 'debug' : v === 0x80 ? 'call'
      : v === 14 && repairs ? 'paging'
      : v === 0x40 ? 'external' : CODES.has(v) ? 'coded' : 'plain';
    const to = symbols.get(name) ?? 0;
    const rights = v === 3 || v === 4 || v === 0x80 ? 0xee : 0x8e;
    cpu.phys.write32(AT.idt + 8 * v, 8 << 16 | to & 0xffff);
    cpu.phys.write32(AT.idt + 8 * v + 4, rights << 8);
  }
}

function tables(cpu: Cpu): void {
  const { phys } = cpu;
  for (const directory of [AT.directory, AT.other]) {
    phys.write32(directory, AT.table | 7);
    phys.write32(directory + 4, 0x83);
    phys.write32(directory + 8, AT.table | 7);
  }
  for (let page = 0; page < phys.size / 4096; page++) {
    phys.write32(AT.table + 4 * page, page << 12 | 7);
  }
}

function select(cpu: Cpu, s: number, selector: number): void {
  const at = AT.gdt + (selector & ~7);
  setSegment(cpu, s, selector,
    unpack(cpu.phys.read32(at), cpu.phys.read32(at + 4)));
}

function enter(cpu: Cpu, place: Place): void {
  const { state } = cpu;
  const { user, paging, base } = place;
  const all = descriptors(place);
  all.forEach(([lo, hi], n) => {
    cpu.phys.write32(AT.gdt + 8 * n, lo);
    cpu.phys.write32(AT.gdt + 8 * n + 4, hi);
  });
  state.set(GDTR_BASE, AT.gdt);
  state.set(GDTR_LIMIT, 8 * all.length - 1);
  state.set(IDTR_BASE, AT.idt);
  state.set(IDTR_LIMIT, 0x7ff);
  cpu.phys.write32(AT.tss + 4, AT.stack0);
  cpu.phys.write16(AT.tss + 8, 0x10);
  state.set(CR0, paging ? 0x8001_0001 : 1);
  state.set(CR3, AT.directory);
  state.set(CR4, 0x10);
  if (paging) tables(cpu);
  select(cpu, TR, 0x40);
  state.set(CPL, user ? 3 : 0);
  const [code, data] = selectorsOf(place);
  select(cpu, CS, code);
  for (const s of [SS, DS, ES, FS, GS]) select(cpu, s, data);
  state.set(EIP, codeAt(place) - base);
  state.set(ESP, stackAt(place));
  state.set(EFLAGS, 0x202 | (user ? 0x3000 : 0));
  const { narrow } = place;
  if (narrow && narrow !== 'protected') enterReal(cpu, narrow === 'v86');
}

/** A program in pieces: sections that repeat, and functions. */
export interface Work {
  readonly sections: readonly (readonly Piece[])[];
  readonly functions: readonly (readonly Piece[])[];
  readonly narrow: readonly Piece[];
}

/** The whole program as text. */
export function sourceOf(work: Work, place: Place): string {
  const [code, data] = selectorsOf(place);
  const far = place.user ? 0x53 : 0x48;
  const lines = ['start:'];
  const n = work.sections.length;
  work.sections.forEach((pieces, k) => {
    lines.push(`s${k}: mov esp, ${stackAt(place)}`,
      `mov dword ptr ss:[${AT.vars}], s${(k + 1) % n}`,
      `mov dword ptr ss:[${AT.vars + 4 * 14}], ${code}`,
      `mov dword ptr ss:[${AT.vars + 4 * 15}], ${data}`,
      ...textOf(pieces));
  });
  lines.push('jmp start');
  work.functions.forEach((pieces, k) => {
    lines.push(`f${k}:`, ...textOf(pieces), 'ret');
  });
  lines.push('deep: inc dword ptr [0x400c]',
    'test dword ptr [0x400c], 0xff', 'je shallow', 'push 0',
    'call deep', `shallow: ret ${place.narrow ? 2 : 4}`);
  if (!place.narrow) lines.push(
    `far_16: call ${far}:narrow-start`, 'ret',
    'narrow: .code16', ...textOf(work.narrow), '.byte 0x66, 0xcb',
    '.code32', 'nop');
  return lines.join('\n');
}

/** Makes a program from a seed. */
export function makeWork(seed: number, place: Place, size = 8): Work {
  const values_ = new Values(2 * seed + 1);
  const maker = new Maker(values_, place.user, place.paging);
  const { values } = maker;
  maker.functions = 3;
  maker.mode = place.narrow ? 16 : 32;
  const sections = Array.from({ length: 4 + values.below(5) }, () =>
    maker.some(2 + values.below(size), 2));
  maker.functions = 0;
  const functions = Array.from({ length: 3 }, () =>
    maker.some(1 + values.below(size), 1));
  maker.mode = 16;
  const narrow = Array.from({ length: values.below(8) },
    () => maker.any());
  return { sections, functions, narrow };
}

/** Requests of a device at certain counts. */
export function interrupts(
  counts: readonly number[], vectors: readonly number[] = [0x40],
): Happening[] {
  return counts.map((at, n) => ({
    at, what: (cpu) => request(cpu, vectors[n % vectors.length] ?? 0x40),
  }));
}

function request(cpu: Cpu, vector: number): void {
  let waiting = true;
  cpu.interrupts = {
    pending: () => waiting,
    acknowledge: () => {
      waiting = false;
      return vector;
    },
  };
  cpu.events |= 1;
}

/** Cuts by chance up to `limit`. */
export function someCuts(values: Values, limit: number): number[] {
  const cuts: number[] = [];
  for (let at = 0; at < limit;) {
    at += values.rarely(3) ? 1 + values.below(4) : 1 + values.below(200);
    cuts.push(Math.min(at, limit));
  }
  return cuts;
}

/** Puts a program in its place; `repairs`: a page fault maps the
 * page and tries again. */
export function prepare(
  cpu: Cpu, place: Place, bytes: Uint8Array, seed: number,
  repairs = false,
): void {
  if (place.narrow === 'real') realGates(cpu);
  else gates(cpu, place, repairs);
  enter(cpu, place);
  cpu.phys.writeBytes(codeAt(place), bytes);
  const filler = new Values(seed);
  cpu.phys.writeBytes(AT.window + place.base, filler.bytes(0x1000));
  for (const field of GPR) {
    if (field !== ESP) cpu.state.set(field, filler.value());
  }
}

/** A program in its place, ready to run. */
export function sceneOf(
  work: Work, place: Place, seed: number, limit: number,
): Scene {
  const origin = codeAt(place) - place.base;
  const { bytes } = assembleProgram(sourceOf(work, place),
    { origin, mode: place.narrow ? 16 : 32 });
  const room = place.narrow ? 0x5000 : AT.directory - AT.code;
  if (bytes.length > room) throw new Error('the program is too long');
  const values = new Values(seed ^ 0x5eed);
  const counts = someCuts(values, limit)
    .filter(() => values.rarely(6));
  return {
    ramBytes: AT.ram, cuts: someCuts(values, limit),
    happenings: interrupts(counts, [0x40, 0x40, 0x41]),
    setUp: (cpu) => {
      prepare(cpu, place, bytes, seed);
    },
  };
}
