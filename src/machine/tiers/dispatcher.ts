import type { Field } from '../fields.ts';
import { Body } from '../wasm/body.ts';
import { OP } from '../wasm/encode.ts';
import { DID } from './handler.ts';
import { AT, PAGE_ENTRY, REASON, RECORD } from './layout.ts';

/** Types of the functions that modules share. */
export const SIGNATURES = [
  // A handler: record → what it did.
  { from: ['i32'], to: ['i32'] },
  // A region: budget, depth → what is left of the budget.
  { from: ['i32', 'i32'], to: ['i32'] },
  // A miss: address, bytes, how → whether to try again.
  { from: ['i32', 'i32', 'i32'], to: ['i32'] },
  // The decoder: root, map, from, end, program counter → how far.
  { from: ['i32', 'i32', 'i32', 'i32', 'i32'], to: ['i32'] },
  // By slot: budget, depth, slot → what is left of the budget.
  { from: ['i32', 'i32', 'i32', 'v128'], to: ['i32'] },
  // A walk: address, write, user → frame and rights.
  { from: ['i32', 'i32', 'i32'], to: ['i64'] },
  // Finds a page of code: address → whether it did.
  { from: ['i32'], to: ['i32'] },
  // What modules import has a vector, too, that nobody looks at. A
  // region, by the program counter; a miss; and a strip: to, from,
  // value, count, most, how → how many were done.
  { from: ['i32', 'i32', 'v128'], to: ['i32'] },
  { from: ['i32', 'i32', 'i32', 'v128'], to: ['i32'] },
  { from: ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'v128'],
    to: ['i32'] },
] as const;
export const TYPES = {
  handler: 0, region: 1, miss: 2, decoder: 3, enter: 4,
  walk: 5, find: 6, caller: 7, refill: 8, strip: 9,
} as const;

/** How deep regions may call each other. */
export const DEPTH = 200;

const ADD = 0x6a, SUB = 0x6b, AND = 0x71, OR = 0x72, SHL = 0x74;
const SHRU = 0x76, EQZ = 0x45, EQ = 0x46, NE = 0x47, GEU = 0x4f;

/** Loads the word at a fixed place. */
function word(f: Body, at: number): void {
  f.i32(0);
  f.load32(at);
}

/** Where the entry for the page of a linear address is. */
function pageEntry(f: Body, lin: number): void {
  f.getLocal(lin);
  f.i32(12 - PAGE_ENTRY.SHIFT);
  f.op(SHRU);
  f.i32(0x3ff << PAGE_ENTRY.SHIFT);
  f.op(AND);
}

/** The record of a linear address goes into a local; 0: there is
 * none. Leaves whether the page is unknown on the stack. */
function findRecord(f: Body, lin: number, entry: number): void {
  pageEntry(f, lin);
  f.tee(entry);
  f.load32(AT.pages + PAGE_ENTRY.TAG);
  f.getLocal(lin);
  f.i32(-0x1000);
  f.op(AND);
  word(f, AT.context);
  f.op(OR);
  f.op(NE);
}

function loadRecord(f: Body, lin: number, entry: number): void {
  f.getLocal(entry);
  f.load32(AT.pages + PAGE_ENTRY.MAP);
  f.getLocal(lin);
  f.i32(0xfff);
  f.op(AND);
  f.i32(2);
  f.op(SHL);
  f.op(ADD);
  f.load32(0);
}

/** A bit that holds for one instruction. */
interface Brief {
  readonly field: Field<'i32'>;
  readonly bit: number;
}

/** What a dispatcher must know of an architecture. */
export interface Parts {
  readonly pc: Field<'i32'>;
  readonly brief: Brief;
  /** Numbers of functions: what looks for pairs; what may know of a
   * page of code; and what may help a record that did nothing. */
  readonly match: number;
  readonly find: number;
  readonly help: number;
}

/** `run(budget) → reason`: executes decoded instructions, by their
 * regions or else by their handlers. */
