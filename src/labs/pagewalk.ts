import type { Cpu } from '../x86/cpu.ts';
import {
  ACCESSED, DIRTY, faultCode, GLOBAL, LARGE, PAE, PG, PRESENT, target,
  USER, type Visit, type Walk, walk, WP, WRITABLE,
} from '../x86/paging.ts';
import { CR0, CR4 } from '../x86/state.ts';
import {
  KEPT, PIECE, SYS_READ, SYS_WRITE, type Tlb, USER_READ, USER_WRITE,
} from '../x86/tlb.ts';
import type {
  AccessView, AddressPart, FrameView, WalkStep, WalkView,
} from './view.ts';

type Frames = (mfn: number) => FrameView | undefined;

const NAMES = {
  1: 'page table', 2: 'page directory', 3: 'page-directory pointer',
} as const;

/** Lowest bit of each level's index, and how many it has. */
const CUTS = {
  wide: { 3: [30, 2], 2: [21, 9], 1: [12, 9] },
  narrow: { 3: [32, 0], 2: [22, 10], 1: [12, 10] },
} as const;

type Cut = typeof CUTS[keyof typeof CUTS];

const indexOf = (la: number, cut: Cut, level: 1 | 2 | 3): number => {
  const [low, bits] = cut[level];
  return la >>> low & (2 ** bits - 1);
};

/** How an address is cut into indices on this way. */
function parts(la: number, way: Walk, cut: Cut): AddressPart[] {
  const indices = way.visits.map(({ level }) => {
    const [low, bits] = cut[level];
    const value = indexOf(la, cut, level);
    return { name: NAMES[level], high: low + bits - 1, low, value };
  });
  const rest = indices.at(-1)?.low ?? 32;
  const value = rest === 32 ? la : la & (2 ** rest - 1);
  const name = way.page === undefined ? 'not used' : 'offset';
  return [...indices, { name, high: rest - 1, low: 0, value }];
}

const has = (entry: Visit, bit: number): boolean =>
  (entry.low & bit) !== 0;

function stepOf(
  visit: Visit, la: number, cut: Cut, frames: Frames,
): WalkStep {
  const { level, at, low, high } = visit;
  const table = level === 3 ? undefined
    : frames(Math.floor(at / 0x1000));
  return {
    level, name: NAMES[level], index: indexOf(la, cut, level),
    at: level === 3 ? null : at, low, high,
    present: has(visit, PRESENT), writable: has(visit, WRITABLE),
    user: has(visit, USER), accessed: has(visit, ACCESSED),
    dirty: has(visit, DIRTY), global: has(visit, GLOBAL),
    large: level === 2 && has(visit, LARGE), target: target(visit),
    ...(table ? { table } : {}),
  };
}

const RIGHTS = [
  [SYS_READ, 'system reads'], [SYS_WRITE, 'system writes'],
  [USER_READ, 'user reads'], [USER_WRITE, 'user writes'],
  [KEPT, 'global'], [PIECE, 'piece of a large page'],
] as const;

/** What a TLB holds for an address, in words. */
function held(tlb: Tlb | undefined, la: number): string | null {
  const rights = tlb?.rightsFor(la) ?? 0;
  const words = RIGHTS.filter(([bit]) => (rights & bit) !== 0);
  return words.length === 0 ? null
    : words.map(([, word]) => word).join(', ');
}

/** The four kinds of access, and what comes of each. */
function accesses(cpu: Cpu, way: Walk, la: number): AccessView[] {
  const wp = (cpu.get(CR0) & WP) !== 0;
  const rights = cpu.memory.mmu.tlb.rightsFor(la);
  const kinds = [[false, false], [false, true], [true, false],
    [true, true]] as const;
  return kinds.map(([user, write]) => {
    const right = (write ? SYS_WRITE : SYS_READ) << (user ? 2 : 0);
    return {
      who: user ? 'user' : 'system', write,
      fault: faultCode(way, { user, write }, wp) ?? null,
      tlb: (rights & right) !== 0,
    };
  });
}

function brokenWhere(way: Walk): string | null {
  const last = way.visits.at(-1);
  if (way.reserved) return `a reserved bit in the ${nameOf(last)}`;
  return way.page === undefined
    ? `the entry of the ${nameOf(last)} is not present` : null;
}

const nameOf = (visit: Visit | undefined): string =>
  visit ? NAMES[visit.level] : 'tables';

/** How a linear address is translated, and what the TLB knows of it.
 * The look leaves no trace. */
export function walkView(
  cpu: Cpu, address: number, frames: Frames,
): WalkView {
  const la = address >>> 0;
  const { tables, tlb } = cpu.memory.mmu;
  const way = walk(tables, la);
  const on = (cpu.get(CR0) & PG) !== 0;
  const wide = (cpu.get(CR4) & PAE) !== 0;
  const cut = wide ? CUTS.wide : CUTS.narrow;
  const page = way.reserved ? null : way.page ?? null;
  const frame = page === null ? undefined
    : frames(Math.floor((page + (la & (way.size - 1))) / 0x1000));
  return {
    address: la, page, size: way.size,
    paging: !on ? 'off' : wide ? 'three levels' : 'two levels',
    parts: parts(la, way, cut),
    steps: way.visits.map((visit) => stepOf(visit, la, cut, frames)),
    physical: page === null ? null : page + (la & (way.size - 1)),
    broken: brokenWhere(way), accesses: accesses(cpu, way, la),
    tlb: { data: held(tlb, la), code: held(tlb.beside, la) },
    ...(frame ? { frame } : {}),
  };
}
