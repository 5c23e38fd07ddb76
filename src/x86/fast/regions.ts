import {
  type Callee, RegionWriter, type World,
} from '../../machine/tiers/region-writer.ts';
import { AT, RECORD } from '../../machine/tiers/layout.ts';
import { TYPES } from '../../machine/tiers/dispatcher.ts';
import { type Shape, shapeOf } from '../../machine/tiers/graph.ts';
import type {
  Block, Instr, Region,
} from '../../machine/tiers/region.ts';
import { Snippets } from '../../machine/tiers/snippets.ts';
import { constTarget } from '../../machine/tiers/target.ts';
import type { Func, Import } from '../../machine/wasm/module.ts';
import { CO, EIP, GPR, SR, ZR } from '../state.ts';
import type { Context } from './contexts.ts';
import type { Arena, PageView } from './records.ts';
import { lazies } from './shapes.ts';
import {
  holesOf, type Translator, TUNING,
} from './translator.ts';

/** How much a region may have; in how many bytes the beginning of its
 * function is looked for; and with how many callees a call compares. */
export const LIMITS =
  { instrs: 500, blocks: 100, reach: 2000, callees: 4 };

/** What regions import, by number. */
const IMPORTS: readonly Import[] = [
  { name: 'caller', type: TYPES.caller },
  { name: 'enter', type: TYPES.enter },
  { name: 'miss', type: TYPES.refill },
  { name: 'strip', type: TYPES.strip },
];

/** How many times as hot as others a place in some region has to be. */
const LATE = 4;

const cached = new Map([...GPR, ZR, SR, CO].map((f) => [f.id, f]));

/** What is read back from a record. */
interface Read extends Instr {
  readonly record: number;
  readonly targets: readonly number[];
  readonly falls: boolean;
  /** A block ends with it. */
  readonly ends: boolean;
  readonly view: PageView;
}

/** What is known of places and records. */
interface Known {
  /** What regions are made of, by record. */
  readonly reads: Map<number, Read>;
  /** Places that are called, by context. */
  readonly called: ReadonlyMap<number, ReadonlySet<number>>;
  /** Records where a region of now begins. */
  readonly begun: ReadonlySet<number>;
  /** Where records were seen to jump that may jump elsewhere. */
  readonly seen: ReadonlyMap<number, ReadonlySet<number>>;
}

interface Found {
  /** Where it begins. */
  readonly root: number;
  readonly heads: Set<number>;
  readonly all: Map<number, Read>;
}

/** Finds what belongs to a region. */
class Finder {
  private readonly arena: Arena;

  constructor(
    private readonly t: Translator, private readonly known: Known,
    private readonly context: Context,
  ) {
    this.arena = t.arena;
  }

  recordAt(pc: number): { record: number; view: PageView } | undefined {
    const lin = (pc + this.context.base) >>> 0;
    const map = this.arena.mapAt(lin >>> 12 & 0x3ff);
    const view = this.t.byMap.get(map);
    if (!view || view.context !== this.context.id) return undefined;
    if (view.page !== (lin & 0xffff_f000) >>> 0) return undefined;
    const record = this.arena.get(map + 4 * (lin & 0xfff));
    return record === 0 ? undefined : { record, view };
  }

  private read(pc: number): Read | undefined {
    const found = this.recordAt(pc);
    if (!found) return undefined;
    const { reads } = this.known;
    const known = reads.get(found.record);
    const misses = this.missesOften(found.record);
    if (known?.misses === misses) return known;
    const read = this.make(found.record, found.view);
    if (read && !read.calls) reads.set(found.record, read);
    return read;
  }

  /** Instructions that can be reached from `root` through places that
   * `enters` lets in, and where blocks begin. */
  private find(root: number, enters: (pc: number) => boolean): Found {
    const heads = new Set([root]);
    const all = new Map<number, Read>();
    const open = [root];
    const head = (pc: number): void => {
      if (heads.has(pc) || heads.size >= LIMITS.blocks) return;
      if (!enters(pc)) return;
      heads.add(pc);
      open.push(pc);
    };
    for (let pc = open.pop(); pc !== undefined; pc = open.pop()) {
      this.straight(pc, { heads, all }, head, enters);
    }
    return { root, heads, all };
  }

  /** Reads on from a place until a block ends. */
  private straight(
    pc: number, { heads, all }: Omit<Found, 'root'>,
    head: (pc: number) => void, enters: (pc: number) => boolean,
  ): void {
    for (let at = pc; !all.has(at) && all.size < LIMITS.instrs;) {
      const read = this.read(at);
      if (!read) return;
      all.set(at, read);
      for (const to of read.targets) head(to);
      const next = (at + read.length) >>> 0;
      if (read.ends) {
        if (read.falls) head(next);
        return;
      }
      if (!heads.has(next) && !enters(next)) return;
      at = next;
    }
  }