export function dispatcher(parts: Parts): Body {
  const { pc, brief, match, find } = parts;
  const f = new Body(1);
  const budget = 0;
  const [lin, entry, record, did] =
    [f.local('i32'), f.local('i32'), f.local('i32'), f.local('i32')];
  const [map, jumped] = [f.local('i32'), f.local('i32')];
  const rest = f.local('i32');
  const leave = (reason: number): void => {
    f.i32(0);
    f.getLocal(budget);
    f.getLocal(rest);
    f.op(ADD);
    f.store32(AT.left);
    storeWord(f, AT.record, record);
    f.i32(reason);
    f.op(OP.return);
  };
  leaveIf(f, () => isBrief(f, brief), () => onlyOne(f, budget, rest));
  f.open(OP.loop);
  const next = f.depth;
  f.open(OP.block);
  const over = f.depth;
  word(f, 8 * pc.id);
  word(f, AT.base);
  f.op(ADD);
  f.setLocal(lin);
  leaveIf(f, () => findRecord(f, lin, entry), () => {
    f.getLocal(lin);
    f.call(find);
    leaveIf(f, () => f.op(EQZ), () => leave(REASON.PAGE));
  });
  loadRecord(f, lin, entry);
  f.tee(record);
  leaveIf(f, () => f.op(EQZ), () => leave(REASON.DECODE));
  linkJump(f, { entry, record, map, jumped });
  f.open(OP.loop);
  const found = f.depth;
  const names = { ...parts, budget, rest, record, did, jumped, next,
    found, over, leave };
  enterRegion(f, names);
  count(f, record);
  sayIfOften(f, record, leave, match);
  interpret(f, names);
  f.close();
  f.close();
  endOfBudget(f, names);
  f.close();
  f.op(OP.unreachable);
  return f;
}

/** From record to record, until one of them jumps: by handlers for
 * two, as long as that many may run. */
function interpret(f: Body, names: Names & Ways): void {
  const { budget, record, pc } = names;
  const forTwo = (): void => {
    f.getLocal(budget);
    f.i32(2);
    f.op(GEU);
  };
  leaveIf(f, forTwo, () => {
    f.open(OP.loop);
    const following = f.depth;
    execute(f, names, RECORD.PAIR);
    forTwo();
    f.br(following, OP.br_if);
    f.close();
  });
  f.getLocal(budget);
  f.open(OP.if);
  execute(f, names, RECORD.HANDLER);
  f.close();
  stay(f, record, pc);
  f.br(names.over);
}

/** Calls a record's handler. What comes then is in `record`, unless it
 * has to be found. */
function execute(f: Body, names: Names & Ways, handler: number): void {
  const { budget, rest, record, did, jumped, next, leave, pc } = names;
  f.getLocal(record);
  f.getLocal(record);
  f.load32(handler);
  f.callIndirect(TYPES.handler);
  f.tee(did);
  f.open(OP.if);
  leaveIf(f, () => has(f, did, DID.SECOND), () => toSecond(f, names));
  leaveIf(f, () => has(f, did, DID.JUMP | DID.NOTHING), () => {
    leaveIf(f, () => has(f, did, DID.NOTHING), () => {
      stay(f, record, pc);
      f.getLocal(record);
      f.call(names.help);
      f.open(OP.if);
      takeRest(f, budget, rest);
      nobodyJumped(f, jumped);
      f.br(next);
      f.close();
      leave(REASON.FOREIGN);
    });
    retire(f, budget);
    leaveIf(f, () => has(f, did, DID.BRIEF), () => {
      takeRest(f, budget, rest);
      leaveIf(f, () => spent(f, budget), () => leave(REASON.LIMIT));
      onlyOne(f, budget, rest);
    });
    leaveIf(f, () => spent(f, budget), () => f.br(names.over));
    jumpOn(f, names);
  });
  f.close();
  retire(f, budget);
  f.getLocal(record);
  f.load32(RECORD.NEXT);
  f.tee(did);
  f.op(EQZ);
  f.open(OP.if);
  goOn(f, record, pc);
  leaveIf(f, () => spent(f, budget), () => f.br(names.over));
  nobodyJumped(f, jumped);
  f.br(next);
  f.close();
  f.getLocal(did);
  f.setLocal(record);
}

function has(f: Body, did: number, what: number): void {
  f.getLocal(did);
  f.i32(what);
  f.op(AND);
}

