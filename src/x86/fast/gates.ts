import type { State } from '../../machine/fields.ts';
import type { Phys } from '../../machine/phys.ts';
import type { Cpu } from '../cpu.ts';
import {
  ACCESSED, BIG, dplOf, EXECUTABLE, EXPAND_DOWN, indexOf,
  isConforming, ORDINARY, PRESENT, WRITABLE,
} from '../descriptor.ts';
import {
  AC, ARITHMETIC, DF, ID, IF, IOPL, NT, RF, TF, VIF, VIP,
} from '../flags.ts';
import { WIDE } from '../far.ts';
import type { Mmu } from '../paging.ts';
import { PE, segment, VM } from '../segment.ts';
import {
  CAREFUL, CO, CPL, CR0, CS, DS, EFLAGS, EIP, ES, ESP, FS, GDTR_BASE,
  GDTR_LIMIT, GS, IDTR_BASE, IDTR_LIMIT, SEG, type Segment, SR, SS, TR,
  ZR,
} from '../state.ts';
import { SYS_READ, SYS_WRITE, USER_READ } from '../tlb.ts';

/** Storage as the processor sees it. `lost`: something on the way was
 * not as usual, and the reference has to go it. */
class Ground {
  lost = false;
  private readonly mmu: Mmu;
  private readonly phys: Phys;

  constructor(cpu: Cpu) {
    this.mmu = cpu.memory.mmu;
    this.phys = cpu.phys;
  }

  /** The physical address of a word that lies in one page of RAM. */
  find(la: number, right: number): number {
    const near = (la & 0xfff) <= 0xffc;
    const pa = near && !this.lost
      ? this.mmu.translate(la >>> 0, right) : -1;
    if (pa >= 0 && this.phys.direct(pa) !== 0) return pa;
    this.lost = true;
    return 0;
  }

  /** The word at a linear address; without a right, it is read for
   * the processor itself. */
  word(la: number, right = SYS_READ): number {
    const pa = this.find(la, right);
    return this.lost ? 0 : this.phys.read32(pa) | 0;
  }
}

/** A descriptor of the GDT: one object for many of them. */
class Entry {
  selector = 0;
  lo = 0;
  hi = 0;
  rights = 0;

  constructor(
    private readonly state: State, private readonly ground: Ground,
  ) {}

  read(selector: number): void {
    const { state, ground } = this;
    const offset = selector & 0xfff8;
    const named = offset !== 0 && (selector & 4) === 0;
    if (!named || offset + 7 > state.get(GDTR_LIMIT)) {
      ground.lost = true;
    }
    const at = state.get(GDTR_BASE) + offset;
    this.selector = selector;
    this.lo = ground.word(at);
    this.hi = ground.word(at + 4);
    this.rights = this.hi >>> 8 & 0xf0ff;
  }

  base(): number {
    const { lo, hi } = this;
    return (lo >>> 16 | (hi & 0xff) << 16 | hi & 0xff00_0000) >>> 0;
  }

  limit(): number {
    const count = this.lo & 0xffff | this.hi & 0xf_0000;
    const pages = (this.hi & 0x80_0000) !== 0;
    return (pages ? count << 12 | 0xfff : count) >>> 0;
  }

  /** Code for a level. */
  isCode(level: number, eip: number): boolean {
    const { rights } = this;
    return (rights & LOOK) === CODE && dplOf(rights) === level
      && eip <= this.limit();
  }

  /** A stack for a level. */
  isStack(level: number): boolean {
    const { rights, selector } = this;
    return isStack(rights) && dplOf(rights) === level
      && (selector & 3) === level;
  }

  /** Fills a segment register. */
  put(s: number, selector: number): void {
    const { state, rights } = this;
    const f = segment(s);
    const bound = Math.max(0, this.limit() - 14);
    state.set(f.selector, selector);
    state.set(f.base, this.base());
    state.set(f.limit, this.limit());
    state.set(f.rights, rights);
    const data = s === SS;
    state.set(f.reads, data || (rights & 2) !== 0 ? bound : 0);
    state.set(f.writes, data ? bound : 0);
  }
}

/** Rights as they usually are: present, ordinary, used before; code
 * that does not conform, data that can be written and expands up. */
const LOOK =
  PRESENT | ORDINARY | EXECUTABLE | EXPAND_DOWN | ACCESSED;
const CODE = PRESENT | ORDINARY | EXECUTABLE | ACCESSED;
const STACK = PRESENT | ORDINARY | WRITABLE | ACCESSED | BIG;

const isStack = (rights: number): boolean =>
  (rights & (LOOK | WRITABLE | BIG)) === STACK;