  /** A function is translated as a whole, also if it is some place
   * in it that is hot; what else gets hot, up to where other regions
   * begin. */
  private choose(place: number): Found {
    const start = this.startOf(place);
    if (start !== undefined && !this.isForeign(start)) {
      const whole = this.find(start, () => true);
      if (whole.all.has(place)) return whole;
    }
    return this.find(place, (pc) => !this.isBegun(pc));
  }

  private isForeign(pc: number): boolean {
    return this.read(pc)?.template.foreign ?? true;
  }

  /** Where the function begins that a place may be in; nothing, if
   * that has a region. */
  private startOf(place: number): number | undefined {
    const called = this.known.called.get(this.context.id);
    for (let pc = place; called && pc > place - LIMITS.reach; pc--) {
      if (!called.has(pc)) continue;
      return this.isBegun(pc) ? undefined : pc >>> 0;
    }
    return undefined;
  }

  private isBegun(pc: number): boolean {
    const found = this.recordAt(pc);
    return found !== undefined && (this.known.begun.has(found.record)
      || this.arena.get(found.record + RECORD.REGION) !== 0);
  }

  /** The blocks where a region is entered. */
  private entries(
    place: number, blocks: readonly Block[],
    at: ReadonlyMap<number, number>, { heads, order, allowed }: Shape,
  ): number[] {
    const apart = order.flatMap((n) =>
      (blocks[n]?.next ?? []).filter((to) => !allowed(n, to)));
    const warm = [...heads, ...apart]
      .filter((n) => this.isWarm(blocks[n]));
    return [...new Set([0, at.get(place) ?? 0, ...warm])];
  }

  private isWarm(block: Block | undefined): boolean {
    const pc = block?.instrs[0]?.pc ?? 0;
    const record = this.recordAt(pc)?.record ?? 0;
    const count = this.arena.half(record + RECORD.COUNT);
    const met = count >= TUNING.warm;
    return met && !this.isBegun(pc) && !this.isForeign(pc);
  }

  region(place: number): Region | undefined {
    const { root, heads, all } = this.choose(place);
    if (!all.has(place) || !all.has(root)) return undefined;
    const starts = [...new Set([root, place, ...heads])]
      .filter((pc) => all.has(pc));
    const at = new Map(starts.map((pc, n) => [pc, n]));
    for (const pc of starts) this.splitPages(pc, all, at);
    const blocks = [...at.keys()].map((pc) => this.block(pc, all, at));
    const plain = shapeOf(blocks.map(({ next }) => next));
    const entries = this.entries(place, blocks, at, plain);
    return { blocks, at, plain, entries };
  }

  private missesOften(record: number): boolean {
    return this.arena.missesOf(record) >= TUNING.misses;
  }

  private make(record: number, view: PageView): Read | undefined {
    const { arena, t } = this;
    const shape = t.shapeAt(record);
    if (!shape) return undefined;
    const { template, calls } = shape;
    const holes = holesOf(arena, record);
    const pc = arena.get(record + RECORD.PC) >>> 0;
    const length = arena.byte(record + RECORD.LENGTH);
    const falls = !template.foreign
      && template.steps.at(-1)?.kind === 'end';
    const targets = calls ? [(pc + length) >>> 0] : [];
    const jumps = calls || template.foreign ? [] : template.jumps;
    for (const { to } of jumps) {
      const known = constTarget(to, holes, pc);
      if (known !== undefined) targets.push(known >>> 0);
    }
    const ends = !falls || template.jumps.length > 0;
    const dynamic = !calls && !shape.returns && !template.foreign
      && template.jumps.length > targets.length;
    const went = dynamic ? [...this.known.seen.get(record) ?? []] : [];
    const called = calls && shape.wanders ? this.calleesOf(record) : [];
    return { template, holes, pc, length, calls, record, falls, view,
      ends, seen: [...went, ...called], noted: dynamic ? record : 0,
      misses: this.missesOften(record),
      strip: shape.strip,
      targets: [...targets, ...went] };
  }

  /** Places that were called from here, and that are known still. */
  private calleesOf(record: number): number[] {
    const all = new Set(this.known.seen.get(record));
    const last = this.arena.get(record + RECORD.TARGET);
    if (last !== 0) all.add(this.arena.get(last + RECORD.PC) >>> 0);
    return [...all].filter((pc) => this.recordAt(pc))
      .slice(0, LIMITS.callees);
  }

