import {
  AT, ENTRY, holeAt, RECORD, TURN,
} from '../../machine/tiers/layout.ts';
import { DID } from '../../machine/tiers/handler.ts';
import { OP } from '../../machine/wasm/encode.ts';
import {
  ADD, EQ, GTU, NE, type Push, SUB, Words,
} from '../../machine/wasm/words.ts';
import type { Field } from '../../machine/fields.ts';
import {
  ACCESSED, BIG, EXECUTABLE, EXPAND_DOWN, ORDINARY, PRESENT, WRITABLE,
} from '../descriptor.ts';
import { WIDE } from '../far.ts';
import {
  AC, ARITHMETIC, DF, ID, IF, IOPL, NT, RF, TF, VIF, VIP,
} from '../flags.ts';
import { PAE, PGE } from '../paging.ts';
import { PE, VM } from '../segment.ts';
import {
  CAREFUL, CO, CPL, CR0, CR3, CR4, CS, DS, EFLAGS, EIP, ES, ESP, FS,
  GDTR_BASE, GDTR_LIMIT, GS, IDTR_BASE, IDTR_LIMIT, SEG, type Segment,
  SR, SS, TR, ZR,
} from '../state.ts';
import { NUMBERS } from './refill.ts';
import { HOLE } from './shapes.ts';

const POPCNT = 0x69, XOR = 0x73;
/** What `where` is told of an access by the processor itself. */
const READ = 2, WRITE = 3;
/** In what `enter` is told: a program asked. RF is in its place. */
export const SOFT = 1;

const LOOK =
  PRESENT | ORDINARY | EXECUTABLE | EXPAND_DOWN | ACCESSED;
const CODE = PRESENT | ORDINARY | EXECUTABLE | ACCESSED;
const STACK = PRESENT | ORDINARY | WRITABLE | ACCESSED | BIG;
const GATE = PRESENT | 14;

/** `where(la, bytes, how) → place`: where bytes of RAM are in our
 * memory, for the processor itself; 0: the access is not usual. */
export function where(): Words {
  const f = new Words(3);
  const [la, bytes, how] = [f.of(0), f.of(1), f.of(2)];
  const entry = f.local('i32');
  const number = f.and(f.shr(la, 12), f.num(ENTRY.COUNT - 1));
  f.let(entry, f.shl(number, ENTRY.SHIFT));
  const kind = f.shl(f.and(how, f.num(1)), Math.log2(ENTRY.WRITE));
  const tag = f.at(f.join(ADD, f.of(entry), kind), AT.system);
  const end = f.join(ADD, la, f.join(SUB, bytes, f.num(1)));
  const other = f.join(NE, tag, f.and(end, f.num(-0x1000)));
  f.when(other, () => {
    for (const push of [la, bytes, how]) push();
    f.noVector();
    f.call(NUMBERS.refill);
    f.when(f.isZero(() => {}), () => {
      f.put(f.num(0), AT.fault, f.num(-1));
      f.give(f.num(0));
    });
  });
  f.join(ADD, la, f.at(f.of(entry), AT.system + ENTRY.ADDEND))();
  return f;
}

/** `named(selector) → place`: where a descriptor of the GDT is in our
 * memory; 0: this selector is not usual. */
export function named(): Words {
  const f = new Words(1);
  const offset = f.and(f.of(0), f.num(0xfff8));
  const local = f.and(f.of(0), f.num(4));
  const last = f.join(ADD, offset, f.num(7));
  const beyond = f.join(GTU, last, f.field(GDTR_LIMIT));
  f.when(f.or(f.isZero(offset), local, beyond),
    () => f.give(f.num(0)));
  f.join(ADD, f.field(GDTR_BASE), offset)();
  for (const n of [8, READ]) f.i32(n);
  f.call(NUMBERS.where);
  return f;
}

/** `turn(context, code, code, stack, stack) → place`: which context
 * follows is noted there; 0: it is not known, but noted that somebody
 * wants to know. */
