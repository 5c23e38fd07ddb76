import { CR2, EFLAGS, EIP } from '../state.ts';
import {
  caller, dispatcher, enterSlot, SIGNATURES, TYPES,
} from '../../machine/tiers/dispatcher.ts';
import { DECODED, decoder } from '../../machine/tiers/decoder.ts';
import { DID, HandlerWriter } from '../../machine/tiers/handler.ts';
import {
  AT, HOLE_AT, holeAt, MOST_SHAPES, REASON, RECORD,
} from '../../machine/tiers/layout.ts';
import { match } from '../../machine/tiers/pairs.ts';
import { strip } from '../../machine/tiers/strip.ts';
import type { Phys } from '../../machine/phys.ts';
import { Body } from '../../machine/wasm/body.ts';
import {
  encodeModule, type Func, type Import,
} from '../../machine/wasm/module.ts';
import type { Cpu } from '../cpu.ts';
import { decode } from '../decode.ts';
import { DF, RF } from '../flags.ts';
import { SYS_READ, SYS_WRITE } from '../tlb.ts';
import type { Event } from '../trap.ts';
import { FAULT } from '../vectors.ts';
import { type Context, Contexts } from './contexts.ts';
import { Crossings, guard } from './crossing.ts';
import { Gates } from './gates.ts';
import {
  entering, interrupts, leaving, named, page, returns, SOFT, tables,
  turn, where,
} from './passages.ts';
import { raise } from './raise.ts';
import { Regions } from './regions.ts';
import { Pairs } from './pairs.ts';
import { Arena, type PageView } from './records.ts';
import { forgetting, forgettingPage } from './forget.ts';
import { finder, NUMBERS, refiller } from './refill.ts';
import { HOLE, type Leaf, type Shape } from './shapes.ts';
import type { Stock } from './stock.ts';
import { Tree } from './tree.ts';
import { Turns } from './turns.ts';
import { Views } from './views.ts';
import { walker } from './walk.ts';

/** How often a record is jumped to before its region is translated,
 * below 65,536, and how many instructions run before we look up; and
 * after how many misses regions see to an instruction's misses. */
export const TUNING = {
  portion: 500_000, ahead: 64, patience: 50, warm: 20,
  often: 128, couples: 24,
  regions: true, threshold: 3_000, wait: 150_000, most: 300,
  restless: 20, reads: 4_000, misses: 16,
};

/** What handlers import. */
export const MISS: Import = { name: 'miss', type: TYPES.refill };

/** Places in the table: of the guard, and of short ways. */
const GUARD = 2;
const PASSAGE = { enter: 3, leave: 4, tables: 5, page: 6 } as const;

interface Exports {
  run(budget: number): number;
  decode(
    root: number, map: number, at: number, end: number, pc: number,
  ): number;
  entering(
    vector: number, code: number, how: number, next: number,
    context: number,
  ): number;
  leaving(context: number): number;
}

/** Runs decoded and translated instructions in a processor's stead. */
export class Translator {
  readonly arena: Arena;
  readonly tree: Tree;
  readonly views: Views;
  readonly contexts: Contexts;
  readonly table: WebAssembly.Table;
  readonly regions: Regions;
  private readonly gates: Gates;
  private readonly turns: Turns;
  private readonly crossings = new Crossings(this, GUARD);
  private readonly pairs = new Pairs(this);
  private readonly memory: WebAssembly.Memory;
  readonly exports: Exports;
  private readonly imports: Record<string, unknown>;
  private slots = 1;
  /** How often a handler was missed since some were made. */
  private impatience = 0;
  /** Views of pages by frame; and the one for page and context. */
  private readonly byFrame = new Map<number, PageView[]>();
  private readonly byPage = new Map<number, PageView>();
  readonly byMap = new Map<number, PageView>();
  private context: Context | undefined;
  readonly counts = { foreign: 0, decoded: 0, handlers: 0, modules: 0,
    pages: 0, misses: 0, dropped: 0, clears: 0, pairs: 0 };

