// Where the programs of `--each-access` run: a machine whose handlers of
// faults give back a page that was taken away, and write down what they saw.
import type { Cpu } from '../../../src/x86/cpu.ts';
import { unpack } from '../../../src/x86/descriptor.ts';
import { assembleProgram } from '../../../src/x86/program.ts';
import { setSegment } from '../../../src/x86/segment.ts';
import {
  CPL, CR0, CR3, CR4, CS, DS, EFLAGS, EIP, ES, ESP, FS, GDTR_BASE,
  GDTR_LIMIT, GPR, GS, IDTR_BASE, IDTR_LIMIT, SEG, SS, TR,
} from '../../../src/x86/state.ts';

export const PAGE = 0x1000;

/** Where things are; programs on level 3 may use what is at `code` and
 * above. What a gate for programs needs of the table of gates is in
 * another page than what a page fault needs. */
export const AT = {
  gdt: 0x1000, gates: 0x2c00, tss: 0x4000, rescuer: 0x4100,
  mending: 0x5000, calls: 0x6000, log: 0x7000, directory: 0x8000,
  table: 0x9000, stack0: 0xafc0, rescue: 0xbfc0, sums: 0xc000,
  code: 0x1_0000, stack: 0x1_8ff0, data: 0x2_0000, ram: 0x3_0000,
} as const;

/** Words of the log: faults that were mended; double faults; then for
 * each fault its address, its code, EIP and EFLAGS. */
export const LOG = { entries: 16, count: 64 } as const;

/** A program, and on which level it runs. It ends with `done`. */
export interface Program {
  readonly user: boolean;
  readonly source: string;
}

const MENDING = `
fault: push eax
  push ecx
  mov ecx, [LOG]
  inc dword ptr [LOG]
  and ecx, ${LOG.count - 1}
  shl ecx, 4
  mov eax, cr2
  mov [ecx+LOG+${LOG.entries}], eax
  mov eax, [esp+8]
  mov [ecx+LOG+${LOG.entries + 4}], eax
  mov eax, [esp+12]
  mov [ecx+LOG+${LOG.entries + 8}], eax
  mov eax, [esp+20]
  mov [ecx+LOG+${LOG.entries + 12}], eax
  mov eax, cr2
  shr eax, 12
  or dword ptr [eax*4+TABLE], 3
  cmp eax, FIRST
  jb ours
  or dword ptr [eax*4+TABLE], 4
ours: mov eax, cr2
  invlpg [eax]
  pop ecx
  pop eax
  add esp, 4
  iret
absent: clts
  iret
unexpected: cli
  hlt
double: inc dword ptr [LOG+4]
  mov eax, cr2
  shr eax, 12
  or dword ptr [eax*4+TABLE], 3
  cmp eax, FIRST
  jb own
  or dword ptr [eax*4+TABLE], 4
own: add esp, 4
  iret
  jmp double
`;

/** Number 0 ends a program; the others do some work for it. */
const CALLS = `
call: cmp eax, 0
  je end
  push ecx
  push edx
  mov ecx, [SUMS]
  add ecx, eax
  mov [SUMS], ecx
  mov edx, [esp+8]
  xor [SUMS+4], edx
  lea eax, [eax+ecx]
  pop edx
  pop ecx
  iret
end: cli
  hlt
`;

type Pair = readonly [low: number, high: number];

const descriptors: readonly Pair[] = [
  [0, 0], [0xffff, 0x00cf_9b00], [0xffff, 0x00cf_9300],
  [0xffff, 0x00cf_fb00], [0xffff, 0x00cf_f300],
  [AT.tss << 16 | 0xff, 0x8900], [AT.rescuer << 16 | 0xff, 0x8900],
];

const SELECTOR = { code: 8, data: 0x10, task: 0x28, rescuer: 0x30 };
const VECTOR = { absent: 7, double: 8, page: 14, call: 0x80 };

function assembled(
  cpu: Cpu, source: string, origin: number,
): ReadonlyMap<string, number> {
  const { bytes, symbols } = assembleProgram(source, { origin, mode: 32,
    symbols: { LOG: AT.log, TABLE: AT.table, SUMS: AT.sums,
      FIRST: AT.code / PAGE } });
  cpu.phys.writeBytes(origin, bytes);
  return symbols;
}

