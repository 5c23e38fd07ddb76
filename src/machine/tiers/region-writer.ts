import type { Access } from '../builder.ts';
import type { Field } from '../fields.ts';
import type { Kind, Lazies } from '../record/lazy.ts';
import { LEAVES } from '../record/lazy.ts';
import type { Node, Setting } from '../record/node.ts';
import type { Template } from '../record/template.ts';
import { Writer } from '../record/writer.ts';
import { OP } from '../wasm/encode.ts';
import { type House, houseOf, type Way } from './doors.ts';
import type { Shape } from './graph.ts';
import { AT, PAGE_ENTRY } from './layout.ts';
import type { Block, CodePage, Instr, Region } from './region.ts';
import {
  cut, type Gap, type Mark, type Snippet, type Snippets,
} from './snippets.ts';
import { COPIES, type Strip } from './strip.ts';
import { constTarget } from './target.ts';

/** What regions of an architecture have in common. */
export interface World {
  readonly pc: Field<'i32'>;
  /** Fields that live in local variables, by slot. */
  readonly cached: ReadonlyMap<number, Field<'i32'>>;
  readonly lazies: Lazies;
  readonly snippets: Snippets;
  /** Where the program's translations begin. */
  readonly view: number;
  /** How to call the region at an address; undefined: nothing is
   * known of that place. */
  callee(pc: number): Callee | undefined;
}

/** A function of the same module, or a slot of the table. */
export interface Callee {
  readonly function?: number;
  readonly slot?: number;
}

/** Import numbers of the functions that call by program counter, and
 * by slot; of what fills the TLB; and of what moves many elements. */
export const CALLER = 0;
export const ENTER = 1;
export const REFILL = 2;
export const STRIP = 3;

const BUDGET = 0;
const DEPTH_LEFT = 1;
const ADD = 0x6a, SUB = 0x6b, EQZ = 0x45, EQ = 0x46, NE = 0x47;
const LTU = 0x49, OR = 0x72, SHL = 0x74;

/** Temporary values that have a variable in every region. */
const TEMPS = 8;

type Known = Kind | undefined;

/** Lazy fields are of one kind or another, or real: a variable says
 * which. */
const MIXED: Kind = { id: -1, trees: [], leaves: 0 };

/** A block of no instructions. */
const PORCH: Block = {
  instrs: [], page: { slot: 0, map: 0 }, next: [],
};

/** A way from block to block; 'any': nothing is changed on it. */
interface Lead {
  readonly from: number;
  readonly to: number;
  readonly kind: Known | 'any';
}

/** Writes a region as one function. */
export class RegionWriter extends Writer {
  private readonly house: House;
  private readonly shape: Shape;
  private readonly fields = new Map<number, number>();
  private readonly used = new Set<number>();
  private readonly dirty = new Set<number>();
  private readonly leaves: number[] = [];
  private readonly at: number;
  /** The door on the way to which we are, or 0. */
  private readonly door: number;
  /** The budget before a call. */
  private readonly before: number;
  /** How many elements were moved at once. */
  private readonly done: number;
  /** Of which kind what is mixed is: its number and 1, or 0. */
  private readonly which: number;
  private readonly mixed = new Set<Kind>();
  private readonly frames = new Map<string, number>();
  private readonly exits = new Map<Known, number>();
  private readonly entering: (Known | 'any')[];
  /** Instructions that are certain to retire after a check. */
  private readonly cost: number[] = [];
  /** Where gaps are in what is being written, and how deep that is
   * nested; undefined: nobody will copy it. */
  private marks: Mark[] | undefined;
  private base = 0;
  private settled = 0;
  private block = 0;
  private nth = 0;
  private kind: Known;
  private tail = 0;

  constructor(
    private readonly region: Region, private readonly world: World,
  ) {
    super(2);
    this.at = this.local('i32');
    this.door = this.local('i32');
    this.before = this.local('i32');
    this.done = this.local('i32');
    this.which = this.local('i32');
    for (let n = 0; n < LEAVES; n++) {
      this.leaves.push(this.local('i32'));
    }
    this.settle();
    this.house = houseOf(
      region.blocks.map(({ next }) => next), region.entries,
      region.plain);
    this.shape = this.house.shape;
    this.entering = region.blocks.map(() => 'any');
    this.findFields();
    this.findKinds();
    this.findCosts();
  }