export function turn(): Words {
  const f = new Words(5);
  const at = f.local('i32');
  const level = f.and(f.shr(f.of(2), 13), f.num(3));
  const mixed = f.join(ADD, f.shl(f.of(0), 2), level);
  const place = f.and(mixed, f.num(TURN.COUNT - 1));
  f.let(at, f.shl(place, TURN.SHIFT));
  const key = [0, 1, 2, 3, 4];
  const differs = key.map((n) =>
    f.join(NE, f.at(f.of(at), AT.turns + 4 * n), f.of(n)));
  const [first = f.num(0), ...more] = differs;
  f.when(f.or(first, ...more), () => {
    for (const n of key) f.put(f.num(0), AT.turn + 4 * n, f.of(n));
    f.give(f.num(0));
  });
  f.join(ADD, f.of(at), f.num(AT.turns))();
  return f;
}

/** The two words of a descriptor, in local variables. */
interface Pair { readonly lo: number; readonly hi: number }

/** What entries and returns have in common. */
abstract class Passage extends Words {
  protected readonly place = this.local('i32');
  protected readonly to = this.local('i32');
  protected readonly eip = this.local('i32');
  protected readonly esp = this.local('i32');
  protected readonly all = this.local('i32');
  protected readonly code = this.pair();
  protected readonly stack = this.pair();
  private readonly turn = this.local('i32');
  /** The frame, and how far it is from its first and last page. */
  protected readonly frame = this.local('i32');
  private readonly near = this.local('i32');
  private readonly far = this.local('i32');

  private pair(): Pair {
    return { lo: this.local('i32'), hi: this.local('i32') };
  }

  protected refuseIf(c: Push): void {
    this.when(c, () => this.give(this.num(0)));
  }

  protected set(f: Field<'i32'>, value: Push): void {
    this.put(this.num(0), 8 * f.id, value);
  }

  protected begin(): void {
    const real = this.isZero(this.and(this.field(CR0), this.num(PE)));
    const odd = this.and(this.field(EFLAGS), this.num(VM | NT));
    this.refuseIf(this.or(real, odd, this.field(CAREFUL)));
  }

  /** Finds bytes and keeps where they are. */
  protected find(la: Push, bytes: Push, how: number): void {
    this.let(this.place, () => {
      la();
      bytes();
      this.i32(how);
      this.call(NUMBERS.where);
    });
    this.refuseIf(this.isZero(this.of(this.place)));
  }

  protected found(offset: number): Push {
    return this.at(this.of(this.place), offset);
  }

  /** Where the frame's words are, if it is in two pages at most; its
   * last word is looked for first, or its first. */
  protected findFrame(size: Push, how: number): void {
    const { frame, near, far } = this;
    const first = this.of(frame);
    const last = this.join(SUB, this.join(ADD, first, size),
      this.num(4));
    const [a, b] = how === WRITE ? [last, first] : [first, last];
    const [there, here] = how === WRITE ? [far, near] : [near, far];
    const find = (la: Push, addend: number): void => {
      this.find(la, this.num(4), how);
      this.let(addend, this.join(SUB, this.of(this.place), la));
    };
    find(a, there);
    this.let(here, this.of(there));
    this.when(this.beyond(last), () => {
      this.refuseIf(this.and(first, this.num(3)));
      find(b, here);
    });
  }

  /** Whether an address is in another page than the frame's first
   * word. */
  private beyond(la: Push): Push {
    const differ = this.join(XOR, la, this.of(this.frame));
    return this.and(differ, this.num(-0x1000));
  }

  /** The place of the frame's word `n`, or of the one that is so many
   * bytes on. */
  protected item(n: number, on: Push = this.num(0)): Push {
    const la = this.join(ADD, this.of(this.frame), on,
      this.num(4 * n));
    return this.join(ADD, la, this.choose(this.of(this.far),
      this.of(this.near), this.beyond(la)));
  }

  private descriptor(selector: Push, { lo, hi }: Pair): void {
    this.let(this.place, () => {
      selector();
      this.call(NUMBERS.named);
    });
    this.refuseIf(this.isZero(this.of(this.place)));
    this.let(lo, this.found(0));
    this.let(hi, this.found(4));
  }

  protected rights({ hi }: Pair): Push {
    return this.and(this.shr(this.of(hi), 8), this.num(0xf0ff));
  }

  protected dpl(rights: Push): Push {
    return this.and(this.shr(rights, 5), this.num(3));
  }

  protected base({ lo, hi }: Pair): Push {
    const middle = this.and(this.of(hi), this.num(0xff));
    return this.or(this.shr(this.of(lo), 16), this.shl(middle, 16),
      this.and(this.of(hi), this.num(0xff00_0000)));
  }