/** EFLAGS as a number. */
function flagsOf(state: State): number {
  const sr = state.get(SR);
  const co = state.get(CO);
  let odd = sr ^ sr >>> 4;
  odd ^= odd >>> 2;
  odd ^= odd >>> 1;
  const of = (co ^ co << 1) >>> 31;
  const zf = state.get(ZR) === 0 ? 0x40 : 0;
  return state.get(EFLAGS) | co >>> 31 | (~odd & 1) << 2
    | (co >>> 3 & 1) << 4 | zf | sr >>> 31 << 7 | of << 11;
}

/** The other way: kept as the reference keeps flags that it is
 * told. */
function setFlags(state: State, all: number): void {
  state.set(EFLAGS, all & ~ARITHMETIC);
  state.set(ZR, all >>> 6 & 1 ^ 1);
  state.set(SR, all >>> 7 << 31 | all >>> 2 & 1 ^ 1);
  const below = (all ^ all >>> 11) & 1;
  state.set(CO, all << 31 | below << 30 | (all >>> 4 & 1) << 3);
}

/** Present, and of type 14 or 15: interrupt and trap gates of 32
 * bits. Trap gates are odd, and leave IF alone. */
const GATE = PRESENT | 14;
const GATES = GATE | ORDINARY;

/** Interrupts, and returns from them, as they usually are: from
 * descriptor to descriptor without an object. */
export class Gates {
  private readonly state: State;
  private readonly phys: Phys;
  private readonly ground: Ground;
  private readonly code: Entry;
  private readonly stack: Entry;
  /** Where the words of a frame are in RAM. */
  private readonly items = new Float64Array(6);
  /** IF, if the gate in hand clears it, or 0. */
  private clears = 0;

  constructor(cpu: Cpu) {
    this.state = cpu.state;
    this.phys = cpu.phys;
    this.ground = new Ground(cpu);
    this.code = new Entry(this.state, this.ground);
    this.stack = new Entry(this.state, this.ground);
  }

  /** Lost from the start, unless selectors name descriptors, and
   * accesses need no closer look. */
  private begin(): void {
    const { state, ground } = this;
    const named = (state.get(CR0) & PE) !== 0
      && (state.get(EFLAGS) & (VM | NT)) === 0;
    ground.lost = !named || state.get(CAREFUL) !== 0;
  }

  /** Delivers an exception or an interrupt; false: it was left to the
   * reference, and nothing has changed. SDM vol. 2A, INT n.
   * @param code what is pushed last; below 0: nothing
   * @param soft a program asked for it
   * @param resume RF for the image of EFLAGS, or 0
   * @param next the EIP to come back to */
  enter(
    vector: number, code: number, soft: boolean, resume: number,
    next: number,
  ): boolean {
    const { state, ground, phys, items } = this;
    this.begin();
    const eip = this.handler(vector, soft);
    const to = dplOf(this.code.rights);
    const inward = to < state.get(CPL);
    const esp = inward ? this.inner(to) : this.same();
    const words = (inward ? 5 : 3) + (code < 0 ? 0 : 1);
    this.room(inward, esp, words);
    if (ground.lost) return false;
    const flags = flagsOf(state);
    this.push(inward, flags | resume, next);
    if (code >= 0) phys.write32(items[words - 1] ?? 0, code);
    this.arrive(to, eip, esp - 4 * words);
    setFlags(state, flags & ~(TF | NT | RF | VM | this.clears));
    return true;
  }

  /** The handler's EIP; `code` is its segment's descriptor. */
  private handler(vector: number, soft: boolean): number {
    const { state, ground, code } = this;
    const at = state.get(IDTR_BASE) + vector * 8;
    if (vector * 8 + 7 > state.get(IDTR_LIMIT)) ground.lost = true;
    const lo = ground.word(at);
    const hi = ground.word(at + 4);
    const level = state.get(CPL);
    const weak = soft && dplOf(hi >>> 8) < level;
    if ((hi >>> 8 & GATES) !== GATE || weak) ground.lost = true;
    this.clears = (hi >>> 8 & 1) !== 0 ? 0 : IF;
    code.read(lo >>> 16);
    const to = dplOf(code.rights);
    const eip = (hi & 0xffff_0000 | lo & 0xffff) >>> 0;
    if (to > level || !code.isCode(to, eip)) ground.lost = true;
    return eip;
  }

  /** ESP for a level, from the task state segment; `stack` is that
   * segment's descriptor. */
  private inner(level: number): number {
    const { state, ground, stack } = this;
    const { base, limit, rights } = SEG[TR];
    const at = 4 + 8 * level;
    const wide = (state.get(rights) & WIDE) !== 0;
    if (!wide || at + 5 > state.get(limit)) ground.lost = true;
    const esp = ground.word(state.get(base) + at);
    const selector = ground.word(state.get(base) + at + 4) & 0xffff;
    stack.read(selector);
    if (!stack.isStack(level)) ground.lost = true;
    return esp >>> 0;
  }