  /** A block ends with its page: the next page begins another. */
  private splitPages(
    start: number, all: Map<number, Read>, at: Map<number, number>,
  ): void {
    const first = all.get(start);
    for (let read = first; read;) {
      const next = (read.pc + read.length) >>> 0;
      if (read.ends) return;
      const following = all.get(next);
      if (at.has(next) || !following) return;
      if (following.view !== read.view) at.set(next, at.size);
      read = following;
    }
  }

  private block(
    start: number, all: Map<number, Read>, at: Map<number, number>,
  ): Block {
    const instrs: Read[] = [];
    let next = start;
    for (let read = all.get(start); read; read = all.get(next)) {
      instrs.push(read);
      next = (read.pc + read.length) >>> 0;
      if (read.ends || at.has(next)) break;
    }
    const last = instrs.at(-1);
    const [first] = instrs;
    if (!last || !first) throw new Error('an empty block');
    const targets = [...last.targets, ...last.falls ? [next] : []];
    const numbers = targets.map((pc) => at.get(pc))
      .filter((n) => n !== undefined);
    const { map, page } = first.view;
    return { instrs, page: { map, slot: page >>> 12 & 0x3ff },
      next: [...new Set(numbers)] };
  }
}

/** A region about to be translated. */
interface Job {
  /** Where it may be entered, by record; the first is where it
   * begins. */
  readonly records: readonly number[];
  readonly pc: number;
  readonly context: Context;
  readonly region: Region;
  readonly finder: Finder;
}

/** Functions of this module that can be called without the table. */
type Beside = ReadonlyMap<number, number>;

type Watcher = (pc: number, region: Region, bytes: number) => void;

/** The regions of a processor. */
export class Regions implements Known {
  readonly reads = new Map<number, Read>();
  readonly called = new Map<number, Set<number>>();
  /** Records in the midst of regions. */
  private readonly covered = new Set<number>();
  readonly begun = new Set<number>();
  readonly seen = new Map<number, Set<number>>();
  /** Slots in the table by the record where the region begins. */
  private readonly slots = new Map<number, number>();
  /** What a slot holds while there is no region. */
  private readonly stub: unknown;
  /** Records where a region is to begin, and for how many
   * instructions the first of them has waited. */
  private readonly wanted = new Map<number, Context>();
  private waited = 0;
  private readonly snippets = new Snippets();
  /** Is told of each region before it runs, and of how many bytes
   * its function takes. */
  watcher: Watcher | undefined;

  constructor(private readonly t: Translator) {
    this.stub = t.table.get(1);
    t.arena.set(AT.threshold, TUNING.threshold);
  }

  clear(): void {
    for (const slot of this.slots.values()) {
      this.t.table.set(slot, this.stub);
      this.t.free.push(slot);
    }
    for (const all of [this.slots, this.reads, this.called,
      this.covered, this.seen, this.wanted]) all.clear();
    this.waited = 0;
  }

  hot(context: Context, record: number): void {
    this.warm(record);
    if (!TUNING.regions || this.isSettled(record)) return;
    if (this.isRestless(context, record)) return;
    if (this.isPutOff(record)) return;
    this.wanted.set(record, context);
    if (this.wanted.size === TUNING.most) this.compile();
  }

  private isSettled(record: number): boolean {
    const { foreign = true } = this.t.shapeAt(record) ?? {};
    return foreign || this.t.arena.get(record + RECORD.REGION) !== 0;
  }

  /** A place in the midst of some region has to be hotter than others:
   * what is there is translated already. */
  private isPutOff(record: number): boolean {
    if (!this.covered.delete(record)) return false;
    const count = (2 - LATE) * TUNING.threshold;
    this.t.arena.setHalf(record + RECORD.COUNT, count);
    return true;
  }

  /** Code that is written over and over is not worth a region. */
  private isRestless(context: Context, record: number): boolean {
    const pc = this.t.arena.get(record + RECORD.PC);
    const found = new Finder(this.t, this, context).recordAt(pc);
    return found !== undefined
      && this.t.dropsOf(found.view.pfn) > TUNING.restless;
  }

  /** How many of the allowed instructions may run until we look up. */
  allow(allowed: number): number {
    return this.wanted.size > 0
      ? Math.min(allowed, TUNING.wait) : allowed;
  }

  /** Instructions ran. To wait costs time, to translate costs time:
   * when the one has cost as much as the other, it is time. */
  spent(done: number): void {
    if (this.wanted.size === 0) return;
    this.waited += done;
    if (this.waited >= TUNING.wait) this.compile();
  }