  protected limit({ lo, hi }: Pair): Push {
    const count = this.or(
      this.and(this.of(lo), this.num(0xffff)),
      this.and(this.of(hi), this.num(0xf_0000)));
    const pages = this.or(this.shl(count, 12), this.num(0xfff));
    return this.choose(pages, count,
      this.and(this.of(hi), this.num(0x80_0000)));
  }

  protected choose(a: Push, b: Push, c: Push): Push {
    return () => {
      for (const push of [a, b, c]) push();
      this.op(OP.select);
    };
  }

  /** The code that a selector names; its level is known, or goes into
   * its local, too. */
  protected findCode(selector: Push, level?: Push): void {
    const { code, to, eip } = this;
    this.descriptor(selector, code);
    const kind = this.and(this.rights(code), this.num(LOOK));
    this.refuseIf(this.join(NE, kind, this.num(CODE)));
    const dpl = this.dpl(this.rights(code));
    if (level) this.refuseIf(this.join(NE, dpl, level));
    else this.let(to, dpl);
    this.refuseIf(this.join(GTU, this.of(eip), this.limit(code)));
  }

  /** The stack of the new level. */
  protected findStack(selector: number): void {
    const { stack, to } = this;
    this.descriptor(this.of(selector), stack);
    this.needStack(this.rights(stack));
    const dpl = this.dpl(this.rights(stack));
    this.refuseIf(this.join(NE, dpl, this.of(to)));
    const asked = this.and(this.of(selector), this.num(3));
    this.refuseIf(this.join(NE, asked, this.of(to)));
  }

  protected needStack(rights: Push): void {
    const kind = this.and(rights, this.num(LOOK | WRITABLE | BIG));
    this.refuseIf(this.join(NE, kind, this.num(STACK)));
  }

  /** EFLAGS as a number. */
  protected flags(): Push {
    const [sr, co] = [this.field(SR), this.field(CO)];
    const ones = (): void => {
      this.and(sr, this.num(0xff))();
      this.op(POPCNT);
    };
    const even = this.isZero(this.and(ones, this.num(1)));
    const af = this.and(this.shr(co, 3), this.num(1));
    const of = this.shr(this.join(XOR, co, this.shl(co, 1)), 31);
    return this.or(this.field(EFLAGS), this.shr(co, 31),
      this.shl(even, 2), this.shl(af, 4),
      this.shl(this.isZero(this.field(ZR)), 6),
      this.shl(this.shr(sr, 31), 7), this.shl(of, 11));
  }

  /** The other way, from the local variable. */
  protected setFlags(): void {
    const bit = (n: number): Push =>
      this.and(this.shr(this.of(this.all), n), this.num(1));
    this.set(EFLAGS, this.and(this.of(this.all),
      this.num(~ARITHMETIC)));
    this.set(ZR, this.isZero(bit(6)));
    this.set(SR, this.or(this.shl(bit(7), 31), this.isZero(bit(2))));
    const below = this.join(XOR, bit(0), bit(11));
    this.set(CO, this.or(this.shl(bit(0), 31), this.shl(below, 30),
      this.shl(bit(4), 3)));
  }

  /** Which context follows, if somebody goes by contexts. */
  protected findTurn(from: number): void {
    const { code, stack, turn } = this;
    this.when(this.of(from), () => {
      this.let(turn, () => {
        for (const local of [from, code.lo, code.hi, stack.lo,
          stack.hi]) this.getLocal(local);
        this.call(NUMBERS.turn);
      });
      this.refuseIf(this.isZero(this.of(turn)));
    });
  }

  /** From here on nothing is refused. */
  protected arrive(from: number, selector: number, ring: Push): void {
    const { to, eip, esp } = this;
    const other = this.join(NE, this.of(to), this.field(CPL));
    this.when(other, () => this.putStack(this.of(selector)));
    this.putCode(this.or(this.and(ring, this.num(0xfffc)),
      this.of(to)));
    this.set(CPL, this.of(to));
    this.set(EIP, this.of(eip));
    this.set(ESP, this.of(esp));
    this.when(this.of(from), () => this.takeTurn());
  }