/** The first of two is done. */
function toSecond(f: Body, { budget, record }: Names): void {
  retire(f, budget);
  f.getLocal(record);
  f.i32(RECORD.BYTES);
  f.op(ADD);
  f.setLocal(record);
}

interface Ways extends Parts {
  readonly leave: (reason: number) => void;
}

function spent(f: Body, budget: number): void {
  f.getLocal(budget);
  f.op(EQZ);
}

function retire(f: Body, budget: number): void {
  f.getLocal(budget);
  f.i32(1);
  f.op(SUB);
  f.setLocal(budget);
}

/** The program counter is at the record's instruction. */
function stay(f: Body, record: number, pc: Field<'i32'>): void {
  f.i32(0);
  f.getLocal(record);
  f.load32(RECORD.PC);
  f.store32(8 * pc.id);
}

/** The program counter moves on. */
function goOn(f: Body, record: number, pc: Field<'i32'>): void {
  f.i32(0);
  f.getLocal(record);
  f.load32(RECORD.PC);
  f.getLocal(record);
  f.load8(RECORD.LENGTH);
  f.op(ADD);
  f.store32(8 * pc.id);
}

/** To where the jump led last, if it leads there again; or else the
 * record has to be found. */
function jumpOn(f: Body, names: Names & Ways): void {
  const { record, jumped, did, pc, next, found } = names;
  f.getLocal(record);
  f.tee(jumped);
  f.load32(RECORD.TARGET);
  f.tee(did);
  f.open(OP.if);
  f.getLocal(did);
  f.load32(RECORD.PC);
  word(f, 8 * pc.id);
  f.op(EQ);
  f.open(OP.if);
  f.getLocal(did);
  f.setLocal(record);
  f.br(found);
  f.close();
  f.close();
  f.br(next);
}

/** What is found now, no jump has led to. */
function nobodyJumped(f: Body, jumped: number): void {
  f.i32(0);
  f.setLocal(jumped);
}

interface Link {
  readonly entry: number;
  readonly record: number;
  readonly map: number;
  readonly jumped: number;
}

/** Where a jump has led within its page, it may lead again. */
function linkJump(f: Body, { entry, record, map, jumped }: Link): void {
  f.getLocal(map);
  f.getLocal(entry);
  f.load32(AT.pages + PAGE_ENTRY.MAP);
  f.tee(map);
  f.op(EQ);
  f.open(OP.if);
  f.getLocal(jumped);
  f.open(OP.if);
  f.getLocal(jumped);
  f.getLocal(record);
  f.store32(RECORD.TARGET);
  f.close();
  f.close();
}

function storeWord(f: Body, at: number, local: number): void {
  f.i32(0);
  f.getLocal(local);
  f.store32(at);
}

function leaveIf(f: Body, condition: () => void, then: () => void) {
  condition();
  f.open(OP.if);
  then();
  f.close();
}

interface Names {
  /** How many instructions may be executed, and how many wait behind
   * one that a brief bit holds for. */
  readonly budget: number;
  readonly rest: number;
  readonly record: number;
  readonly did: number;
  /** The record that jumped; 0: none did. */
  readonly jumped: number;
  /** Where a record is found, where it has been, and where to go when
   * the budget is spent. */
  readonly next: number;
  readonly found: number;
  readonly over: number;
}

/** Calls the region of a record, if there is one and it may run. One
 * that did nothing leaves its instruction to the handler. */
function enterRegion(f: Body, names: Names & Ways): void {
  const { budget, record, did, jumped, next } = names;
  f.getLocal(record);
  f.load32(RECORD.REGION);
  f.open(OP.if);
  f.getLocal(budget);
  f.getLocal(record);
  f.load32(RECORD.NEED);
  f.op(GEU);
  f.open(OP.if);
  f.i32(AT.source);
  f.i32(0);
  f.store32(0);
  f.getLocal(budget);
  f.tee(did);
  f.i32(DEPTH);
  f.getLocal(record);
  f.load32(RECORD.REGION);
  f.callIndirect(TYPES.region);
  f.tee(budget);
  f.getLocal(did);
  f.op(NE);
  f.open(OP.if);
  leaveIf(f, () => spent(f, budget), () => f.br(names.over));
  nobodyJumped(f, jumped);
  f.br(next);
  f.close();
  f.close();
  f.close();
}