  /** Translates what is wanted, in one module: one by one would cost
   * many times as much. */
  private compile(): void {
    const jobs = this.jobs();
    this.wanted.clear();
    this.waited = 0;
    if (jobs.length > 0) this.translate(jobs);
    if (this.reads.size > TUNING.reads) this.reads.clear();
  }

  /** What is to be translated. */
  private jobs(): Job[] {
    const { begun, wanted } = this;
    const jobs: Job[] = [];
    begun.clear();
    for (const [record, context] of wanted) {
      if (begun.has(record) || this.isPutOff(record)) continue;
      const job = this.jobFor(record, context);
      if (!job) continue;
      jobs.push(job);
      for (const one of job.records) begun.add(one);
    }
    return jobs;
  }

  private jobFor(record: number, context: Context): Job | undefined {
    const finder = new Finder(this.t, this, context);
    const place = this.t.arena.get(record + RECORD.PC) >>> 0;
    const region = finder.region(place);
    if (!region) return undefined;
    const begins = [...region.at.keys()].map((pc) =>
      finder.recordAt(pc)?.record ?? 0);
    for (const one of begins) this.covered.add(one);
    const records = region.entries.map((n) => begins[n] ?? 0);
    for (const one of records) this.covered.delete(one);
    const [pc = place] = region.at.keys();
    return { records, pc, context, region, finder };
  }

  /** The jump to this record may have been one that goes elsewhere,
   * too: then it is noted. */
  warm(record: number): void {
    const { arena } = this.t;
    const source = arena.get(AT.source);
    arena.set(AT.source, 0);
    const shape = this.t.shapeAt(source);
    if (!shape?.wanders || shape.returns) return;
    const seen = this.seen.get(source) ?? new Set();
    const pc = arena.get(record + RECORD.PC) >>> 0;
    this.seen.set(source, seen.add(pc));
    this.reads.delete(source);
  }

  private translate(jobs: readonly Job[]): void {
    const { arena } = this.t;
    const beside = new Map(jobs.flatMap(({ records }, n) =>
      records.map((record) => [record, n + IMPORTS.length] as const)));
    const writers = jobs.map((job) => this.writerFor(job, beside));
    const functions = writers.map((body, n): Func => {
      const { records = [], pc = 0 } = jobs[n] ?? {};
      const label = `at ${pc.toString(16)}`;
      const [slot = 0, ...also] =
        records.map((record) => this.slotFor(record));
      return { type: TYPES.region, body, label, slot, also };
    });
    this.t.instantiate(functions, IMPORTS);
    jobs.forEach(({ records, pc, region }, n) => {
      this.watcher?.(pc, region, writers[n]?.bytes.length ?? 0);
      for (const record of records) {
        arena.set(record + RECORD.NEED, writers[n]?.need ?? 0);
        arena.set(record + RECORD.REGION, this.slotFor(record));
      }
    });
  }

  /** A record is no longer what it was. */
  drop(record: number): void {
    this.covered.delete(record);
    const slot = this.slots.get(record);
    if (slot !== undefined) this.t.table.set(slot, this.stub);
    this.wanted.delete(record);
  }

  /** A record was made: if it calls a place, that is a function. */
  decoded(record: number, context: number): void {
    const { arena } = this.t;
    const shape = this.t.shapeAt(record);
    const to = shape?.calls ? shape.template.jumps[0]?.to : undefined;
    const target = to && constTarget(to, holesOf(arena, record),
      arena.get(record + RECORD.PC));
    if (target === undefined) return;
    const called = this.called.get(context) ?? new Set();
    this.called.set(context, called.add(target >>> 0));
  }

  private writerFor(
    { context, region, finder }: Job, beside: Beside,
  ): RegionWriter {
    const callee = (pc: number): Callee | undefined => {
      const target = finder.recordAt(pc);
      if (!target) return undefined;
      const near = beside.get(target.record);
      return near === undefined
        ? { slot: this.slotFor(target.record) } : { function: near };
    };
    const view = context.user ? AT.user : AT.system;
    const { snippets } = this;
    const world: World = { pc: EIP, cached, lazies, snippets, view,
      callee };
    const writer = new RegionWriter(region, world);
    writer.write();
    return writer;
  }

  /** The slot for the region at a record, made if need be. */
  private slotFor(record: number): number {
    const found = this.slots.get(record);
    if (found !== undefined) return found;
    const slot = this.t.newSlot();
    this.t.table.set(slot, this.stub);
    this.slots.set(record, slot);
    return slot;
  }
}