  /** ESP where the level stays. */
  private same(): number {
    const { state, ground } = this;
    const usual = isStack(state.get(SEG[SS].rights));
    if (!usual || state.get(CPL) === 3) ground.lost = true;
    return state.get(ESP);
  }

  /** Finds the places of `words` words below a stack pointer. */
  private room(inward: boolean, esp: number, words: number): void {
    const { state, ground, stack, items } = this;
    const { base, limit } = SEG[SS];
    const last = inward ? stack.limit() : state.get(limit);
    const from = inward ? stack.base() : state.get(base);
    if (esp < 4 * words || esp - 1 > last) ground.lost = true;
    for (let n = 0; n < words; n++) {
      items[n] = ground.find(from + esp - 4 * (n + 1), SYS_WRITE);
    }
  }

  private push(inward: boolean, flags: number, next: number): void {
    const { state, phys, items } = this;
    let n = 0;
    if (inward) {
      phys.write32(items[n++] ?? 0, state.get(SEG[SS].selector));
      phys.write32(items[n++] ?? 0, state.get(ESP));
    }
    phys.write32(items[n++] ?? 0, flags >>> 0);
    phys.write32(items[n++] ?? 0, state.get(SEG[CS].selector));
    phys.write32(items[n] ?? 0, next);
  }

  /** The new level, with its code and, if it is another, stack. */
  private arrive(level: number, eip: number, esp: number): void {
    const { state, code, stack } = this;
    if (level !== state.get(CPL)) stack.put(SS, stack.selector);
    code.put(CS, indexOf(code.selector) | level);
    state.set(CPL, level);
    state.set(EIP, eip);
    state.set(ESP, esp);
  }

  /** IRET of 32 bits; false: as above. SDM vol. 2A, IRET. */
  leave(): boolean {
    const { state, ground, code } = this;
    this.begin();
    if (!isStack(state.get(SEG[SS].rights))) ground.lost = true;
    const eip = this.popped(0) >>> 0;
    const selector = this.popped(1) & 0xffff;
    const flags = this.popped(2);
    const level = state.get(CPL);
    const to = selector & 3;
    const virtual = (flags & VM) !== 0 && level === 0;
    // AC may make accesses need a closer look from now on.
    const careful = (flags & AC) !== 0 && to === 3;
    if (virtual || careful || to < level) ground.lost = true;
    code.read(selector);
    if (!code.isCode(to, eip)) ground.lost = true;
    const esp = to > level ? this.outer(to) : state.get(ESP) + 12;
    if (ground.lost) return false;
    const mask = returned(state);
    const all = flagsOf(state) & ~mask | flags & mask;
    this.arrive(to, eip, esp);
    if (to > level) dropInner(state, to);
    setFlags(state, all);
    return true;
  }

  /** The stack's word `n`. */
  private popped(n: number): number {
    const { state, ground } = this;
    const { base, limit } = SEG[SS];
    const offset = state.get(ESP) + 4 * n;
    if (offset + 3 > state.get(limit)) ground.lost = true;
    const right = state.get(CPL) === 3 ? USER_READ : SYS_READ;
    return ground.word(state.get(base) + offset, right);
  }

  /** ESP of the level that the frame came from; `stack` is the
   * descriptor beside it. */
  private outer(level: number): number {
    const { stack, ground } = this;
    const esp = this.popped(3);
    const selector = this.popped(4) & 0xffff;
    stack.read(selector);
    if (!stack.isStack(level)) ground.lost = true;
    return esp;
  }
}

/** The flags that a return takes from its frame. */
function returned(state: State): number {
  const level = state.get(CPL);
  const iopl = (state.get(EFLAGS) & IOPL) >>> 12;
  let mask = ARITHMETIC | TF | DF | NT | RF | AC | ID;
  if (level <= iopl) mask |= IF;
  if (level === 0) mask |= IOPL | VIF | VIP;
  return mask;
}

/** Data of inner levels is none of an outer level's business. */
function dropInner(state: State, level: number): void {
  for (const s of DATA) {
    const f = segment(s);
    const rights = state.get(f.rights);
    if (dplOf(rights) >= level || isConforming(rights)) continue;
    empty(state, f);
  }
}

function empty(state: State, f: Segment): void {
  state.set(f.selector, 0);
  state.set(f.base, 0);
  state.set(f.limit, 0);
  state.set(f.rights, 0);
  state.set(f.reads, 0);
  state.set(f.writes, 0);
}

const DATA = [ES, DS, FS, GS] as const;