  constructor(
    private readonly cpu: Cpu, private readonly phys: Phys,
    private readonly stock?: Stock,
  ) {
    const { memory } = phys;
    if (!memory) throw new Error('this RAM is out of reach');
    this.memory = memory;
    this.arena = new Arena(memory);
    this.arena.set(AT.warm, TUNING.warm);
    this.arena.set(AT.raised, -1);
    this.tree = new Tree(this.arena);
    this.turns = new Turns(this.arena);
    this.views = new Views(memory, phys, cpu.memory.mmu.tlb.size);
    this.contexts = new Contexts(cpu.state, stock);
    this.gates = new Gates(cpu);
    cpu.usual = this.usual;
    cpu.memory.mmu.tlb.followers.push(this.views);
    cpu.memory.mmu.tlb.beside?.followers.push({
      forget: (at) => this.arena.clearPage(at),
      forgetAll: () => this.arena.clearPages(),
    });
    phys.onWrite.push((pa, bytes) => this.written(pa, bytes));
    this.table = new WebAssembly.Table({ element: 'anyfunc',
      initial: 1 << 9 });
    this.imports = { memory, table: this.table,
      slow: (va: number, bytes: number, how: number) =>
        this.miss(va, bytes, how),
      forget: (keep: number) => this.forget(keep !== 0),
      forgetPage: (la: number) => this.forgetPage(la >>> 0) };
    this.exports = this.start();
    if (stock) this.recall(stock);
    this.regions = new Regions(this);
  }

  /** The first module: the dispatcher, and what stands in for
   * handlers and regions that are not there. */
  private start(): Exports {
    const { tlb } = this.cpu.memory.mmu;
    const data = { at: AT.buffer, size: tlb.size };
    const fetches = { at: AT.fetches, size: tlb.beside?.size ?? 1 };
    const nothing = new Body(1);
    nothing.i32(DID.NOTHING);
    const stub = new Body(2);
    stub.getLocal(0);
    const first = this.instantiate([
      { type: TYPES.walk, body: walker(this.phys), label: 'walk' },
      { type: TYPES.refill, body: refiller(data, this.phys),
        name: 'miss', label: 'refill' },
      { type: TYPES.find, body: finder(fetches), label: 'find' },
      { type: TYPES.miss, body: where(), label: 'where' },
      { type: TYPES.find, body: named(), label: 'named' },
      { type: TYPES.decoder, body: turn(), label: 'turn' },
      { type: TYPES.decoder, body: entering(), name: 'entering',
        label: 'entering' },
      { type: TYPES.find, body: leaving(), name: 'leaving',
        label: 'leaving' },
      { type: TYPES.handler,
        body: match(TUNING.often, TUNING.couples), label: 'match' },
      { type: TYPES.find, body: raise(), label: 'raise' },
      { type: TYPES.find, body: forgetting([data, fetches]),
        label: 'flush' },
      { type: TYPES.find, body: forgettingPage([data, fetches]),
        label: 'flush a page' },
      { type: TYPES.handler, body: nothing, slot: 0 },
      { type: TYPES.region, body: stub, slot: 1 },
      { type: TYPES.handler, body: guard(), slot: GUARD },
      { type: TYPES.handler, body: interrupts(), slot: PASSAGE.enter },
      { type: TYPES.handler, body: returns(), slot: PASSAGE.leave },
      { type: TYPES.handler, body: tables(), slot: PASSAGE.tables },
      { type: TYPES.handler, body: page(), slot: PASSAGE.page },
      { type: TYPES.handler,
        body: dispatcher({ pc: EIP, brief: { field: EFLAGS, bit: RF },
          match: NUMBERS.match, find: NUMBERS.find,
          help: NUMBERS.raise }),
        name: 'run', label: 'dispatcher' },
      { type: TYPES.decoder, body: decoder(TUNING.ahead),
        name: 'decode', label: 'decoder' },
      { type: TYPES.caller, body: caller(EIP), name: 'caller',
        label: 'caller' },
      { type: TYPES.enter, body: enterSlot(), name: 'enter',
        label: 'enter' },
      { type: TYPES.strip, body: strip({ field: EFLAGS, bit: DF }),
        name: 'strip', label: 'strip' },
    ], [{ name: 'slow', type: TYPES.miss },
      { name: 'forget', type: TYPES.find },
      { name: 'forgetPage', type: TYPES.find }], true);
    this.slots = PASSAGE.page + 1;
    this.imports['miss'] = first['miss'];
    this.imports['caller'] = first['caller'];
    this.imports['enter'] = first['enter'];
    this.imports['strip'] = first['strip'];
    return first as unknown as Exports;
  }

  /** Begins with what was learned before. */
  private recall({ module, handlers }: Stock): void {
    this.slots += handlers;
    this.table.grow(Math.max(0, this.slots - this.table.length));
    this.instance(module);
    this.recallTree();
  }

