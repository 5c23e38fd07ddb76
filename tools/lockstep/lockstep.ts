import { layout } from '../../src/x86/state.ts';
import { Phys } from '../../src/machine/phys.ts';
import { Cpu } from '../../src/x86/cpu.ts';
import { decode } from '../../src/x86/decode.ts';
import { disassemble } from '../../src/x86/disassemble.ts';
import { CODE, CS, EIP, SEG } from '../../src/x86/state.ts';
import type { SavedTlb } from '../../src/x86/tlb.ts';
import { beginWith, sharedPhys, translate } from '../../src/x86/fast/fast.ts';
import type { Stock } from '../../src/x86/fast/stock.ts';
import { study } from '../../src/x86/fast/study.ts';
import { TUNING } from '../../src/x86/fast/translator.ts';

/** How a translator is tuned for a run, and whether it begins with a stock. */
export type Tuning = Partial<typeof TUNING> & { readonly stock?: boolean };

/** The settings under which everything is compared. */
export const TUNINGS: Readonly<Record<string, Tuning>> = {
  handlers: { regions: false, patience: 1 },
  one: { patience: 1, warm: 2, threshold: 1, most: 1, misses: 0 },
  three: { patience: 1, warm: 1, threshold: 3, most: 1, misses: 1 },
  short: { patience: 1, warm: 1, threshold: 2, most: 1, misses: 0,
    portion: 7, ahead: 2 },
  pairs: { regions: false, patience: 1, warm: 1, often: 1, couples: 1 },
  default: {},
  stock: { stock: true, warm: 2, threshold: 3, most: 1 },
};

/** Something that comes from outside once so many retired. */
export interface Happening {
  readonly at: number;
  readonly what: (cpu: Cpu) => void;
}

/** A machine, and what happens to it. */
export interface Scene {
  readonly ramBytes: number;
  /** Sets memory and registers. */
  readonly setUp: (cpu: Cpu) => void;
  /** Retired counts at which both machines stop, in order. */
  readonly cuts: readonly number[];
  readonly happenings?: readonly Happening[];
}

export interface Verdict {
  readonly retired: number;
  readonly cuts: number;
  /** Instructions that the translator left to the reference. */
  readonly foreign: number;
  readonly modules: number;
  /** What differed first; undefined: nothing. */
  readonly difference: string | undefined;
}

const originals = { ...TUNING };

let stock: Stock | undefined;

/** Runs `body` with a tuning; afterwards it is as before. */
export function tuned<T>({ stock: begins, ...tuning }: Tuning, body: () => T): T {
  Object.assign(TUNING, originals, tuning);
  beginWith(begins ? stock ??= study() : undefined);
  try {
    return body();
  } finally {
    Object.assign(TUNING, originals);
    beginWith(undefined);
  }
}

const word = (n: number): string => (n >>> 0).toString(16);

/** Names of the state's fields by slot. */
const names = new Map(layout.fields.map(({ id, name }) => [id, name]));

function stateDifferences(a: Cpu, b: Cpu): string[] {
  const found: string[] = [];
  a.state.i32.forEach((value, n) => {
    const other = b.state.i32[n] ?? 0;
    if (value === other) return;
    const half = (n & 1) === 0 ? '' : '+4';
    found.push(`${names.get(n >> 1) ?? n >> 1}${half} `
      + `${word(value)} but ${word(other)}`);
  });
  return found;
}

function memoryDifferences(a: Phys, b: Phys): string[] {
  const [x, y] = [a.readBytes(0, a.size), b.readBytes(0, b.size)];
  if (Buffer.compare(x, y) === 0) return [];
  const found: string[] = [];
  x.forEach((byte, at) => {
    if (byte === y[at] || found.length > 8) return;
    found.push(`[${word(at)}] ${word(byte)} but ${word(y[at] ?? 0)}`);
  });
  return found;
}

function tlbDifferences(
  name: string, a: SavedTlb, b: SavedTlb,
): string[] {
  const found: string[] = [];
  a.pages.forEach((page, n) => {
    const same = page === b.pages[n] && (page === -1
      || a.rights[n] === b.rights[n] && a.frames[n] === b.frames[n]);
    if (!same) {
      found.push(`${name} ${word(n)}: page ${page} rights `
        + `${a.rights[n]} frame ${word(a.frames[n] ?? 0)} but page `
        + `${b.pages[n]} ${b.rights[n]} ${word(b.frames[n] ?? 0)}`);
    }
  });
  if (a.pieces !== b.pieces) found.push(`${name} pieces`);
  if (a.counts.misses !== b.counts.misses) {
    found.push(`${name}: ${a.counts.misses} misses but ${b.counts.misses}`);
  }
  if (a.beside && b.beside) {
    found.push(...tlbDifferences(`${name} of code`, a.beside, b.beside));
  }
  return found;
}

