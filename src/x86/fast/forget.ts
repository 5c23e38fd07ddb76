import {
  AT, ENTRY, PAGE_ENTRY,
} from '../../machine/tiers/layout.ts';
import { DID } from '../../machine/tiers/handler.ts';
import { OP } from '../../machine/wasm/encode.ts';
import {
  ADD, EQ, F64, FILL, type Push, SUB, Words,
} from '../../machine/wasm/words.ts';
import { LAST_ROUND, NONE, PLACES, ROUND } from '../tlb.ts';
import { type Buffer, NUMBERS } from './refill.ts';

/** The buffers for data and for instructions. */
export type Buffers = readonly [data: Buffer, fetches: Buffer];

/** What forgets, by itself or by TypeScript, which does the same. */
class Forgetting extends Words {
  constructor(private readonly buffers: Buffers) { super(1); }

  /** `flush(keep)`: forgets all, unless something is kept or rounds
   * begin anew. */
  all(): void {
    const over = this.buffers.map(({ at, size }) => this.join(EQ,
      this.word(at + PLACES(size).round), this.num(LAST_ROUND)));
    this.slowlyIf(this.or(this.of(0), ...over), NUMBERS.forget);
    for (const buffer of this.buffers) this.nextRound(buffer);
    this.closeShown();
    this.clearPages();
    this.give(this.num(DID.NEXT));
  }

  /** `flushPage(la)`: forgets a page, unless it may be a piece of a
   * larger one. */
  page(): void {
    const [data, fetches] = this.buffers;
    const pieces = this.buffers.map(({ at, size }) =>
      this.word(at + PLACES(size).pieces));
    const [first = this.num(0), ...more] = pieces;
    this.slowlyIf(this.or(first, ...more), NUMBERS.forgetPage);
    const place = this.local('i32');
    this.drop(data, place);
    this.closePlace(this.of(place), data.size);
    this.drop(fetches, place);
    const entry = this.shl(this.of(place), PAGE_ENTRY.SHIFT);
    for (const part of [PAGE_ENTRY.TAG, PAGE_ENTRY.MAP]) {
      this.put(entry, AT.pages + part, this.num(0));
    }
    this.give(this.num(DID.NEXT));
  }

  private slowlyIf(c: Push, number: number): void {
    this.when(c, () => {
      this.getLocal(0);
      this.call(number);
      this.give(() => {});
    });
  }

  private nextRound({ at, size }: Buffer): void {
    const { round, pieces, counts } = PLACES(size);
    this.put(this.num(0), at + round,
      this.join(ADD, this.word(at + round), this.num(ROUND)));
    this.put(this.num(0), at + pieces, this.num(0));
    const flushes = at + counts + 8;
    this.i32(0);
    this.i32(0);
    this.memory(F64.load, flushes);
    this.op(F64.const);
    this.bytes.f64(1);
    this.op(F64.add);
    this.memory(F64.store, flushes);
  }

  /** Closes what was shown, the last first. */
  private closeShown(): void {
    const [{ size }] = this.buffers;
    const left = this.local('i32');
    const shown = this.at(this.shl(this.of(left), 2), AT.shown);
    this.let(left, this.word(AT.shown));
    this.when(this.of(left), () => {
      this.open(OP.loop);
      const top = this.depth;
      this.closePlace(shown, size);
      this.let(left, this.join(SUB, this.of(left), this.num(1)));
      this.getLocal(left);
      this.br(top, OP.br_if);
      this.close();
    });
    this.put(this.num(0), AT.shown, this.num(0));
  }

  /** Both views' entries of a place. */
  private closePlace(place: Push, size: number): void {
    const entry = this.shl(place, ENTRY.SHIFT);
    for (let n = 0; n < ENTRY.COUNT; n += size) {
      for (const view of [AT.system, AT.user]) {
        const from = view + (n << ENTRY.SHIFT);
        this.put(entry, from + ENTRY.READ, this.num(1));
        this.put(entry, from + ENTRY.WRITE, this.num(1));
      }
    }
  }

  private clearPages(): void {
    const [, { size }] = this.buffers;
    this.i32(AT.pages);
    this.i32(0);
    this.i32(size << PAGE_ENTRY.SHIFT);
    for (const code of FILL) this.op(code);
  }

  /** A buffer's entry for the page; its place goes into a local. */
  private drop({ at, size }: Buffer, place: number): void {
    const { pages, round } = PLACES(size);
    const page = this.shr(this.of(0), 12);
    this.let(place, this.and(page, this.num(size - 1)));
    const here = this.shl(this.of(place), 2);
    const noted = this.or(page, this.word(at + round));
    const same = this.join(EQ, this.at(here, at + pages), noted);
    this.when(same, () => this.put(here, at + pages, this.num(NONE)));
  }
}

export function forgetting(buffers: Buffers): Words {
  const f = new Forgetting(buffers);
  f.all();
  return f;
}

export function forgettingPage(buffers: Buffers): Words {
  const f = new Forgetting(buffers);
  f.page();
  return f;
}