  private recallTree(): void {
    const { stock, contexts, arena, tree } = this;
    if (!stock) return;
    arena.begin(stock.tree);
    tree.recall(contexts.shapesOf(stock.way).root, stock.root);
  }

  /** Runs up to `budget` instructions; none, if it had to find out
   * what the next one is. */
  run(budget: number): void {
    const { cpu, arena } = this;
    const before = this.contexts.now(arena.get(AT.context));
    if (!before) return this.clear();
    if (before.id !== arena.get(AT.context)) this.enter(before);
    arena.set(AT.fault, -1);
    this.turns.drop();
    let allowed = Math.min(budget, TUNING.portion);
    allowed = this.regions.allow(allowed);
    arena.set(AT.odd, cpu.memory.mmu.a20 ? 0 : 1);
    arena.set(AT.watched, cpu.watcher ? 1 : 0);
    const reason = this.exports.run(allowed);
    const now = arena.get(AT.context);
    const context = this.contexts.numbered(now) ?? before;
    this.context = context;
    const done = allowed - arena.get(AT.left);
    cpu.retired += done;
    this.noteRaised();
    this.regions.spent(done);
    if (reason === REASON.WARM) this.pairs.make(TUNING.couples);
    switch (reason) {
      case REASON.FOREIGN: return this.foreign();
      case REASON.DECODE: return this.decode(context);
      case REASON.PAGE: return this.findPage(context);
      case REASON.WARM: return this.regions.warm(arena.get(AT.record));
      case REASON.HOT:
        return this.regions.hot(context, arena.get(AT.record));
      default:
    }
  }

  /** Whoever asks is told the last fault that was raised without us. */
  private noteRaised(): void {
    const { arena } = this;
    const code = arena.get(AT.raised);
    if (code === -1) return;
    const address = arena.get(AT.raisedAt) >>> 0;
    this.cpu.lastTrap = { vector: FAULT.PF, code, address };
    arena.set(AT.raised, -1);
  }

  private enter(context: Context): void {
    const [id, base, limit, view] = this.seen(context);
    this.arena.set(AT.context, id);
    this.arena.set(AT.base, base);
    this.arena.set(AT.limit, limit);
    this.arena.set(AT.view, view);
  }

  /** What generated code sees of a context. */
  private seen({ id, base, limit, user }: Context) {
    const view = user ? AT.user : AT.system;
    return [id, base | 0, limit | 0, view] as const;
  }

  // Instructions for the reference.

  private foreign(): void {
    const { cpu } = this;
    const record = this.arena.get(AT.record);
    const shape = this.shapeAt(record);
    const { context } = this;
    const crosses = !shape && context !== undefined
      && this.crossings.make(record, context);
    if (crosses) return;
    if (this.raises()) return;
    if (shape && this.isBehind(record, shape)) return;
    if (shape?.gate) return this.passes(shape, shape.gate);
    this.counts.foreign++;
    if (shape && shape.handler === 0 && !shape.foreign
      && ++this.impatience >= TUNING.patience) this.makeHandlers();
    cpu.step();
  }

  /** The record was made before its handler, and has it now. */
  private isBehind(record: number, shape: Shape): boolean {
    const at = record + RECORD.HANDLER;
    if (shape.handler === 0 || this.arena.get(at) !== 0) return false;
    this.arena.set(at, shape.handler);
    if (this.arena.get(record + RECORD.PAIR) === 0) {
      this.arena.set(record + RECORD.PAIR, shape.handler);
    }
    return true;
  }

  /** A passage that its handler did not make, or that has no handler
   * yet. Whoever watches the processor sees it execute them. */
  private passes(shape: Shape, gate: keyof typeof PASSAGE): void {
    const { cpu, turns } = this;
    this.counts.foreign++;
    shape.handler = PASSAGE[gate];
    const free = cpu.events === 0 && !cpu.watcher;
    const done = free && (gate === 'enter' ? this.asks()
      : gate === 'leave' && this.returns());
    const context = done && turns.wanted
      ? this.contexts.now() : undefined;
    if (context) turns.learn(this.seen(context));
    turns.drop();
    if (done) cpu.retired++;
    else cpu.step();
  }

  /** INT n. */
  private asks(): boolean {
    const { arena } = this;
    const at = arena.get(AT.record);
    const vector = arena.get(at + holeAt(HOLE.IMMEDIATE)) & 0xff;
    const next = arena.get(at + RECORD.PC)
      + arena.byte(at + RECORD.LENGTH);
    return this.goesIn(vector, -1, SOFT, next >>> 0);
  }