/** Counts a jump. */
function count(f: Body, record: number): void {
  f.getLocal(record);
  f.getLocal(record);
  f.load16(RECORD.COUNT);
  f.i32(1);
  f.op(ADD);
  f.store16(RECORD.COUNT);
}

function reached(f: Body, record: number, count: number): void {
  f.getLocal(record);
  f.load16(RECORD.COUNT);
  word(f, count);
  f.op(EQ);
}

/** Tells TypeScript of a record that has been jumped to some times, if
 * pairs are wanted or somebody left a note; or often. */
function sayIfOften(
  f: Body, record: number, leave: (reason: number) => void,
  match: number,
): void {
  leaveIf(f, () => reached(f, record, AT.warm), () => {
    f.getLocal(record);
    f.call(match);
    word(f, AT.source);
    f.op(OR);
    f.open(OP.if);
    leave(REASON.WARM);
    f.close();
  });
  leaveIf(f, () => reached(f, record, AT.threshold),
    () => leave(REASON.HOT));
}

/** Calls the region where the program counter is, if it is known and
 * has been translated; else returns at once. */
export function caller(pc: Field<'i32'>): Body {
  const f = new Body(3);
  const [budget, depth] = [0, 1];
  const [lin, entry, record] =
    [f.local('i32'), f.local('i32'), f.local('i32')];
  const give = (): void => {
    f.getLocal(budget);
    f.op(OP.return);
  };
  word(f, 8 * pc.id);
  word(f, AT.base);
  f.op(ADD);
  f.setLocal(lin);
  leaveIf(f, () => findRecord(f, lin, entry), give);
  loadRecord(f, lin, entry);
  f.tee(record);
  leaveIf(f, () => f.op(EQZ), give);
  leaveIf(f, () => {
    f.getLocal(record);
    f.load32(RECORD.REGION);
    f.op(EQZ);
  }, give);
  leaveIf(f, () => {
    f.getLocal(record);
    f.load32(RECORD.NEED);
    f.getLocal(budget);
    f.op(0x4b);
  }, give);
  f.getLocal(budget);
  f.getLocal(depth);
  f.getLocal(record);
  f.load32(RECORD.REGION);
  f.callIndirect(TYPES.region);
  return f;
}

/** `enter(budget, depth, slot)`: calls the region of a slot, for
 * modules that don't have the table. */
export function enterSlot(): Body {
  const f = new Body(4);
  f.getLocal(0);
  f.getLocal(1);
  f.getLocal(2);
  f.callIndirect(TYPES.region);
  return f;
}

/** What was to be executed has been: the rest may be, after a brief
 * bit is gone. */
function endOfBudget(f: Body, names: Names & Ways): void {
  const { brief, budget, rest, jumped, next, leave } = names;
  leaveIf(f, () => isBrief(f, brief), () => {
    f.i32(0);
    word(f, 8 * brief.field.id);
    f.i32(~brief.bit);
    f.op(AND);
    f.store32(8 * brief.field.id);
  });
  leaveIf(f, () => f.getLocal(rest), () => {
    takeRest(f, budget, rest);
    nobodyJumped(f, jumped);
    f.br(next);
  });
  leave(REASON.LIMIT);
}

function isBrief(f: Body, { field, bit }: Brief): void {
  word(f, 8 * field.id);
  f.i32(bit);
  f.op(AND);
}

/** One instruction may be executed; the others wait. */
function onlyOne(f: Body, budget: number, rest: number): void {
  f.getLocal(rest);
  f.getLocal(budget);
  f.op(ADD);
  f.i32(1);
  f.op(SUB);
  f.setLocal(rest);
  f.i32(1);
  f.setLocal(budget);
}

/** They need not wait any longer. */
function takeRest(f: Body, budget: number, rest: number): void {
  f.getLocal(budget);
  f.getLocal(rest);
  f.op(ADD);
  f.setLocal(budget);
  f.i32(0);
  f.setLocal(rest);
}
