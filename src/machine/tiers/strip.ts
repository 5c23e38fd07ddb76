import type { Field } from '../fields.ts';
import {
  ADD, COPY, FILL, GTU, NE, type Push, SHL, SHRU, SUB, Words, XOR,
} from '../wasm/words.ts';
import { AT, ENTRY } from './layout.ts';

/** An instruction that repeats itself: it copies elements from one
 * place of memory to the next, or fills it with a value. All but
 * `size` are fields, by slot, that have variables in regions. */
export interface Strip {
  /** How many elements are left. */
  readonly count: number;
  readonly to: number;
  /** Where it copies from; undefined: it fills. */
  readonly from: number | undefined;
  readonly value: number;
  /** An element has 1, 2 or 4 bytes: how often 1 is doubled. */
  readonly size: 0 | 1 | 2;
}

/** What `strip` is told beside the size: it copies. */
export const COPIES = 4;

const [TO, FROM, VALUE, COUNT, MOST, HOW] = [0, 1, 2, 3, 4, 5] as const;

/** `strip(to, from, value, count, most, how) → done`: so many elements
 * were moved at once, and at least one is left; 0: something is not
 * usual.
 * @param down what says, if it is not 0, that addresses go down */
export function strip(
  down: { readonly field: Field<'i32'>; readonly bit: number },
): Words {
  const f = new StripWriter(7);
  f.write(f.and(f.field(down.field), f.num(down.bit)));
  return f;
}

class StripWriter extends Words {
  private readonly entry = this.local('i32');
  private readonly target = this.local('i32');
  private readonly source = this.local('i32');
  private readonly size = this.and(this.of(HOW), this.num(3));

  write(down: Push): void {
    const few = this.join(GTU, this.num(2), this.of(COUNT));
    this.when(this.or(few, down), () => this.giveUp());
    this.limit(this.join(SUB, this.of(COUNT), this.num(1)));
    this.find(TO, ENTRY.WRITE, this.target);
    this.when(this.and(this.of(HOW), this.num(COPIES)),
      () => this.copy(), () => this.fill());
    this.give(this.of(MOST));
  }

  private giveUp(): void { this.give(this.num(0)); }

  /** No more than so many elements. */
  private limit(elements: Push): void {
    this.when(this.join(GTU, this.of(MOST), elements),
      () => this.let(MOST, elements));
  }

  /** No more than there are in so many bytes. */
  private limitBytes(bytes: Push): void {
    this.limit(this.join(SHRU, bytes, this.size));
  }

  /** Where an address is in our memory, up to the end of its page. */
  private find(address: number, kind: number, into: number): void {
    const va = this.of(address);
    const page = this.and(this.shr(va, 12), this.num(ENTRY.COUNT - 1));
    this.let(this.entry, this.join(ADD,
      this.shl(page, ENTRY.SHIFT), this.word(AT.view)));
    const tag = this.at(this.of(this.entry), kind);
    this.when(this.join(NE, tag, this.and(va, this.num(-0x1000))),
      () => this.giveUp());
    this.limitBytes(this.join(SUB, this.num(0x1000),
      this.and(va, this.num(0xfff))));
    this.let(into, this.join(ADD, va,
      this.at(this.of(this.entry), ENTRY.ADDEND)));
  }

  /** What was just written may be what is to be copied next: so far
   * and no further. */
  private copy(): void {
    const { target, source } = this;
    this.find(FROM, ENTRY.READ, source);
    this.limitBytes(this.join(SUB, this.of(target), this.of(source)));
    this.all(COPY, this.of(source));
  }

  /** With one byte over and over. */
  private fill(): void {
    const value = this.of(VALUE);
    const next = this.join(XOR, value, this.shr(value, 8));
    const bits = this.shl(this.inBytes(this.num(1)), 3);
    const mask = this.join(SHL, this.num(1),
      this.join(SUB, bits, this.num(8)));
    const differ = this.and(next, this.join(SUB, mask, this.num(1)));
    this.when(differ, () => this.giveUp());
    this.all(FILL, value);
  }

  private inBytes(elements: Push): Push {
    return this.join(SHL, elements, this.size);
  }

  private all(code: readonly number[], what: Push): void {
    this.getLocal(this.target);
    what();
    this.inBytes(this.of(MOST))();
    for (const byte of code) this.op(byte);
  }
}