  private returns(): boolean {
    return this.exports.leaving(0) !== 0 || this.gates.leave();
  }

  private goesIn(
    vector: number, code: number, how: number, next: number,
  ): boolean {
    const { entering } = this.exports;
    if (entering(vector, code, how, next, 0) !== 0) return true;
    return this.gates.enter(
      vector, code, (how & SOFT) !== 0, how & RF, next);
  }

  /** An exception, or what comes from outside, if it is as usual. */
  private readonly usual = (event: Event): boolean => {
    const { vector, code = -1, cause, next } = event;
    const { arena, cpu } = this;
    arena.set(AT.odd, cpu.memory.mmu.a20 ? 0 : 1);
    const resume = cause === 'fault' ? RF : 0;
    const soft = cause === 'soft' ? SOFT : 0;
    return this.goesIn(vector, code, soft | resume, next);
  };

  /** The shape of a record; none: it was left to the reference. */
  shapeAt(record: number): Shape | undefined {
    return this.contexts.all[this.arena.half(record + RECORD.SHAPE) - 1];
  }

  private makeHandlers(): void {
    const functions = this.handlers();
    this.counts.handlers += functions.length;
    this.instantiate(functions, [MISS]);
    this.impatience = 0;
  }

  /** The handlers that shapes lack, each with its place. */
  handlers(): Func[] {
    const { tree } = this;
    const functions = [...tree.lacking()].map((shape) => {
      const body = new HandlerWriter(EIP);
      body.write(shape.template);
      shape.handler = this.newSlot();
      return { type: TYPES.handler, body, slot: shape.handler };
    });
    tree.settle();
    return functions;
  }

  // Memory.

  /** Called by handlers: 1 if an access may be tried again. */
  private miss(va: number, bytes: number, how: number): number {
    this.counts.misses++;
    if ((va & 0xfff) + bytes > 0x1000) return 0;
    const write = (how & 1) !== 0;
    const program = this.arena.get(AT.view) === AT.user;
    const user = (how & 2) === 0 && program;
    const { mmu } = this.cpu.memory;
    const right = (write ? SYS_WRITE : SYS_READ) << (user ? 2 : 0);
    const pa = mmu.attempt(va >>> 0, right, this.isPlain,
      write ? this.isPlain : this.isDirect);
    if (pa < 0) {
      this.arena.set(AT.fault, mmu.faultOf(va >>> 0, right));
      this.arena.set(AT.faultAt, va);
      return 0;
    }
    this.views.show(va, pa - (va & 0xfff), mmu.tlb.rightsFor(va >>> 0));
    return this.views.lets(va, write, user) ? 1 : 0;
  }

  /** Called where WebAssembly leaves it to us. */
  private forget(keep: boolean): number {
    this.cpu.memory.mmu.tlb.flush(keep);
    return DID.NEXT;
  }

  private forgetPage(la: number): number {
    this.cpu.memory.mmu.tlb.flushPage(la);
    return DID.NEXT;
  }

  /** Raises the page fault that stopped a handler, as the reference
   * would have. */
  private raises(): boolean {
    const { cpu, arena, turns } = this;
    const code = arena.get(AT.fault);
    if (code < 0 || cpu.events !== 0) return false;
    const at = arena.get(AT.faultAt) >>> 0;
    cpu.state.set(CR2, at);
    cpu.deliver(cpu.evaluator.raise(FAULT.PF, code, at));
    const context = turns.wanted ? this.contexts.now() : undefined;
    if (context) turns.learn(this.seen(context));
    turns.drop();
    return true;
  }

  /** Whether generated code may write there: no code is there, say;
   * and whether it may read. */
  private readonly isPlain = (pa: number): boolean =>
    this.phys.direct(pa) === 3;
  private readonly isDirect = (pa: number): boolean =>
    this.phys.direct(pa) !== 0;

  private findPage(context: Context): void {
    const { cpu, arena } = this;
    const eip = cpu.get(EIP);
    const lin = this.here(context);
    if (eip > context.limit) return cpu.step();
    const right = SYS_READ << (context.user ? 2 : 0);
    const pa = cpu.memory.mmu.translate(lin, right, true);
    if (pa < 0) return cpu.step();
    this.counts.pages++;
    const view = this.viewOf(Math.floor(pa / 0x1000), lin, context);
    if (!view) return this.clear();
    const page = (lin & 0xffff_f000) >>> 0;
    arena.setPage(lin >>> 12 & 0x3ff, page | context.id, view.map);
    arena.see(view);
  }