  // Blocks and loops.

  private tree(n: number): void {
    const { children, merges, heads, place } = this.shape;
    const head = heads.has(n);
    if (head) {
      this.open(OP.loop);
      this.frames.set(`back ${n}`, this.depth);
    }
    const inside = [...children[n] ?? []]
      .filter((child) => merges.has(child))
      .sort((a, b) => (place[b] ?? 0) - (place[a] ?? 0));
    this.within(n, inside);
    if (head) this.close();
  }

  private within(n: number, merges: readonly number[]): void {
    const [first, ...rest] = merges;
    if (first === undefined) return this.writeBlock(n);
    this.open(OP.block);
    this.frames.set(`to ${first}`, this.depth);
    this.within(n, rest);
    this.close();
    this.tree(first);
  }

  private writeBlock(n: number): void {
    const { block, nth, kind } = this;
    Object.assign(this, { block: n, nth: 0, kind: this.entering[n] });
    this.writeWays(n);
    if (this.shape.heads.has(n)) this.check(n);
    const { instrs } = this.blockAt(n);
    this.spend(instrs.length);
    for (const instr of instrs) {
      if (instr.template.foreign) this.exit(instr.pc, this.nth);
      else this.instruction(instr);
      this.nth++;
    }
    const last = instrs.at(-1);
    const ends = last?.template.steps.at(-1)?.kind === 'end';
    if (last && ends && !last.template.foreign) {
      this.go(last.pc + last.length);
    }
    Object.assign(this, { block, nth, kind });
  }

  /** Goes on at an address, in this region or outside. */
  private go(pc: number): void {
    const to = this.target(pc);
    if (to === undefined) return this.leave(pc);
    const [here, there] = [this.blockAt(this.block), this.blockAt(to)];
    if (here.page.map !== there.page.map) {
      this.askPage(there.page);
      this.open(OP.if);
      this.leave(pc);
      this.close();
    }
    if (this.entering[to] === MIXED) this.mix(this.kind);
    else if (this.kind && this.kind !== this.entering[to]) {
      this.materialize(this.kind);
    }
    this.goTo(to);
  }

  private goTo(to: number): void {
    const back = (this.shape.place[to] ?? 0)
      <= (this.shape.place[this.block] ?? 0);
    const frame = this.frames.get(`${back ? 'back' : 'to'} ${to}`);
    if (back || this.shape.merges.has(to)) this.br(frame ?? 0);
    else this.tree(to);
  }

  private target(pc: number | undefined): number | undefined {
    if (pc === undefined) return undefined;
    const to = this.region.at.get(pc >>> 0);
    const { next } = this.blockAt(this.block);
    const may = to !== undefined && next.includes(to)
      && this.shape.allowed(this.block, to);
    return may ? to : undefined;
  }

  protected get(node: Node): void {
    const id = this.slotOf(node);
    if (!node.field) return this.register(OP.local_get, node.hole);
    const local = this.fields.get(id);
    if (local !== undefined) this.getLocal(local);
    else this.loadField(node.ty, id);
  }

  /** Reads or sets the register that a hole names. */
  private register(op: number, hole: number): void {
    const slot = (this.instr()?.holes[hole] ?? 0) >> 3;
    this.op(op);
    const from = this.bytes.length;
    this.bytes.u(this.variableOf(slot));
    this.mark({ is: 'register', hole }, from);
  }

  private variableOf(slot: number): number {
    const local = this.fields.get(slot);
    if (local === undefined) throw new Error(`no register at ${slot}`);
    return local;
  }

  private reload(): void {
    for (const id of this.used) {
      this.loadField('i32', id);
      this.setLocal(this.fields.get(id) ?? 0);
    }
  }

  private writeBack(): void {
    for (const id of this.dirty) {
      this.i32(8 * id);
      this.getLocal(this.fields.get(id) ?? 0);
      this.storeField('i32');
    }
  }

