import type { Cpu } from '../x86/cpu.ts';
import { decode } from '../x86/decode.ts';
import { disassemble } from '../x86/disassemble.ts';
import { walk } from '../x86/paging.ts';
import { CODE, CS, EIP, SEG } from '../x86/state.ts';
import type { Listing } from './rig.ts';
import type { CodeLine, MemoryView } from './view.ts';

/** A byte as the processor would read it, and nothing is changed by
 * the look: no A bit, no TLB entry. Null: nothing is there. */
export function peek(cpu: Cpu, la: number): number | null {
  const way = walk(cpu.memory.mmu.tables, la >>> 0);
  if (way.page === undefined || way.reserved) return null;
  const pa = way.page + (la & (way.size - 1));
  return cpu.phys.read8(cpu.memory.mmu.a20 ? pa : lowered(pa));
}

const LINE_20 = 0x10_0000;
const lowered = (pa: number): number =>
  pa - (Math.floor(pa / LINE_20) % 2) * LINE_20;

export const codeBase = (cpu: Cpu): number => cpu.get(SEG[CS].base);

/** The linear address of the instruction to come. */
export const codePlace = (cpu: Cpu): number =>
  (codeBase(cpu) + cpu.get(EIP)) >>> 0;

export function memoryView(
  cpu: Cpu, address: number, length: number,
  before: MemoryView | undefined,
): MemoryView {
  const bytes = Array.from({ length }, (_, n) =>
    peek(cpu, address + n));
  const old = before?.address === address ? before.bytes : bytes;
  const changed = bytes.flatMap((byte, n) =>
    n < old.length && byte !== old[n] ? [n] : []);
  return { address, bytes, changed };
}

interface Place {
  readonly address: number;
  readonly length: number;
  readonly text: string;
}

function instructionAt(cpu: Cpu, address: number): Place {
  if (peek(cpu, address) === null) {
    return { address, length: 1, text: '(not there)' };
  }
  const insn = decode(
    (n) => peek(cpu, (address + n) >>> 0) ?? 0xff,
    CODE.of(cpu.state) === 32 ? 32 : 16);
  const ip = (address - codeBase(cpu)) >>> 0;
  return { address, length: insn.length, text: disassemble(insn, ip) };
}

/** So many instructions in a row. */
function instructions(cpu: Cpu, from: number, count: number): Place[] {
  const places: Place[] = [];
  for (let at = from; places.length < count;) {
    const place = instructionAt(cpu, at >>> 0);
    places.push(place);
    at += place.length;
  }
  return places;
}

const ABOVE = 4;

/** Where a window of `count` instructions begins that shows the one
 * at `at`: where it began before, if that still shows it. */
export function windowStart(
  cpu: Cpu, at: number, count: number, last: number | undefined,
  listing: Listing | undefined,
): number {
  const shows = (from: number): boolean =>
    instructions(cpu, from, count - ABOVE)
      .some((place) => place.address === at);
  if (last !== undefined && shows(last)) return last;
  const lines = [...listing?.lines.keys() ?? []];
  const here = lines.indexOf(at);
  const above = lines[Math.max(0, here - ABOVE)];
  return here >= 0 && above !== undefined && shows(above) ? above : at;
}

export function codeLines(
  cpu: Cpu, from: number, count: number,
  breakpoints: ReadonlySet<number>, listing: Listing | undefined,
): CodeLine[] {
  const labels = new Map([...listing?.symbols ?? []].map(
    ([name, address]) => [address, name]));
  const current = codePlace(cpu);
  return instructions(cpu, from, count).map(
    ({ address, length, text }) => {
      const bytes = Array.from({ length }, (_, n) =>
        peek(cpu, address + n) ?? 0xff);
      const label = labels.get(address);
      const line = listing?.lines.get(address);
      return {
        address, bytes, text, current: address === current,
        breakpoint: breakpoints.has(address),
        ...(label === undefined ? {} : { label }),
        ...(line === undefined ? {} : { line }),
      };
    });
}