  private makeView(
    pfn: number, page: number, context: Context,
  ): PageView | undefined {
    const map = this.arena.takeMap();
    if (map === 0) return undefined;
    this.phys.watch(pfn);
    const bytes = this.arena.copyBehind(map);
    this.phys.readBytes(pfn * 0x1000, 0x1000, bytes);
    const view = { pfn, page, context: context.id, map, bytes,
      tail: 0 };
    const frame = this.byFrame.get(pfn) ?? [];
    frame.push(view);
    this.byFrame.set(pfn, frame);
    this.byMap.set(map, view);
    return view;
  }

  // Decoding.

  private decode(context: Context): void {
    const lin = this.here(context);
    const view = this.byMap.get(this.arena.mapAt(lin >>> 12 & 0x3ff));
    if (!view) throw new Error('a page without a view');
    if (!this.decodeFrom(view, lin & 0xfff, context)) this.clear();
  }

  /** Decodes what follows within the page; false: no more room. */
  private decodeFrom(
    view: PageView, from: number, context: Context,
  ): boolean {
    const { arena, tree } = this;
    const first = (view.page + from - context.base) >>> 0;
    const end = Math.min(0x1000, from + context.limit - first + 1);
    arena.set(AT.decoded, 0);
    for (let at = from;;) {
      at = this.follow(view, at, end, first + at - from, context);
      if (at === DECODED.NO_ROOM) return false;
      if (at === DECODED.ALL) break;
      if (!this.leafAt(view, at, end, context)) {
        return this.plain(view, at, first + at - from);
      }
      if (!tree.show(context.shapes.root, view.bytes, at)) return false;
    }
    this.regions.decoded(arena.get(AT.decoded), view.context);
    return true;
  }

  private follow(
    { map }: PageView, at: number, end: number, pc: number,
    { shapes }: Context,
  ): number {
    const { arena } = this;
    const root = this.tree.placeOf(shapes.root);
    if (root === 0) return DECODED.NO_ROOM;
    const free = arena.get(AT.free);
    const stopped = this.exports.decode(root, map, at, end, pc);
    this.counts.decoded += (arena.get(AT.free) - free) / RECORD.BYTES;
    return stopped;
  }

  /** A record that leaves its instruction to the reference. */
  private plain(view: PageView, at: number, pc: number): boolean {
    const { arena } = this;
    const record = arena.takeRecord();
    if (record === 0) return false;
    arena.set(record + RECORD.PC, pc);
    arena.set(view.map + 4 * at, record);
    const last = arena.get(AT.decoded);
    if (last !== 0) arena.set(last + RECORD.NEXT, record);
    return true;
  }

  /** How these bytes, all in one piece, fill a shape. */
  leafOf(bytes: Uint8Array, { shapes, code }: Context): Leaf {
    return shapes.find(bytes, 0) ?? shapes.learn(
      decode((n) => bytes[n] ?? 0, code), bytes, 0);
  }

  /** A record of the instruction that a sheet begins with; 0: there is
   * no more room. */
  decodeOne(
    map: number, bytes: Uint8Array, pc: number, { id, shapes }: Context,
    { length }: Leaf,
  ): number {
    const { arena, tree } = this;
    if (!tree.show(shapes.root, bytes, 0)) return 0;
    const root = tree.placeOf(shapes.root);
    arena.set(AT.decoded, 0);
    this.exports.decode(root, map, 0, length, pc);
    const record = arena.get(map);
    if (record !== 0) this.regions.decoded(record, id);
    return record;
  }

  /** Nothing: it does not end before `end`. */
  private leafAt(
    { bytes }: PageView, at: number, end: number,
    { shapes, code }: Context,
  ): Leaf | undefined {
    let leaf = shapes.find(bytes, at);
    if (!leaf) {
      try {
        const insn = decode((n) => {
          if (at + n >= 0x1000) throw crossing;
          return bytes[at + n] ?? 0;
        }, code);
        leaf = shapes.learn(insn, bytes, at);
      } catch (thrown) {
        if (thrown !== crossing) throw thrown;
        return undefined;
      }
    }
    const fits = at + leaf.length <= end && leaf.shape.id < MOST_SHAPES;
    return fits ? leaf : undefined;
  }