  /** Nothing is done unless the page is there and the budget does. */
  private enter(): void {
    if (this.house.porch === undefined) {
      this.askPage(this.blockAt(0).page);
      this.giveUpIf();
    }
    this.getLocal(BUDGET);
    this.i32(this.need);
    this.op(LTU);
    this.giveUpIf();
    this.reload();
  }

  private giveUpIf(): void {
    this.open(OP.if);
    this.getLocal(BUDGET);
    this.op(OP.return);
    this.close();
  }

  protected end(sets: readonly Setting[]): void { this.commit(sets); }

  /** All values before all settings: they may use the old ones. */
  private commit(sets: readonly Setting[]): void {
    const ending = this.instr()?.template.endings.get(sets);
    if (!ending) throw new Error('an ending that was not foreseen');
    const { plain, lazy, deferred } = ending;
    const leaves = deferred?.leaves ?? [];
    for (const { ref, value } of plain) this.push(ref, value);
    for (const leaf of leaves) this.value(leaf);
    if (lazy && !deferred && this.kind) this.materialize(this.kind);
    for (let n = leaves.length; n-- > 0;) {
      this.setLocal(this.leaves[n] ?? 0);
    }
    for (const { ref } of [...plain].reverse()) this.pull(ref);
    if (lazy) this.kind = deferred?.kind;
  }

  /** Gives the lazy fields their values. */
  private materialize(kind: Kind): void {
    if (kind === MIXED) return this.materializeMixed();
    const { lazies: { fields }, snippets: { kinds } } = this.world;
    const known = kinds.get(kind);
    if (known) return this.bytes.copy(known);
    const start = this.bytes.length;
    for (const tree of kind.trees) this.value(tree);
    for (const { id } of [...fields].reverse()) {
      this.setLocal(this.fields.get(id) ?? 0);
    }
    kinds.set(kind, this.bytes.view().slice(start));
  }

  // The function as a whole.

  write(): void {
    const kinds = new Set<Known>();
    for (const n of this.shape.order) this.collect(n, kinds);
    this.open(OP.block);
    this.tail = this.depth;
    for (const kind of kinds) {
      this.open(OP.block);
      this.exits.set(kind, this.depth);
    }
    this.enter();
    this.tree(this.house.porch ?? 0);
    this.op(OP.unreachable);
    for (const kind of [...kinds].reverse()) {
      this.close();
      if (kind) this.materialize(kind);
      this.br(this.tail);
    }
    this.close();
    this.leaveAll();
  }

  private leaveAt(): void {
    const from = this.bytes.length + 1;
    this.br(this.exits.get(this.kind) ?? 0);
    const depth = this.depth - this.base;
    this.mark({ is: 'exit', depth }, from);
  }

  protected answer(node: Node): Node | undefined {
    if (node.asks === 0 || !this.kind) return undefined;
    return this.world.lazies.answer(this.kind, node.asks);
  }

  protected leaf(n: number): void {
    this.getLocal(this.leaves[n] ?? 0);
  }

  /** Notes of which kind the lazy fields are. */
  private mix(kind: Known): void {
    if (kind) this.mixed.add(kind);
    this.i32(kind ? kind.id + 1 : 0);
    this.setLocal(this.which);
  }

  private materializeMixed(): void {
    for (const kind of this.mixed) {
      this.getLocal(this.which);
      this.i32(kind.id + 1);
      this.op(EQ);
      this.open(OP.if);
      this.materialize(kind);
      this.close();
    }
  }

  /** Whether a block sets all lazy fields before it asks. */
  private renews(n: number): boolean {
    for (const { template } of this.blockAt(n).instrs) {
      if (template.asks || template.foreign) return false;
      const endings = [...template.endings.values()];
      if (endings.some(({ lazy }) => lazy)) {
        return endings.every(({ deferred }) => deferred);
      }
    }
    return false;
  }

  /** What kinds of lazy fields blocks may be entered with. */
  private findKinds(): void {
    const { entering } = this;
    for (const n of this.region.entries) entering[n] = undefined;
    const leads = this.shape.order.flatMap((n) => this.leadsOf(n));
    for (let changed = true; changed;) {
      changed = false;
      for (const { from, to, kind } of leads) {
        const after = kind === 'any' ? entering[from] : kind;
        if (after === 'any') continue;
        const old = entering[to];
        const both = old === 'any' || old === after ? after
          : this.renews(to) ? MIXED : undefined;
        if (both !== old) changed = true;
        entering[to] = both;
      }
    }
  }

