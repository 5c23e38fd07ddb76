import { type Phys, REGION } from '../../machine/phys.ts';
import {
  AT, ENTRY, MISSED, PAGE_ENTRY, SEEN,
} from '../../machine/tiers/layout.ts';
import { OP } from '../../machine/wasm/encode.ts';
import {
  ADD, EQ, F64, GEU, GTU, I64, LOAD8U, NE, type Push, SHL, STORE8,
  SUB, Words,
} from '../../machine/wasm/words.ts';
import { EIP } from '../state.ts';
import { PLACES, SYS_READ } from '../tlb.ts';

/** Where a buffer of translations is, and how many places it has. */
export interface Buffer {
  readonly at: number;
  readonly size: number;
}

/** Functions of the first module that are called by number. */
export const NUMBERS = {
  slow: 0, forget: 1, forgetPage: 2, walk: 3, refill: 4, find: 5,
  where: 6, named: 7, turn: 8, entering: 9, leaving: 10, match: 11,
  raise: 12, flush: 13, flushPage: 14,
} as const;

/** What asks a buffer, and walks if that does not know. */
abstract class Asking extends Words {
  protected readonly page = this.local('i32');
  protected readonly place = this.local('i32');
  protected readonly frame = this.local('i32');
  protected readonly rights = this.local('i32');
  private readonly way = this.local('i64');

  constructor(parameters: number, private readonly buffer: Buffer) {
    super(parameters);
  }

  /** Whether a program asks. */
  protected abstract user(): Push;
  /** What to do if a walk refuses, and after it has filled a place. */
  protected abstract refuse(): void;
  protected filled(): void {}

  protected ask(la: Push, write: Push, right: Push): void {
    const { buffer, page, place, rights } = this;
    this.let(page, this.shr(la, 12));
    this.let(place, this.and(this.of(page), this.num(buffer.size - 1)));
    this.let(rights, this.byte(buffer.at + PLACES(buffer.size).rights));
    const here = this.at(this.shl(this.of(place), 2),
      buffer.at + PLACES(buffer.size).pages);
    const same = this.join(EQ, this.known(), here);
    const may = this.join(NE, this.and(this.of(rights), right),
      this.num(0));
    this.when(this.and(same, may), () => this.take(),
      () => this.walk(la, write));
  }

  /** The page as the buffer notes it now. */
  private known(): Push {
    const { round } = PLACES(this.buffer.size);
    return this.or(this.of(this.page),
      this.word(this.buffer.at + round));
  }

  private byte(at: number): Push {
    return () => {
      this.getLocal(this.place);
      this.memory(LOAD8U, at);
    };
  }

  private take(): void {
    this.shl(this.of(this.place), 3)();
    this.memory(F64.load, this.buffer.at);
    for (const code of F64.toI32U) this.op(code);
    this.setLocal(this.frame);
  }

  private walk(la: Push, write: Push): void {
    const { way, frame, rights } = this;
    for (const push of [la, write, this.user()]) push();
    this.call(NUMBERS.walk);
    this.tee(way);
    this.op(I64.const);
    this.bytes.s64(-1n);
    this.when(() => this.op(I64.eq), () => this.refuse());
    const half = (by: bigint): Push => () => {
      this.getLocal(way);
      this.op(I64.const);
      this.bytes.s64(by);
      this.op(I64.shru);
      this.op(I64.wrap);
    };
    this.let(frame, half(0n));
    this.let(rights, half(32n));
    this.fill();
    this.filled();
  }

  private fill(): void {
    const { buffer, place, frame, rights } = this;
    const { pages, rights: bytes, counts } = PLACES(buffer.size);
    this.put(this.shl(this.of(place), 2), buffer.at + pages,
      this.known());
    for (const local of [place, rights]) this.getLocal(local);
    this.memory(STORE8, buffer.at + bytes);
    this.shl(this.of(place), 3)();
    this.getLocal(frame);
    this.op(F64.fromI32U);
    this.memory(F64.store, buffer.at);
    this.i32(0);
    this.i32(0);
    this.memory(F64.load, buffer.at + counts);
    this.op(F64.const);
    this.bytes.f64(1);
    this.op(F64.add);
    this.memory(F64.store, buffer.at + counts);
  }
}

/** `refill(address, bytes, how) → 1`: an access that missed may be
 * tried again; 0: it may not. */
export function refiller(buffer: Buffer, { size }: Phys): Words {
  const f = new Refill(buffer, size);
  f.write();
  return f;
}

class Refill extends Asking {
  private readonly entry = this.local('i32');
  private readonly mark = this.local('i32');
  private readonly count = this.local('i32');
  private readonly program = this.local('i32');

  constructor(buffer: Buffer, private readonly size: number) {
    super(4, buffer);
  }

  write(): void {
    const [va, bytes, how] = [this.of(0), this.of(1), this.of(2)];
    this.put(this.num(0), AT.fault, this.num(-1));
    this.noteMiss(how);
    const end = this.join(ADD, this.and(va, this.num(0xfff)), bytes);
    this.slowIf(this.join(GTU, end, this.num(0x1000)));
    const outer = this.join(EQ, this.word(AT.view), this.num(AT.user));
    const itself = this.and(how, this.num(2));
    this.let(this.program, this.and(outer, this.isZero(itself)));
    const write = this.and(how, this.num(1));
    const kind = this.or(write, this.shl(this.user(), 1));
    this.ask(va, write, this.join(SHL, this.num(SYS_READ), kind));
    this.look();
    this.show();
    this.letsThrough(write);
  }