  private takeTurn(): void {
    const what = [AT.context, AT.base, AT.limit, AT.view];
    what.forEach((at, n) => this.put(this.num(0), at,
      this.at(this.of(this.turn), TURN.CONTEXT + 4 * n)));
  }

  private putSegment(f: Segment, selector: Push, d: Pair): void {
    this.set(f.selector, selector);
    this.set(f.base, this.base(d));
    this.set(f.limit, this.limit(d));
    this.set(f.rights, this.rights(d));
  }

  /** What `setBounds` says. */
  private bound(f: Segment): Push {
    const limit = this.field(f.limit);
    return this.choose(this.join(SUB, limit, this.num(14)),
      this.num(0), this.join(GTU, limit, this.num(14)));
  }

  private putStack(selector: Push): void {
    const f = SEG[SS];
    this.putSegment(f, selector, this.stack);
    this.set(f.reads, this.bound(f));
    this.set(f.writes, this.bound(f));
  }

  private putCode(selector: Push): void {
    const f = SEG[CS];
    this.putSegment(f, selector, this.code);
    const readable = this.and(this.field(f.rights), this.num(2));
    this.set(f.reads,
      this.choose(this.bound(f), this.num(0), readable));
    this.set(f.writes, this.num(0));
  }
}

/** `entering(vector, code, how, next, context) → what a handler
 * says`: what `Gates.enter` does. Of contexts only if there is one; 0:
 * nothing has changed. */
export function entering(): Words {
  const f = new Entering(5);
  f.write();
  return f;
}

class Entering extends Passage {
  private readonly lo = this.local('i32');
  private readonly hi = this.local('i32');
  private readonly selector = this.local('i32');
  private readonly from = this.local('i32');
  private readonly last = this.local('i32');
  private readonly size = this.local('i32');

  write(): void {
    const { to, selector, size, all, esp } = this;
    const [code, how, from] = [this.of(1), this.of(2), 4];
    this.begin();
    this.gate();
    const level = this.field(CPL);
    this.findCode(this.shr(this.of(this.lo), 16));
    this.refuseIf(this.join(GTU, this.of(to), level));
    const same = this.join(EQ, this.of(to), level);
    this.when(same, () => this.same(), () => this.inner());
    const coded = this.join(NE, code, this.num(-1));
    this.let(size, this.join(ADD, this.of(size), this.shl(coded, 2)));
    this.room();
    this.findTurn(from);
    this.let(all, this.flags());
    const image = this.or(this.of(all), this.and(how, this.num(RF)));
    this.push(code, coded, image);
    this.let(esp, this.join(SUB, this.of(esp), this.of(size)));
    this.arrive(from, selector, this.shr(this.of(this.lo), 16));
    const keepsIf = this.and(this.of(this.hi), this.num(0x100));
    const cleared = this.choose(this.num(~(TF | NT | RF | VM)),
      this.num(~(TF | NT | RF | VM | IF)), keepsIf);
    this.let(all, this.and(this.of(all), cleared));
    this.setFlags();
    this.give(this.num(DID.JUMP));
  }

  private gate(): void {
    const { lo, hi, eip } = this;
    const at = this.shl(this.of(0), 3);
    const last = this.join(ADD, at, this.num(7));
    this.refuseIf(this.join(GTU, last, this.field(IDTR_LIMIT)));
    this.find(this.join(ADD, this.field(IDTR_BASE), at), this.num(8),
      READ);
    this.let(lo, this.found(0));
    this.let(hi, this.found(4));
    const rights = this.shr(this.of(hi), 8);
    const kind = this.and(rights, this.num(GATE | ORDINARY));
    this.refuseIf(this.join(NE, kind, this.num(GATE)));
    const soft = this.and(this.of(2), this.num(SOFT));
    const level = this.choose(this.field(CPL), this.num(0), soft);
    this.refuseIf(this.join(GTU, level, this.dpl(rights)));
    this.let(eip, this.or(
      this.and(this.of(hi), this.num(0xffff_0000)),
      this.and(this.of(lo), this.num(0xffff))));
  }

  private same(): void {
    const { base, limit, rights } = SEG[SS];
    this.refuseIf(this.join(EQ, this.field(CPL), this.num(3)));
    this.needStack(this.field(rights));
    this.let(this.esp, this.field(ESP));
    this.let(this.from, this.field(base));
    this.let(this.last, this.field(limit));
    this.let(this.size, this.num(12));
  }