  /** Where a block leads, and with which kind; 'any': with the one that
   * it was entered with. */
  private leadsOf(from: number): Lead[] {
    const leads: Lead[] = [];
    this.follow(from, (to, kind) => {
      if (to !== undefined) leads.push({ from, to, kind });
    });
    return leads;
  }

  /** How many instructions may retire from each block on before the
   * budget is looked at again. */
  private findCosts(): void {
    for (const n of [...this.shape.order].reverse()) {
      const { instrs, next } = this.blockAt(n);
      const calls = instrs.at(-1)?.calls ?? false;
      const ahead = next.filter((to) => !calls
        && !this.shape.heads.has(to) && this.shape.allowed(n, to));
      const rest = ahead.map((to) => this.cost[to] ?? 0);
      this.cost[n] = instrs.length + Math.max(0, ...rest);
    }
  }

  /** At the head of a loop: is there enough for another round? */
  private check(n: number): void {
    const [first] = this.blockAt(n).instrs;
    this.getLocal(BUDGET);
    this.i32(this.cost[n] ?? 0);
    this.op(LTU);
    this.open(OP.if);
    this.leave(first?.pc ?? 0);
    this.close();
  }

  private spend(count: number): void {
    this.getLocal(BUDGET);
    this.i32(count);
    this.op(SUB);
    this.setLocal(BUDGET);
  }

  /** Leaves before instruction `nth` of the block. */
  private exit(pc: number, nth: number): void {
    const unspent = this.blockAt(this.block).instrs.length - nth;
    if (unspent > 0) {
      this.getLocal(BUDGET);
      this.gap({ is: 'unspent' }, unspent);
      this.op(ADD);
      this.setLocal(BUDGET);
    }
    this.leave(pc);
  }

  private leave(pc: number): void {
    this.gap({ is: 'pc' }, pc);
    this.setLocal(this.at);
    this.leaveAt();
  }

  protected bail(): void {
    const { pc } = this.instr() ?? { pc: 0 };
    this.exit(pc, this.nth);
  }

  /** Where misses are rare it's a handler that tries again. */
  protected miss(access: Access, address: number): void {
    if (!this.instr()?.misses) return this.bail();
    this.getLocal(address);
    this.i32(access.bits >>> 3);
    this.i32(this.how(access));
    this.noVector();
    this.call(REFILL);
    this.op(EQZ);
    this.open(OP.if);
    this.i32(AT.fault);
    this.i32(-1);
    this.store32(0);
    this.bail();
    this.close();
  }
  protected tlb({ priv }: Access): number {
    return priv === 'sys' ? AT.system : this.world.view;
  }

  /** The host calls where the guest does. If the guest came back to
   * where it should, we go on; else so do our callers. */
  private callOut(target: number | undefined): void {
    const { pc, length } = this.instr() ?? { pc: 0, length: 0 };
    const back = this.target(pc + length);
    if (target !== undefined) {
      this.i32(target);
      this.setLocal(this.at);
    }
    this.getLocal(DEPTH_LEFT);
    this.op(EQZ);
    this.open(OP.if);
    this.leaveAt();
    this.close();
    if (this.kind) this.materialize(this.kind);
    this.storeAll();
    this.enterSomebody(target);
    this.comeBack(back, pc + length);
  }

  private enterCallee(target: number | undefined): void {
    this.getLocal(BUDGET);
    this.getLocal(DEPTH_LEFT);
    this.i32(1);
    this.op(SUB);
    const callee = target === undefined
      ? undefined : this.world.callee(target >>> 0);
    if (callee?.function !== undefined) this.call(callee.function);
    else this.callOver(callee?.slot);
    this.setLocal(BUDGET);
  }

  /** Calls a region of another module. */
  private callOver(slot: number | undefined): void {
    if (slot !== undefined) this.i32(slot);
    this.noVector();
    this.call(slot === undefined ? CALLER : ENTER);
  }