function eventDifferences(a: Cpu, b: Cpu): string[] {
  const tell = ({ retired, charged, events, after, lastTrap }: Cpu) => ({
    retired, charged, events, after,
    trap: lastTrap && [lastTrap.vector, lastTrap.code, lastTrap.address],
  });
  const [x, y] = [tell(a), tell(b)].map((one) => JSON.stringify(one));
  return x === y ? [] : [`${x} but ${y}`];
}

/** All that differs between the reference and a translated run. */
export function differences(reference: Cpu, fast: Cpu): string[] {
  return [
    ...eventDifferences(reference, fast),
    ...stateDifferences(reference, fast),
    ...memoryDifferences(reference.phys, fast.phys),
    ...tlbDifferences('tlb', reference.memory.mmu.tlb.save(),
      fast.memory.mmu.tlb.save()).slice(0, 8),
  ];
}

interface Run {
  readonly cpu: Cpu;
  readonly happenings: Happening[];
  ended: boolean;
}

function start(scene: Scene, fast: boolean): Run {
  const { ramBytes, setUp, happenings = [] } = scene;
  const phys = fast ? sharedPhys(ramBytes) : new Phys(ramBytes);
  const cpu = new Cpu(phys);
  if (fast) translate(cpu);
  setUp(cpu);
  return { cpu, happenings: [...happenings], ended: false };
}

/** Lets what is due happen, then runs up to `until`. */
function advance(run: Run, until: number): string {
  const { cpu, happenings } = run;
  for (;;) {
    while ((happenings[0]?.at ?? Infinity) <= cpu.retired) {
      happenings.shift()?.what(cpu);
    }
    const next = Math.min(until, happenings[0]?.at ?? until);
    const stop = cpu.run(next);
    if (stop === 'halted' && happenings.length > 0) {
      happenings.shift()?.what(cpu);
    } else if (stop !== 'limit' || cpu.retired >= until) return stop;
  }
}

/** Runs a scene in the reference and translated, side by side. */
export function lockstep(scene: Scene, tuning: Tuning): Verdict {
  return tuned(tuning, () => {
    const [reference, fast] = [start(scene, false), start(scene, true)];
    let [cuts, last] = [0, 0];
    for (const cut of scene.cuts) {
      const stops = [reference, fast].map((run) => advance(run, cut));
      const found = differences(reference.cpu, fast.cpu);
      if (stops[0] !== stops[1]) found.unshift(stops.join(' but '));
      if (found.length > 0) {
        const text = pinpoint(scene, cuts, last, cut, found);
        return verdict(fast.cpu, cuts, text);
      }
      cuts++;
      last = cut;
      if (stops[0] !== 'limit') break;
    }
    return verdict(fast.cpu, cuts, undefined);
  });
}

interface Counting { readonly counts: { foreign: number; modules: number } }

function verdict(
  cpu: Cpu, cuts: number, difference: string | undefined,
): Verdict {
  const { counts } = cpu.translator as unknown as Counting;
  const { foreign, modules } = counts;
  return { retired: cpu.retired, cuts, foreign, modules, difference };
}

/** Both machines, after the good cuts, at `until`. */
function replay(
  scene: Scene, good: number, until: number,
): [Cpu, Cpu] {
  const runs = [start(scene, false), start(scene, true)] as const;
  for (const run of runs) {
    for (const cut of scene.cuts.slice(0, good)) advance(run, cut);
    advance(run, until);
  }
  return [runs[0].cpu, runs[1].cpu];
}

/** Says which instruction went wrong first, and how. */
function pinpoint(
  scene: Scene, good: number, last: number, bad: number,
  found: readonly string[],
): string {
  let [low, high, seen] = [last, bad, found];
  while (high - low > 1) {
    const middle = low + (high - low >>> 1);
    const now = differences(...replay(scene, good, middle));
    if (now.length > 0) [high, seen] = [middle, now];
    else low = middle;
  }
  const [before] = replay(scene, good, low);
  return [`between ${low} and ${high} retired:`,
    ...lines(before), ...seen.map((one) => `  ${one}`)].join('\n');
}

/** The instruction to come, and the registers. */
function lines(cpu: Cpu): string[] {
  const eip = cpu.get(EIP);
  const bytes = Array.from({ length: 15 }, (_, n) => {
    const la = (cpu.get(SEG[CS].base) + eip + n) >>> 0;
    const pa = cpu.translate(la, 'r', 'sys');
    return pa < 0 ? 0 : cpu.phys.read8(pa);
  });
  const mode = CODE.of(cpu.state) === 32 ? 32 : 16;
  const insn = decode((n) => bytes[n] ?? 0, mode);
  const hex = bytes.slice(0, insn.length).map((byte) =>
    byte.toString(16).padStart(2, '0')).join(' ');
  const registers = layout.fields.slice(0, 13).map((field) =>
    `${field.name} ${word(cpu.state.i32[field.id << 1] ?? 0)}`);
  return [`  ${word(eip)}: ${hex}  ${disassemble(insn, eip)}`,
    `  before: ${registers.join(' ')}`];
}