  private inner(): void {
    const { base, limit, rights } = SEG[TR];
    const wide = this.and(this.field(rights), this.num(WIDE));
    this.refuseIf(this.isZero(wide));
    const at = this.join(ADD, this.shl(this.of(this.to), 3),
      this.num(4));
    const last = this.join(ADD, at, this.num(5));
    this.refuseIf(this.join(GTU, last, this.field(limit)));
    this.find(this.join(ADD, this.field(base), at), this.num(8), READ);
    this.let(this.esp, this.found(0));
    this.let(this.selector, this.and(this.found(4), this.num(0xffff)));
    this.findStack(this.selector);
    this.let(this.from, this.base(this.stack));
    this.let(this.last, this.limit(this.stack));
    this.let(this.size, this.num(20));
  }

  /** The place of the frame's lowest word. */
  private room(): void {
    const { esp, size, from, last } = this;
    this.refuseIf(this.join(GTU, this.of(size), this.of(esp)));
    const top = this.join(SUB, this.of(esp), this.num(1));
    this.refuseIf(this.join(GTU, top, this.of(last)));
    const end = this.join(ADD, this.of(from), this.of(esp));
    this.let(this.frame, this.join(SUB, end, this.of(size)));
    this.findFrame(this.of(size), WRITE);
  }

  private push(code: Push, coded: Push, flags: Push): void {
    const words = [this.of(3), this.field(SEG[CS].selector), flags];
    const more = [this.field(ESP), this.field(SEG[SS].selector)];
    const put = (word: Push, n: number): void =>
      this.put(this.item(n, this.shl(coded, 2)), 0, word);
    this.when(coded, () => this.put(this.item(0), 0, code));
    words.forEach(put);
    const inward = this.join(NE, this.of(this.to), this.field(CPL));
    this.when(inward,
      () => more.forEach((word, n) => put(word, n + 3)));
  }
}

/** `leaving(context) → what a handler says, or 0`: what `Gates.leave`
 * does, from levels 0 to 2; as above. */
export function leaving(): Words {
  const f = new Leaving(1);
  f.write();
  return f;
}

class Leaving extends Passage {
  private readonly selector = this.local('i32');
  private readonly outerSelector = this.local('i32');
  private readonly popped = this.local('i32');

  write(): void {
    const { to, selector, popped, esp } = this;
    const level = this.field(CPL);
    this.begin();
    this.refuseIf(this.join(EQ, level, this.num(3)));
    this.pop();
    this.strange();
    this.let(to, this.and(this.of(selector), this.num(3)));
    this.refuseIf(this.join(GTU, level, this.of(to)));
    this.findCode(this.of(selector), this.of(to));
    const outward = this.join(GTU, this.of(to), level);
    this.let(esp, this.join(ADD, this.field(ESP), this.num(12)));
    this.when(outward, () => this.outer());
    this.findTurn(0);
    this.let(this.all, this.mixed(this.of(popped)));
    this.when(outward, () => this.dropNull());
    this.arrive(0, this.outerSelector, this.of(selector));
    this.setFlags();
    const resumes = this.and(this.of(popped), this.num(RF));
    this.give(this.choose(this.num(DID.JUMP | DID.BRIEF),
      this.num(DID.JUMP), resumes));
  }

  /** Finds the frame, if it has so many bytes. */
  private reach(bytes: number): void {
    const { base, limit, rights } = SEG[SS];
    this.needStack(this.field(rights));
    const last = this.join(SUB, this.field(limit),
      this.num(bytes - 1));
    this.refuseIf(this.join(GTU, this.num(bytes - 1),
      this.field(limit)));
    this.refuseIf(this.join(GTU, this.field(ESP), last));
    this.let(this.frame, this.join(ADD, this.field(base),
      this.field(ESP)));
    this.findFrame(this.num(bytes), READ);
  }

  private pop(): void {
    this.reach(12);
    this.let(this.eip, this.at(this.item(0)));
    this.let(this.selector,
      this.and(this.at(this.item(1)), this.num(0xffff)));
    this.let(this.popped, this.at(this.item(2)));
  }

