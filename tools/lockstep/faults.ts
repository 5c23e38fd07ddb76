import { makeCase, testable } from '../../src/x86/campaign/cases.ts';
import { Values } from '../../src/x86/campaign/values.ts';
import { Phys } from '../../src/machine/phys.ts';
import { Cpu } from '../../src/x86/cpu.ts';
import { assembleProgram } from '../../src/x86/program.ts';
import { CS, EIP, SEG } from '../../src/x86/state.ts';
import type { Happening, Scene } from './lockstep.ts';
import { AT } from './programs.ts';
import { PLACES, prepare } from './scenes.ts';

const RAM = 0xa_0000;
/** Each instruction has two pages of its own from here on. */
const FIRST = 0x4_0000;
const ROOM = 0x2000;
const MOST = (RAM - FIRST) / ROOM;

const JUMPS = /^(ret|call|jmp|j|loop|popf)/;
const rows = testable.filter(({ mnemonic }) => !JUMPS.test(mnemonic));
const REGS = ['eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi'];

const hex = (n: number): string => `0x${(n >>> 0).toString(16)}`;

/** An instruction that accesses memory near the end of a page. */
export function anyAccess(
  values: Values, page: number, straddles: boolean,
): string[] {
  for (;;) {
    const window = page + (straddles ? 0x1000 - 128 : 0x400);
    const row = rows[values.below(rows.length)];
    if (!row) continue;
    const site = { window, eip: 0, segments: false };
    const test = makeCase(row, values.rarely(3) ? 16 : 32, values, site);
    if (!test || test.insn.row !== row) continue;
    const { insn, before: { regs } } = test;
    const stack = /^(push|pop|enter|leave)/.test(insn.mnemonic);
    const memory = insn.operands.some(({ kind }) => kind === 'mem');
    if (!stack && !memory || insn.addrSize !== 32) continue;
    const lines = REGS.map((name, n) => `mov ${name}, ${hex(regs[n] ?? 0)}`);
    if (insn.rep !== 0) lines.push(`mov ecx, ${1 + values.below(6)}`);
    const code = [...test.code.subarray(0, insn.length)].map(hex);
    return [...lines, `.byte ${code.join(', ')}`];
  }
}

/** A loop of instructions, each of which has its own two pages. */
export function faultProgram(seed: number, count: number): string {
  const values = new Values(2 * seed + 1);
  const lines = ['start:',
    `mov dword ptr ss:[${AT.vars + 56}], 0x1b`,
    `mov dword ptr ss:[${AT.vars + 60}], 0x23`];
  for (let n = 0; n < count; n++) {
    const page = FIRST + ROOM * n;
    lines.push(`p${n}: mov dword ptr ss:[${AT.vars}], p${n + 1}`);
    if (values.rarely(8)) {
      lines.push(`mov esp, ${hex(page + 0x1000 + values.below(8))}`,
        `push ${hex(values.word())}`, 'call inner');
    } else lines.push(...anyAccess(values, page, !values.rarely(3)));
  }
  lines.push(`p${count}: jmp start`, 'inner: pop edx', 'pop ecx',
    'push edx', 'inc ecx', 'ret');
  return lines.join('\n');
}

/** What is done to a page before the loop comes round. */
interface Injection { readonly page: number; readonly clear: number }

function injections(count: number): Injection[] {
  const all: Injection[] = [];
  for (let n = 0; n < 2 * count; n++) {
    for (const clear of [1, 2, 4, 0x20, 0x40]) {
      all.push({ page: FIRST / 4096 + n, clear });
    }
  }
  return all;
}

function inject(cpu: Cpu, { page, clear }: Injection): void {
  const at = AT.table + 4 * page;
  cpu.phys.write32(at, (cpu.phys.read32(at) & ~clear) >>> 0);
  cpu.memory.mmu.tlb.flushPage(page * 4096);
}

export interface FaultScene extends Scene {
  readonly faults: number;
  readonly injected: number;
}

/** A scene in which each page loses a right once, while the loop is
 * at its start: the access that needs it faults, and is repeated. */
export function faultScene(seed: number, count = 12): FaultScene {
  if (count > MOST) throw new Error(`at most ${MOST} instructions`);
  const place = PLACES['user'];
  if (!place) throw new Error('no such place');
  const { bytes } = assembleProgram(faultProgram(seed, count),
    { origin: AT.code, mode: 32 });
  const setUp = (cpu: Cpu): void =>
    prepare(cpu, place, bytes, seed, true);
  const cpu = new Cpu(new Phys(RAM));
  setUp(cpu);
  let faults = 0;
  cpu.watcher = ({ vector }) => { if (vector === 14) faults++; };
  const happenings: Happening[] = [];
  const rounds = 4;
  for (let n = 0; n < rounds; n++) round(cpu);
  for (const injection of injections(count)) {
    const what = (to: Cpu): void => inject(to, injection);
    happenings.push({ at: cpu.retired, what });
    what(cpu);
    if (!round(cpu)) break;
  }
  const cuts = happenings.map(({ at }) => at + 1).concat(cpu.retired);
  return { ramBytes: RAM, setUp, happenings, cuts, faults,
    injected: happenings.length };
}

/** Runs to the loop's start; false if it does not come there. */
function round(cpu: Cpu): boolean {
  const end = cpu.retired + 5000;
  do {
    if (cpu.run(cpu.retired + 1) !== 'limit') return false;
    if (cpu.retired > end) return false;
  } while (cpu.get(EIP) + cpu.get(SEG[CS].base) !== AT.code);
  return true;
}
