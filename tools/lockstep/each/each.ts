// Each access of a program faults once: the reference lists what a program
// accesses; then, for each access, the program runs again and its page is
// taken away just before, in the reference and in what is translated.
import { Phys } from '../../../src/machine/phys.ts';
import { Cpu, type SavedCpu, type Stop } from '../../../src/x86/cpu.ts';
import { sharedPhys, translate } from '../../../src/x86/fast/fast.ts';
import type { Translator } from '../../../src/x86/fast/translator.ts';
import {
  ACCESSED, DIRTY, PRESENT, USER, WRITABLE,
} from '../../../src/x86/paging.ts';
import { GPR } from '../../../src/x86/state.ts';
import {
  type SavedTlb, SYS_WRITE, USER_READ, USER_WRITE,
} from '../../../src/x86/tlb.ts';
import { differences, type Tuning, tuned } from '../lockstep.ts';
import { AT, PAGE, type Program, setUp } from './stage.ts';

/** One page of one access. */
export interface Access {
  /** Instructions retired before the one that makes it. */
  readonly at: number;
  /** The page was not accessed since so many had retired. */
  readonly since: number;
  readonly page: number;
  readonly write: boolean;
  readonly user: boolean;
  readonly fetch: boolean;
}

/** What a page loses, and when. */
export interface Injection extends Access {
  /** Retired when it is done: `at`, or else `since`. */
  readonly moment: number;
  /** Bits of the page's entry. */
  readonly clear: number;
}

const LIMIT = 20_000;
const MARKS = ACCESSED | DIRTY;

/** A machine that can begin its program again and again. */
export class Bench {
  readonly cpu: Cpu;
  readonly translator: Translator | undefined;
  private readonly begin: SavedCpu;
  private readonly tlb: SavedTlb;
  private readonly ram: readonly Uint8Array[];

  constructor(
    program: Program, private readonly tuning: Tuning | undefined,
  ) {
    const phys = tuning ? sharedPhys(AT.ram) : new Phys(AT.ram);
    this.cpu = new Cpu(phys);
    this.translator = tuning && tuned(tuning, () => translate(this.cpu));
    setUp(this.cpu, program);
    this.begin = this.cpu.save();
    this.tlb = this.cpu.memory.mmu.tlb.save();
    this.ram = Array.from({ length: AT.ram / PAGE },
      (_, n) => phys.readBytes(n * PAGE, PAGE));
  }

  /** Runs the program from its beginning to its end; what was decoded
   * and translated stays. */
  run(injection?: Injection): Stop {
    const { cpu, begin, tlb, ram } = this;
    ram.forEach((bytes, n) => restorePage(cpu.phys, n * PAGE, bytes));
    cpu.restore(begin);
    cpu.memory.mmu.tlb.restore(tlb);
    cpu.lastTrap = undefined;
    return tuned(this.tuning ?? {}, () => {
      if (injection) {
        const stop = cpu.run(injection.moment);
        if (stop !== 'limit') throw new Error(`${stop} before the fault`);
        take(cpu, injection);
      }
      return cpu.run(LIMIT);
    });
  }
}

/** Writes what differs: what is known of a page that nobody changed
 * stays known. */
function restorePage(phys: Phys, at: number, bytes: Uint8Array): void {
  const now = phys.readBytes(at, PAGE);
  if (Buffer.compare(now, bytes) !== 0) phys.writeBytes(at, bytes);
}

function take({ phys, memory }: Cpu, { page, clear }: Injection): void {
  const at = AT.table + 4 * page;
  phys.write32(at, (phys.read32(at) & ~clear) >>> 0);
  memory.mmu.tlb.flushPage(page * PAGE);
}

/** All that a program accesses when nothing faults. Of the fetches from
 * a page only the first is listed, until there is one from another. */
export function accessesOf(reference: Bench): Access[] {
  const { cpu } = reference;
  const { mmu } = cpu.memory;
  const all: Access[] = [];
  const touched = new Map<number, number>();
  let fetched = -1;
  const note = (page: number, right: number, fetch: boolean): void => {
    const since = Math.min(touched.get(page) ?? 0, cpu.retired);
    touched.set(page, cpu.retired + 1);
    if (fetch && page === fetched) return;
    if (fetch) fetched = page;
    all.push({ at: cpu.retired, since, page, fetch,
      write: (right & (SYS_WRITE | USER_WRITE)) !== 0,
      user: (right & (USER_READ | USER_WRITE)) !== 0 });
  };
  const translate = mmu.translate.bind(mmu);
  mmu.translate = (la, right, fetch = false) => {
    note(la >>> 12, right, fetch);
    return translate(la, right, fetch);
  };
  const stop = reference.run();
  mmu.translate = translate;
  if (stop !== 'halted') throw new Error(`the program ends: ${stop}`);
  return all;
}

/** What is done to the pages of some accesses: each loses what lets the
 * access pass, or the mark that it leaves; just before, and as long
 * before as nothing else is in between. */
export function injectionsFor(all: readonly Access[]): Injection[] {
  const found = new Map<string, Injection>();
  for (const access of all) {
    const { at, since, page, write, user } = access;
    const clears = [PRESENT, ACCESSED, ...user ? [USER] : [],
      ...write ? [WRITABLE, DIRTY] : []];
    for (const clear of clears) {
      for (const moment of [at, since]) {
        const key = [at, page, clear, moment].join(' ');
        found.set(key, { ...access, moment, clear });
      }
    }
  }
  return [...found.values()];
}