  private written(pa: number, bytes: number): void {
    if (bytes > 0x1000) return this.clear();
    const pfn = Math.floor(pa / 0x1000);
    const views = this.byFrame.get(pfn);
    if (!views) return;
    const from = Math.max(0, (pa & 0xfff) - 14);
    const to = (pa & 0xfff) + bytes;
    const hit = views.some(({ map, tail }) => {
      if ((pa & 0xfff) < tail) return true;
      for (let at = from; at < to; at++) {
        if (this.arena.get(map + 4 * at) !== 0) return true;
      }
      return false;
    });
    if (hit) this.drop(pfn, views);
    else for (const view of views) {
      view.bytes.set(this.phys.readBytes(pa, bytes), pa & 0xfff);
    }
  }

  /** Forgets the code of a frame. */
  private drop(pfn: number, views: readonly PageView[]): void {
    this.counts.dropped++;
    this.drops.set(pfn, this.dropsOf(pfn) + 1);
    for (const view of views) {
      this.arena.unsee(view);
      this.byPage.delete(keyOf(view.page, view.context));
      this.byMap.delete(view.map);
      const slot = view.page >>> 12 & 0x3ff;
      const seen = this.arena.mapAt(slot) === view.map;
      if (seen) this.arena.clearPage(slot);
      for (let n = 0; n < 0x1000; n++) {
        const record = this.arena.get(view.map + 4 * n);
        if (record !== 0) this.regions.drop(record);
      }
      this.arena.clearMap(view.map);
    }
    this.byFrame.delete(pfn);
  }

  /** How often code in a frame was forgotten. */
  private readonly drops = new Map<number, number>();

  dropsOf(pfn: number): number { return this.drops.get(pfn) ?? 0; }

  /** Makes a module of functions, and gives them their places. */
  instantiate(
    functions: readonly Func[], imports: readonly Import[],
    table = false,
  ): Record<string, unknown> {
    this.counts.modules++;
    const placed = table ? []
      : functions.filter(({ slot }) => slot !== undefined);
    const named = functions.map((f) => (placed.includes(f)
      ? { ...f, name: String(f.slot) } : f));
    const exports = this.instance(encodeModule({
      types: SIGNATURES, imports, table, functions: named,
    }));
    for (const { slot = 0, also = [] } of placed) {
      const made = exports[String(slot)];
      for (const place of [slot, ...also]) this.table.set(place, made);
    }
    return exports;
  }

  private instance(module: Uint8Array): Record<string, unknown> {
    const made = new WebAssembly.Module(module as BufferSource);
    return new WebAssembly.Instance(made,
      { m: this.imports as WebAssembly.ModuleImports }).exports;
  }

  /** Slots that nobody can know any more. */
  readonly free: number[] = [];

  newSlot(): number {
    const free = this.free.pop();
    if (free !== undefined) return free;
    if (this.slots === this.table.length) this.table.grow(this.slots);
    return this.slots++;
  }

  /** Everything is forgotten; it will be found again. */
  private clear(): void {
    this.counts.clears++;
    this.pairs.make(1);
    this.arena.set(AT.source, 0);
    this.regions.clear();
    this.crossings.forget();
    this.byFrame.clear();
    this.byPage.clear();
    this.byMap.clear();
    this.tree.forget();
    this.arena.clear();
    this.recallTree();
    this.contexts.forget();
    this.turns.forget();
    this.context = undefined;
  }

  // Pages of code.

  private here(context: Context): number {
    return (context.base + this.cpu.get(EIP)) >>> 0;
  }

  private viewOf(
    pfn: number, lin: number, context: Context,
  ): PageView | undefined {
    const page = (lin & 0xffff_f000) >>> 0;
    const key = keyOf(page, context.id);
    const found = this.byPage.get(key);
    if (found?.pfn === pfn) return found;
    const frame = this.byFrame.get(pfn) ?? [];
    const old = frame.find((view) =>
      view.page === page && view.context === context.id);
    const view = old ?? this.makeView(pfn, page, context);
    if (view) this.byPage.set(key, view);
    return view;
  }
}

const crossing = new Error('an instruction goes on in the next page');

/** What fills the holes of a record. */
export function holesOf(arena: Arena, record: number): number[] {
  return HOLE_AT.map((at) => (at < RECORD.WIDE
    ? arena.byte(record + at) : arena.get(record + at)));
}

const keyOf = (page: number, context: number): number =>
  (page >>> 12) * 4096 + context;
