import type { State } from '../../machine/fields.ts';
import type { Phys } from '../../machine/phys.ts';
import type { Cpu } from '../cpu.ts';
import { BIG, dplOf, indexOf } from '../descriptor.ts';
import {
  AC, ARITHMETIC, DF, ID, IF, IOPL, NT, RF, TF, VIF, VIP,
} from '../flags.ts';
import { WIDE } from '../far.ts';
import type { Mmu } from '../paging.ts';
import { PE, segment, VM } from '../segment.ts';
import {
  CAREFUL, CO, CPL, CR0, CS, DS, EFLAGS, EIP, ES, ESP, FS, GDTR_BASE,
  GDTR_LIMIT, GS, IDTR_BASE, IDTR_LIMIT, SEG, SR, SS, TR, ZR,
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

  /** Code for a level: present, used before, not conforming. */
  isCode(level: number, eip: number): boolean {
    return !this.ground.lost && (this.rights & 0x9d) === 0x99
      && dplOf(this.rights) === level && eip <= this.limit();
  }

  /** A stack for a level: present, used before, 32 bits wide, and it
   * does not expand down. */
  isStack(level: number): boolean {
    return !this.ground.lost && isStack(this.rights)
      && dplOf(this.rights) === level && (this.selector & 3) === level;
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

const isStack = (rights: number): boolean =>
  (rights & 0x9f) === 0x93 && (rights & BIG) !== 0;

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

  constructor(cpu: Cpu) {
    this.state = cpu.state;
    this.phys = cpu.phys;
    this.ground = new Ground(cpu);
    this.code = new Entry(this.state, this.ground);
    this.stack = new Entry(this.state, this.ground);
  }

  /** Whether selectors name descriptors, and nobody looks on. */
  private begins(): boolean {
    const { state } = this;
    this.ground.lost = false;
    return (state.get(CR0) & PE) !== 0 && state.get(CAREFUL) === 0
      && (state.get(EFLAGS) & (VM | NT)) === 0;
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
    const { state, ground } = this;
    const at = state.get(IDTR_BASE) + vector * 8;
    const inside = vector * 8 + 7 <= state.get(IDTR_LIMIT);
    if (!inside || !this.begins()) return false;
    const lo = ground.word(at);
    const hi = ground.word(at + 4);
    // Present, 32 bits wide, and no task gate.
    if (ground.lost || (hi >>> 8 & 0x9e) !== 0x8e) return false;
    const level = state.get(CPL);
    if (soft && dplOf(hi >>> 8) < level) return false;
    this.code.read(lo >>> 16);
    const to = dplOf(this.code.rights);
    const eip = (hi & 0xffff_0000 | lo & 0xffff) >>> 0;
    if (to > level || !this.code.isCode(to, eip)) return false;
    const esp = to < level ? this.inner(to) : this.same();
    const words = (to < level ? 5 : 3) + (code < 0 ? 0 : 1);
    this.room(to < level, esp, words);
    if (ground.lost) return false;
    const flags = flagsOf(state);
    this.push(to < level, flags | resume, next);
    if (code >= 0) this.phys.write32(this.items[words - 1] ?? 0, code);
    const cleared = TF | NT | RF | VM | ((hi & 0x100) !== 0 ? 0 : IF);
    setFlags(state, flags & ~cleared);
    this.arrive(to, eip);
    if (to < level) this.stack.put(SS, this.stack.selector);
    state.set(ESP, esp - 4 * words);
    return true;
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
    if (!ground.lost) stack.read(selector);
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

  private arrive(level: number, eip: number): void {
    const { state, code } = this;
    state.set(CPL, level);
    code.put(CS, indexOf(code.selector) | level);
    state.set(EIP, eip);
  }

  /** IRET of 32 bits; false: as above. SDM vol. 2A, IRET. */
  leave(): boolean {
    const { state, ground } = this;
    if (!this.begins() || !isStack(state.get(SEG[SS].rights))) {
      return false;
    }
    const eip = this.popped(0) >>> 0;
    const selector = this.popped(1) & 0xffff;
    const flags = this.popped(2);
    const level = state.get(CPL);
    const to = selector & 3;
    if ((flags & VM) !== 0 && level === 0 || to < level) return false;
    if (!ground.lost) this.code.read(selector);
    if (!this.code.isCode(to, eip)) return false;
    // AC may make accesses need a closer look from now on.
    if ((flags & AC) !== 0 && to === 3) return false;
    const esp = to > level ? this.outer(to) : state.get(ESP) + 12;
    if (ground.lost) return false;
    const mask = returned(state);
    const all = flagsOf(state) & ~mask | flags & mask;
    this.arrive(to, eip);
    if (to > level) this.stack.put(SS, this.stack.selector);
    state.set(ESP, esp);
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
    if (!ground.lost) stack.read(selector);
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
    const conforming = (rights & 0x1c) === 0x1c;
    if (dplOf(rights) >= level || conforming) continue;
    state.set(f.selector, 0);
    state.set(f.base, 0);
    state.set(f.limit, 0);
    state.set(f.rights, 0);
    state.set(f.reads, 0);
    state.set(f.writes, 0);
  }
}

const DATA = [ES, DS, FS, GS] as const;