  private comeBack(back: number | undefined, pc: number): void {
    const give = (): void => {
      this.getLocal(BUDGET);
      this.op(OP.return);
    };
    if (back === undefined) return give();
    this.kind = undefined;
    this.loadField('i32', this.world.pc.id);
    this.i32(pc);
    this.op(NE);
    this.askPage(this.blockAt(back).page);
    this.op(OR);
    this.getLocal(BUDGET);
    this.i32(this.cost[back] ?? 0);
    this.op(LTU);
    this.op(OR);
    this.open(OP.if);
    give();
    this.close();
    this.reload();
    this.go(pc);
  }

  protected jump(to: Node, sets: readonly Setting[]): void {
    const { kind } = this;
    const known = this.fixed(to);
    if (known === undefined) this.value(to);
    this.commit(sets);
    if (known === undefined) this.setLocal(this.at);
    if (this.instr()?.calls) this.callOut(known);
    else if (known !== undefined) this.go(known >>> 0);
    else this.goSomewhere();
    this.kind = kind;
  }

  /** Where the instruction was seen to jump before, or out. */
  private goSomewhere(): void {
    const { seen, noted } = this.instr() ?? { seen: [], noted: 0 };
    for (const pc of seen) {
      if (this.target(pc) === undefined) continue;
      this.getLocal(this.at);
      this.i32(pc);
      this.op(EQ);
      this.open(OP.if);
      this.go(pc);
      this.close();
    }
    if (noted !== 0) {
      this.i32(AT.source);
      this.i32(noted);
      this.storeField('i32');
    }
    this.leaveAt();
  }

  /** The callee; or if nobody knows it yet one of those that were called
   * from here before; or, if that did nothing, whoever it is. */
  private enterSomebody(target: number | undefined): void {
    const { seen = [] } = target === undefined ? this.instr() ?? {} : {};
    if (seen.length === 0) return this.enterCallee(target);
    this.getLocal(BUDGET);
    this.setLocal(this.before);
    for (const pc of seen) {
      this.getLocal(this.at);
      this.i32(pc);
      this.op(EQ);
      this.open(OP.if);
      this.enterCallee(pc);
      this.op(OP.else);
    }
    for (const _ of seen) this.close();
    this.getLocal(BUDGET);
    this.getLocal(this.before);
    this.op(EQ);
    this.open(OP.if);
    this.enterCallee(undefined);
    this.close();
  }

  /** Does an instruction many times, as far as the budget goes beyond
   * what is certain to be wanted. */
  private strip({ count, to, from, value, size }: Strip): void {
    const instrs = this.blockAt(this.block).instrs.length;
    const wanted = (this.cost[this.block] ?? 0) - instrs;
    for (const id of [to, from ?? to, value, count]) {
      this.getLocal(this.variableOf(id));
    }
    this.getLocal(BUDGET);
    this.i32(wanted);
    this.op(SUB);
    this.i32(from === undefined ? size : size | COPIES);
    this.noVector();
    this.call(STRIP);
    this.setLocal(this.done);
    for (const local of [BUDGET, this.variableOf(count)]) {
      this.move(local, SUB, 0);
    }
    for (const id of from === undefined ? [to] : [to, from]) {
      this.move(this.variableOf(id), ADD, size);
    }
  }

  /** On or back by what was done, in bytes of elements of a size. */
  private move(local: number, way: number, size: number): void {
    this.getLocal(local);
    this.getLocal(this.done);
    this.i32(size);
    this.op(SHL);
    this.op(way);
    this.setLocal(local);
  }

  // Doors.

  private writeWays(n: number): void {
    const ways = this.house.ways.get(n);
    if (ways && n === this.house.porch) this.writePorch(ways);
    else if (ways) this.passBy(ways);
  }

  /** Finds the door that the program counter stands at, and whether
   * its page is there. */
  private writePorch(ways: readonly Way[]): void {
    for (const { door, to } of ways) {
      const { instrs: [first], page } = this.blockAt(door);
      this.loadField('i32', this.world.pc.id);
      this.i32(first?.pc ?? 0);
      this.op(EQ);
      this.open(OP.if);
      this.askPage(page);
      this.giveUpIf();
      if (to !== door) this.takeDoor(door);
      this.goTo(to);
      this.close();
    }
    this.getLocal(BUDGET);
    this.op(OP.return);
  }