function gate(cpu: Cpu, vector: number, to: number, rights = 0x8e): void {
  const at = AT.gates + 8 * vector;
  cpu.phys.write32(at, SELECTOR.code << 16 | to & 0xffff);
  cpu.phys.write32(at + 4, rights << 8);
}

/** Interrupt gates; for the double fault a task of its own, as the stack
 * may be what is missing. */
function handlers(cpu: Cpu): void {
  const mending = assembled(cpu, MENDING, AT.mending);
  const calls = assembled(cpu, CALLS, AT.calls);
  const at = (name: string): number => mending.get(name) ?? 0;
  for (let v = 0; v < 0x81; v++) gate(cpu, v, at('unexpected'));
  gate(cpu, VECTOR.page, at('fault'));
  gate(cpu, VECTOR.absent, at('absent'));
  gate(cpu, VECTOR.call, calls.get('call') ?? 0, 0xee);
  const double = AT.gates + 8 * VECTOR.double;
  cpu.phys.write32(double, SELECTOR.rescuer << 16);
  cpu.phys.write32(double + 4, 0x8500);
  rescuer(cpu, at('double'));
}

/** The state in which the double fault's task begins. */
function rescuer(cpu: Cpu, eip: number): void {
  const { phys } = cpu;
  const word = (at: number, value: number): void =>
    phys.write32(AT.rescuer + at, value);
  word(28, AT.directory);
  word(32, eip);
  word(36, 2);
  word(56, AT.rescue);
  for (let s = 0; s < 6; s++) {
    word(72 + 4 * s, s === 1 ? SELECTOR.code : SELECTOR.data);
  }
}

/** Each page where it is; all that paging marks is marked. */
function tables(cpu: Cpu): void {
  cpu.phys.write32(AT.directory, AT.table | 0x67);
  for (let page = 0; page < AT.ram / PAGE; page++) {
    const rights = page < AT.code / PAGE ? 0x63 : 0x67;
    cpu.phys.write32(AT.table + 4 * page, page * PAGE | rights);
  }
}

function select(cpu: Cpu, s: number, selector: number): void {
  const at = AT.gdt + (selector & ~7);
  setSegment(cpu, s, selector,
    unpack(cpu.phys.read32(at), cpu.phys.read32(at + 4)));
}

function registers(cpu: Cpu, user: boolean): void {
  const { state, phys } = cpu;
  descriptors.forEach(([low, high], n) => {
    phys.write32(AT.gdt + 8 * n, low);
    phys.write32(AT.gdt + 8 * n + 4, high);
  });
  state.set(GDTR_BASE, AT.gdt);
  state.set(GDTR_LIMIT, 8 * descriptors.length - 1);
  state.set(IDTR_BASE, AT.gates);
  state.set(IDTR_LIMIT, 8 * 0x81 - 1);
  phys.write32(AT.tss + 4, AT.stack0);
  phys.write16(AT.tss + 8, SELECTOR.data);
  phys.write32(AT.tss + 28, AT.directory);
  state.set(CR0, 0x8001_0021);
  state.set(CR3, AT.directory);
  state.set(CR4, 0x600);
  select(cpu, TR, SELECTOR.task);
  phys.write32(AT.gdt + SELECTOR.task + 4, 0x8b00);
  state.set(CPL, user ? 3 : 0);
  const [code, data] = user ? [0x1b, 0x23] : [8, 0x10];
  select(cpu, CS, code);
  for (const s of [SS, DS, ES, FS, GS]) select(cpu, s, data);
  state.set(EFLAGS, 2);
}

/** Puts a program on its machine, before its first instruction. */
export function setUp(cpu: Cpu, { user, source }: Program): void {
  const { bytes } = assembleProgram(source, { origin: AT.code, mode: 32,
    symbols: { DATA: AT.data } });
  if (AT.code + bytes.length > AT.stack - PAGE) {
    throw new Error('the program is too long');
  }
  tables(cpu);
  registers(cpu, user);
  handlers(cpu);
  cpu.phys.writeBytes(AT.code, bytes);
  for (let at = 0; at < AT.ram - AT.data; at++) {
    cpu.phys.write8(AT.data + at, at * 37 + (at >>> 8) * 11 + 5);
  }
  GPR.forEach((field, n) => cpu.state.set(field, 0x1234_5678 * (n + 3) | 0));
  cpu.state.set(ESP, AT.stack);
  cpu.state.set(EIP, AT.code);
}