  /** A record that misses often will be translated otherwise. */
  private noteMiss(how: Push): void {
    const { entry } = this;
    const last = MISSED.COUNT - 1 << MISSED.SHIFT;
    this.let(entry, this.and(how, this.num(last)));
    this.put(this.of(entry), AT.missed, this.join(ADD,
      this.at(this.of(entry), AT.missed), this.num(1)));
  }

  protected user(): Push { return this.of(this.program); }

  /** It faults, or else the walk is unusual. */
  protected refuse(): void {
    const faults = this.join(NE, this.word(AT.fault), this.num(-1));
    this.when(faults, () => {
      this.put(this.num(0), AT.faultAt, this.of(0));
      this.give(this.num(0));
    });
    this.slow();
  }

  private slow(): void {
    for (let n = 0; n < 3; n++) this.getLocal(n);
    this.call(NUMBERS.slow);
    this.give(() => {});
  }

  private slowIf(c: Push): void { this.when(c, () => this.slow()); }

  /** Only RAM is shown from here, and while there is room to note it. */
  private look(): void {
    const { size, frame, mark, count } = this;
    this.slowIf(this.join(GEU, this.of(frame), this.num(size)));
    this.let(mark, () => {
      this.shr(this.of(frame), 12)();
      this.memory(LOAD8U, AT.ram + size);
    });
    this.slowIf(this.and(this.of(mark), this.num(REGION)));
    this.let(count, this.word(AT.shown));
    this.slowIf(this.join(EQ, this.of(count), this.num(ENTRY.COUNT)));
  }

  private show(): void {
    const { place, count, entry } = this;
    this.put(this.shl(this.of(count), 2), AT.shown + 4, this.of(place));
    this.put(this.num(0), AT.shown,
      this.join(ADD, this.of(count), this.num(1)));
    this.let(entry, this.shl(this.of(place), ENTRY.SHIFT));
    this.tags(AT.system, 0);
    this.tags(AT.user, 2);
  }

  private tags(view: number, first: number): void {
    const { entry, page, frame, rights, mark } = this;
    const address = this.shl(this.of(page), 12);
    const bit = (n: number): Push =>
      this.and(this.shr(this.of(rights), n), this.num(1));
    const tag = (lets: Push): Push => () => {
      for (const push of [address, this.num(1), lets]) push();
      this.op(OP.select);
    };
    const unmarked = this.isZero(this.of(mark));
    const writes = this.and(bit(first + 1), unmarked);
    this.put(this.of(entry), view + ENTRY.READ, tag(bit(first)));
    this.put(this.of(entry), view + ENTRY.WRITE, tag(writes));
    const gap = this.join(SUB, this.of(frame), address);
    this.put(this.of(entry), view + ENTRY.ADDEND,
      this.join(ADD, gap, this.num(AT.ram)));
  }

  /** Whether the access finds its entry now. */
  private letsThrough(write: Push): void {
    const view = this.shl(this.user(), Math.log2(AT.user - AT.system));
    const kind = this.shl(write, Math.log2(ENTRY.WRITE));
    const tag = this.at(this.join(ADD, this.of(this.entry), view, kind),
      AT.system);
    this.give(this.join(EQ, tag, this.shl(this.of(this.page), 12)));
  }
}

/** `find(la) → 1`: the page of code at a linear address was known
 * before, and the dispatcher will find it; 0: it was not. */
export function finder(buffer: Buffer): Words {
  const f = new Find(1, buffer);
  f.write();
  return f;
}

class Find extends Asking {
  private readonly seen = this.local('i32');

  write(): void {
    const la = this.of(0);
    const beyond = this.join(GTU, this.field(EIP), this.word(AT.limit));
    this.when(beyond, () => this.refuse());
    this.ask(la, this.num(0), this.join(SHL, this.num(SYS_READ),
      this.shl(this.user(), 1)));
    const pfn = this.shr(this.of(this.frame), 12);
    const place = this.and(pfn, this.num(SEEN.COUNT - 1));
    this.let(this.seen, this.shl(place, SEEN.SHIFT));
    const tag = this.or(this.shl(this.of(this.page), 12),
      this.word(AT.context));
    this.unless(SEEN.TAG, tag);
    this.unless(SEEN.FRAME, pfn);
    this.put(this.entry(), AT.pages + PAGE_ENTRY.TAG, tag);
    this.put(this.entry(), AT.pages + PAGE_ENTRY.MAP,
      this.seenWord(SEEN.MAP));
    this.give(this.num(1));
  }

  protected user(): Push {
    return this.join(EQ, this.word(AT.view), this.num(AT.user));
  }

  protected refuse(): void { this.give(this.num(0)); }

  protected override filled(): void {
    this.put(this.entry(), AT.pages + PAGE_ENTRY.TAG, this.num(0));
    this.put(this.entry(), AT.pages + PAGE_ENTRY.MAP, this.num(0));
  }

  /** Where the dispatcher's entry for this place is, from AT.pages. */
  private entry(): Push {
    return this.shl(this.of(this.place), PAGE_ENTRY.SHIFT);
  }

  private seenWord(offset: number): Push {
    return this.at(this.of(this.seen), AT.seen + offset);
  }

  /** Refuses if what was seen is something else. */
  private unless(offset: number, same: Push): void {
    this.when(this.join(NE, this.seenWord(offset), same),
      () => this.refuse());
  }
}
