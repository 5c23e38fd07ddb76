import { Phys } from '../../machine/phys.ts';
import { Cpu } from '../cpu.ts';
import { setBounds } from '../segment.ts';
import {
  CO, CPL, CR0, EFLAGS, ESP, GDTR_BASE, GDTR_LIMIT, IDTR_BASE,
  IDTR_LIMIT, SEG, SR, SS, TR, ZR,
} from '../state.ts';

const GDT = 0x1000, IDT = 0x2000, TSS = 0x3000, STACK = 0x4000;
/** Code and data of both levels, as a kernel has them, and strangers:
 * conforming code, data that expands down, nothing, a call gate. */
const KINDS = [0xcf9b00, 0xcf9300, 0xcffb00, 0xcff300, 0xcf9a00,
  0xcf9f00, 0x4f9700, 0x009b00, 0xcf1b00, 0, 0x008c00, 0xcfb300];

export type Below = (n: number) => number;

/** Numbers below `n`, the same each time. */
export function numbers(seed: number): Below {
  let state = seed;
  return (n) => {
    state = Math.imul(state, 1_103_515_245) + 12_345 >>> 0;
    return (state >>> 8) % n;
  };
}

/** `usual`, or once in a while another number. */
const mostly = (below: Below, usual: number, n: number): number =>
  (below(12) === 0 ? below(n) : usual);

/** Tables, registers and a stack, most of it as usual. */
export function setUp(
  seed: number, cpu = new Cpu(new Phys(0x5000)),
): Cpu {
  const below = numbers(seed);
  const { phys, state } = cpu;
  for (let n = 1; n < 12; n++) {
    phys.write32(GDT + 8 * n, 0xffff);
    phys.write32(GDT + 8 * n + 4, KINDS[mostly(below, n - 1, 12)] ?? 0);
  }
  const level = below(3) === 0 ? 0 : 3;
  tables(cpu, below);
  frame(cpu, below, level);
  state.set(CPL, level);
  state.set(CR0, mostly(below, 1, 2));
  state.set(EFLAGS, 2 | 1 << mostly(below, 9, 18));
  for (const f of [ZR, SR, CO]) state.set(f, below(2 ** 24) * 257);
  state.set(SEG[SS].rights, level === 0 ? 0xc093 : 0xc0f3);
  state.set(SEG[SS].limit, mostly(below, 0xffff_ffff, 0x5000));
  for (let s = 0; s < 6; s++) setBounds(cpu, s);
  return cpu;
}

function tables({ phys, state }: Cpu, below: Below): void {
  const selector = mostly(below, 8, 0x60);
  const type = mostly(below, 0xee, 256) << 8;
  phys.write32(IDT + 8 * 3, selector << 16 | below(0x1_0000));
  phys.write32(IDT + 8 * 3 + 4, type);
  phys.write32(TSS + 4, STACK + 0x800 + below(8));
  phys.write32(TSS + 8, mostly(below, 0x10, 0x60));
  const registers = [[GDTR_BASE, GDT], [IDTR_BASE, IDT],
    [SEG[TR].base, TSS]] as const;
  for (const [field, at] of registers) state.set(field, at);
  state.set(GDTR_LIMIT, mostly(below, 0x5f, 0x60));
  state.set(IDTR_LIMIT, mostly(below, 0x7ff, 0x20));
  state.set(SEG[TR].limit, mostly(below, 0x67, 16));
  state.set(SEG[TR].rights, mostly(below, 0x8b, 256));
}

/** What a return finds. */
function frame({ phys, state }: Cpu, below: Below, level: number) {
  const esp = STACK + 0x100 + below(8);
  const inner = level === 0 && below(2) === 0;
  const words = [below(0x1_0000), inner ? 8 : 0x1b,
    2 | 1 << mostly(below, 9, 18), STACK + 0x900, 0x23];
  words.forEach((word, n) =>
    phys.write32(esp + 4 * n, mostly(below, word, 0x60)));
  state.set(ESP, esp);
}

/** State and the tables and stack, as words. */
export function image({ state, phys }: Cpu): Int32Array {
  const words = state.save();
  const tables = phys.readBytes(GDT, 0x4000);
  const all = new Int32Array(words.length + 0x1000);
  all.set(words);
  all.set(new Int32Array(tables.buffer), words.length);
  return all;
}

/** Where two images differ; -1: nowhere. */
export const difference = (a: Int32Array, b: Int32Array): number =>
  a.findIndex((word, n) => word !== b[n]);