  /** At the head of a loop: whoever comes through a door inside goes
   * on to that. */
  private passBy(ways: readonly Way[]): void {
    this.getLocal(this.door);
    this.open(OP.if);
    for (const { door, to } of ways) {
      this.getLocal(this.door);
      this.i32(door);
      this.op(EQ);
      this.open(OP.if);
      if (to === door) this.takeDoor(0);
      this.goTo(to);
      this.close();
    }
    this.op(OP.unreachable);
    this.close();
  }

  private takeDoor(door: number): void {
    this.i32(door);
    this.setLocal(this.door);
  }

  // Snippets.

  /** Variables have the same numbers in all regions, so that what was
   * written in one can be copied to another. */
  private settle(): void {
    for (const id of this.world.cached.keys()) {
      this.fields.set(id, this.local('i32'));
    }
    for (let n = 0; n < TEMPS; n++) this.shared('i32', n);
    this.settled = this.locals;
  }

  /** All that decides, beside the gaps, how a template is written;
   * undefined: it has to be written anew. */
  private keyOf({ template, misses }: Instr): number | undefined {
    const { jumps, asks } = template;
    if (jumps.length > 0) return undefined;
    return (asks && this.kind ? this.kind.id + 1 : 0) * 4
      + (misses ? 2 : 0) + (this.world.view === AT.user ? 1 : 0);
  }

  /** An instruction, written anew or copied from where it was written
   * before. */
  private instruction(instr: Instr): void {
    const { template, strip } = instr;
    if (strip) this.strip(strip);
    const key = this.keyOf(instr);
    if (key === undefined) return this.template(template);
    const { snippets } = this.world;
    const known = snippets.get(template, key);
    if (known) return this.paste(known, instr);
    this.base = this.depth;
    const marks: Mark[] = [];
    this.marks = marks;
    const start = this.bytes.length;
    this.template(template);
    if (this.marks && this.locals === this.settled) {
      const pieces = cut(this.bytes.view(), start, marks);
      const lazy = [...template.endings.values()]
        .some((one) => one.lazy);
      const after = lazy ? this.kind : 'same';
      snippets.set(template, key, { pieces, after });
    }
    this.marks = undefined;
  }

  /** A number that another use of the template will replace. */
  private gap(gap: Gap, value: number): void {
    this.op(0x41);
    const from = this.bytes.length;
    this.bytes.s(value);
    this.mark(gap, from);
  }

  private mark(gap: Gap, from: number): void {
    this.marks?.push({ gap, from, to: this.bytes.length });
  }

  protected override known(node: Node, value: number): void {
    this.gap({ is: 'value', node }, value);
  }

  /** What is written now would be wrong for other numbers. */
  protected override decided(): void { this.marks = undefined; }

  private paste({ pieces, after }: Snippet, instr: Instr): void {
    for (const { bytes, gap } of pieces) {
      this.bytes.copy(bytes);
      if (gap) this.fillGap(gap, instr);
    }
    if (after !== 'same') this.kind = after;
  }

  private fillGap(gap: Gap, { pc, holes }: Instr): void {
    switch (gap.is) {
      case 'value':
        return this.bytes.s(constTarget(gap.node, holes, pc) ?? 0);
      case 'register':
        return this.bytes.u(this.variableOf((holes[gap.hole] ?? 0) >> 3));
      case 'pc': return this.bytes.s(pc);
      case 'unspent': {
        const { instrs } = this.blockAt(this.block);
        return this.bytes.s(instrs.length - this.nth);
      }
      case 'exit': {
        const way = this.exits.get(this.kind) ?? 0;
        return this.bytes.u(this.depth + gap.depth - way);
      }
    }
  }

  /** The budget that the first step of a region wants, by whichever
   * door. */
  get need(): number {
    const costs = this.region.entries.map((n) => this.cost[n] ?? 1);
    return Math.max(...costs);
  }