  /** Flags that the reference should see to; for those who go by
   * contexts, also what makes a trap of the next instruction. */
  private strange(): void {
    const flags = this.of(this.popped);
    const refused = this.choose(this.num(VM | AC | TF),
      this.num(VM | AC), this.of(0));
    this.refuseIf(this.and(flags, refused));
  }

  private outer(): void {
    const { outerSelector, esp } = this;
    this.reach(20);
    this.let(esp, this.at(this.item(3)));
    this.let(outerSelector,
      this.and(this.at(this.item(4)), this.num(0xffff)));
    this.findStack(outerSelector);
    for (const s of DATA) this.keeps(SEG[s]);
  }

  /** Refuses if a data segment would be taken away that is one. */
  private keeps(f: Segment): void {
    const used = this.or(this.field(f.rights), this.field(f.base),
      this.field(f.limit), this.field(f.reads), this.field(f.writes));
    this.when(this.isInner(f), () => this.refuseIf(used));
  }

  private isInner({ rights }: Segment): Push {
    const dpl = this.dpl(this.field(rights));
    const conforming = ORDINARY | EXECUTABLE | EXPAND_DOWN;
    const kind = this.and(this.field(rights), this.num(conforming));
    return this.and(this.join(GTU, this.of(this.to), dpl),
      this.join(NE, kind, this.num(conforming)));
  }

  private dropNull(): void {
    for (const s of DATA) {
      this.when(this.isInner(SEG[s]),
        () => this.set(SEG[s].selector, this.num(0)));
    }
  }

  /** The flags of now with those that a return takes from its
   * frame. */
  private mixed(popped: Push): Push {
    const [level, flags] = [this.field(CPL), this.field(EFLAGS)];
    const iopl = this.and(this.shr(flags, 12), this.num(3));
    const always = ARITHMETIC | TF | DF | NT | RF | AC | ID;
    const denied = this.join(GTU, level, iopl);
    const most = this.choose(this.num(always), this.num(always | IF),
      denied);
    const high = this.choose(this.num(0),
      this.num(IOPL | VIF | VIP), level);
    const mask = this.or(most, high);
    return this.or(this.and(this.flags(), this.not(mask)),
      this.and(popped, mask));
  }
}

const DATA = [ES, DS, FS, GS] as const;

/** The handlers of INT n and IRET. */
export function interrupts(): Words {
  const f = new Words(1);
  const length = f.at(f.of(0), RECORD.LENGTH, 8);
  const next = f.join(ADD, f.at(f.of(0), RECORD.PC), length);
  const vector = f.at(f.of(0), holeAt(HOLE.IMMEDIATE), 8);
  pass(f, [vector, f.num(-1), f.num(SOFT), next], NUMBERS.entering);
  return f;
}

export function returns(): Words {
  const f = new Words(1);
  pass(f, [], NUMBERS.leaving);
  return f;
}

/** Does nothing if any of these is not 0. */
function refuse(f: Words, ...why: readonly [Push, ...Push[]]): void {
  f.when(f.or(...why), () => f.give(f.num(DID.NOTHING)));
}

function pass(f: Words, told: readonly Push[], number: number): void {
  refuse(f, f.word(AT.watched));
  const done = (): void => {
    for (const push of told) push();
    f.word(AT.context)();
    f.call(number);
  };
  const did = f.local('i32');
  f.let(did, done);
  const all = [f.of(did), f.num(DID.NOTHING), f.of(did)];
  for (const push of all) push();
  f.op(OP.select);
}

/** The register that the record names. */
const register = (f: Words): Push =>
  f.at(f.at(f.of(0), holeAt(HOLE.REGISTER), 8));

/** The handler of MOV to CR3, of tables with short entries. */
export function tables(): Words {
  const f = new Words(1);
  const cr4 = f.field(CR4);
  refuse(f, f.field(CPL), f.and(cr4, f.num(PAE)));
  f.put(f.num(0), 8 * CR3.id, register(f));
  f.and(cr4, f.num(PGE))();
  f.call(NUMBERS.flush);
  return f;
}

/** The handler of INVLPG, of an address in a register. */
export function page(): Words {
  const f = new Words(1);
  refuse(f, f.field(CPL));
  f.join(ADD, f.field(SEG[DS].base), register(f))();
  f.call(NUMBERS.flushPage);
  return f;
}