/** How it went in the reference. */
export type Course = 'mended' | 'rescued' | 'marked' | 'shutdown';

/** What a program leaves that ran without a fault. */
export interface Result {
  readonly registers: readonly number[];
  readonly data: Uint8Array;
}

export const resultOf = ({ cpu }: Bench): Result => ({
  registers: GPR.map((field) => cpu.get(field)),
  data: cpu.phys.readBytes(AT.data, AT.ram - AT.data),
});

/** Says how the reference took an injection, or what is wrong: one
 * fault, and in the end the same as without it. On level 0 the
 * handler's frame may lie where the program keeps data. */
export function judge(
  bench: Bench, stop: Stop, { clear }: Injection, program: Program,
  without: Result,
): Course | string {
  const { phys } = bench.cpu;
  const [mended, rescued] = [phys.read32(AT.log), phys.read32(AT.log + 4)];
  if (stop === 'shutdown') return 'shutdown';
  if (stop !== 'halted') return `the program does not end: ${stop}`;
  const expected = (clear & MARKS) !== 0 ? 0 : 1;
  if (mended + rescued !== expected) {
    return `${mended} faults and ${rescued} double faults`;
  }
  const { registers, data } = resultOf(bench);
  const off = registers.findIndex((r, n) => r !== without.registers[n]);
  if (off >= 0) return `register ${off} differs from a run without faults`;
  const same = Buffer.compare(data, without.data) === 0;
  if (program.user && !same) return 'data differ from a run without faults';
  return expected === 0 ? 'marked' : mended === 1 ? 'mended' : 'rescued';
}

/** What was tried, and how it went. */
export interface EachTally {
  programs: number;
  accesses: number;
  injections: number;
  /** Runs of translated code that were compared. */
  runs: number;
  /** Regions that were translated. */
  regions: number;
  readonly courses: Record<Course, number>;
  readonly failures: string[];
}

export const newEachTally = (): EachTally => ({
  programs: 0, accesses: 0, injections: 0, runs: 0, regions: 0,
  courses: { mended: 0, rescued: 0, marked: 0, shutdown: 0 },
  failures: [],
});

const NAMES: Readonly<Record<number, string>> = {
  [PRESENT]: 'P', [WRITABLE]: 'W', [USER]: 'U', [ACCESSED]: 'A',
  [DIRTY]: 'D',
};

function tell({ page, at, moment, clear, ...how }: Injection): string {
  const kind = how.fetch ? 'fetch' : how.write ? 'write' : 'read';
  return `page ${page.toString(16)} loses ${NAMES[clear]} at ${moment}, `
    + `${kind} at ${at}`;
}

const isCourse = (
  tally: EachTally, text: string,
): text is Course => text in tally.courses;

/** Lets each access of a program fault, under each tuning. `some` says
 * of which to try. */
export function tryEach(
  tally: EachTally, name: string, program: Program,
  tunings: Readonly<Record<string, Tuning>>,
  some: (access: Access) => boolean = () => true,
): void {
  const reference = new Bench(program, undefined);
  const all = accessesOf(reference);
  const without = resultOf(reference);
  const benches = Object.entries(tunings).map(([how, tuning]) =>
    ({ how, bench: new Bench(program, tuning) }));
  for (const { how, bench } of benches) {
    warmUp(tally, bench);
    const found = differences(reference.cpu, bench.cpu);
    report(tally, `${name}, ${how}, no fault`, found);
  }
  const chosen = all.filter(some);
  const injections = injectionsFor(chosen);
  for (const injection of injections) {
    const what = `${name}, ${tell(injection)}`;
    const stop = reference.run(injection);
    const course = judge(reference, stop, injection, program, without);
    if (isCourse(tally, course)) tally.courses[course]++;
    else tally.failures.push(`${what}: ${course}`);
    for (const { how, bench } of benches) {
      const other = bench.run(injection);
      const found = differences(reference.cpu, bench.cpu);
      if (stop !== other) found.unshift(`${stop} but ${other}`);
      report(tally, `${what}, ${how}`, found);
    }
    tally.runs += benches.length;
  }
  tally.programs++;
  tally.accesses += chosen.length;
  tally.injections += injections.length;
}

/** So often that all that is hot is translated. */
function warmUp(tally: EachTally, bench: Bench): void {
  const { translator } = bench;
  if (translator) translator.regions.watcher = () => { tally.regions++; };
  for (let n = 0; n < 4; n++) bench.run();
}

function report(
  tally: EachTally, what: string, found: readonly string[],
): void {
  if (found.length === 0) return;
  tally.failures.push([what, ...found.slice(0, 12)].join('\n  '));
}

/** The figures of a tally. */
export function summary(tally: EachTally): string {
  const { courses } = tally;
  return `${tally.programs} programs, ${tally.accesses} accesses, `
    + `${tally.injections} times a page lost a right or a mark: `
    + `${courses.mended} faults were mended, ${courses.rescued} as double `
    + `faults, ${courses.shutdown} could not be, ${courses.marked} set a `
    + `mark again; ${tally.runs} translated runs, ${tally.regions} regions; `
    + `${tally.failures.length} different`;
}