  private blockAt(n: number): Block {
    const block = this.region.blocks[n]
      ?? (n === this.house.porch ? PORCH : undefined);
    if (!block) throw new Error(`no block ${n}`);
    return block;
  }

  private instr(): Instr | undefined {
    return this.blockAt(this.block).instrs[this.nth];
  }

  /** Which fields are used and which are set. */
  private findFields(): void {
    for (const n of this.shape.order) {
      for (const instr of this.blockAt(n).instrs) this.findIn(instr);
    }
    for (const { id } of this.world.lazies.fields) this.cache(id, true);
  }

  private findIn({ template, holes }: Instr): void {
    for (const id of template.named) this.cache(id, false);
    for (const h of template.open) {
      this.cache((holes[h] ?? 0) >> 3, false);
    }
    for (const id of template.sets) this.cache(id, true);
    for (const h of template.setsOpen) {
      this.cache((holes[h] ?? 0) >> 3, true);
    }
  }

  private cache(id: number, set: boolean): void {
    if (!this.fields.has(id)) return;
    this.used.add(id);
    if (set) this.dirty.add(id);
  }

  private follow(
    n: number, lead: (to: number | undefined, kind: Lead['kind']) => void,
  ): void {
    this.block = n;
    const { instrs } = this.blockAt(n);
    let kind: Lead['kind'] = 'any';
    instrs.forEach((instr, nth) => {
      this.nth = nth;
      const { template, calls } = instr;
      const jumps = template.foreign ? [] : template.jumps;
      for (const { to, sets } of jumps) {
        const after = this.kindAfter(kind, template, sets);
        const there = calls ? instr.pc + instr.length : this.fixed(to);
        lead(this.target(there), calls ? undefined : after);
        if (there !== undefined) continue;
        for (const pc of instr.seen) lead(this.target(pc), after);
      }
      const end = template.steps.at(-1);
      if (end?.kind === 'end') {
        kind = this.kindAfter(kind, template, end.sets);
      }
    });
    const last = instrs.at(-1);
    if (last) lead(this.target(last.pc + last.length), kind);
  }

  private kindAfter<K>(
    kind: K, { endings }: Template, sets: readonly Setting[],
  ): K | Known {
    const ending = endings.get(sets);
    return ending?.lazy ? ending.deferred?.kind : kind;
  }

  private collect(n: number, kinds: Set<Known>): void {
    kinds.add(undefined);
    const { entering } = this;
    if (entering[n] !== 'any') kinds.add(entering[n] as Known);
    for (const { template } of this.blockAt(n).instrs) {
      for (const { deferred } of template.endings.values()) {
        if (deferred) kinds.add(deferred.kind);
      }
    }
  }

  private askPage({ slot, map }: CodePage): void {
    this.i32(0);
    this.load32(AT.pages + (slot << PAGE_ENTRY.SHIFT) + PAGE_ENTRY.MAP);
    this.i32(map);
    this.op(NE);
  }

  private leaveAll(): void {
    this.storeAll();
    this.getLocal(BUDGET);
  }

  private storeAll(): void {
    this.writeBack();
    this.i32(8 * this.world.pc.id);
    this.getLocal(this.at);
    this.storeField('i32');
  }

  // What templates ask for.

  protected hole({ hole }: Node): void {
    this.i32(this.instr()?.holes[hole] ?? 0);
  }

  private slotOf({ field, hole }: Node): number {
    return field ? field.id : (this.instr()?.holes[hole] ?? 0) >> 3;
  }

  protected fixed(node: Node): number | undefined {
    if (!node.fixed) return undefined;
    const instr = this.instr();
    if (!instr) return undefined;
    return constTarget(node, instr.holes, instr.pc);
  }

  private push(ref: Setting['ref'], value: Node): void {
    if ('id' in ref && !this.fields.has(ref.id)) this.i32(8 * ref.id);
    this.value(value);
  }

  private pull(ref: Setting['ref']): void {
    if ('hole' in ref) return this.register(OP.local_set, ref.hole.index);
    const local = this.fields.get(ref.id);
    if (local !== undefined) this.setLocal(local);
    else this.storeField(ref.ty);
  }
}
