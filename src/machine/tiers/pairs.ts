import { OP } from '../wasm/encode.ts';
import { ADD, EQ, GEU, type Push, Words } from '../wasm/words.ts';
import { AT, PAIR, RECORD } from './layout.ts';

const MUL = 0x6c, LTS = 0x48, GTS = 0x4a;

/** Spreads numbers over cells (D. E. Knuth, TAOCP 3, §6.4:
 * multiplicative hashing). */
const SPREAD = 0x9e37_79b1 | 0;
const SHIFT = 32 - Math.log2(PAIR.COUNT);

/** The cell for two shapes, as their records have them. */
export function cellOf(first: number, second: number): number {
  const mixed = Math.imul(first << 16 | second, SPREAD);
  return AT.pairs + (mixed >>> SHIFT << PAIR.SHIFT);
}

/** `match(record) → whether so many are wanted`: looks at each two
 * records that follow one another from this one on. What has a handler
 * for both gets it; what has none is wanted when it was seen so
 * `often`. */
export function match(often: number, many: number): Words {
  return new Matchmaker(often, many).write();
}

class Matchmaker extends Words {
  private readonly record = 0;
  private readonly next = this.local('i32');
  private readonly left = this.local('i32');
  private readonly tag = this.local('i32');
  private readonly cell = this.local('i32');
  private readonly first = this.shape(this.record);
  private readonly second = this.shape(this.next);
  private readonly value = this.at(this.of(this.cell), PAIR.VALUE);

  constructor(
    private readonly often: number, private readonly many: number,
  ) { super(1); }

  write(): this {
    const { record, next, left } = this;
    const behind =
      this.join(ADD, this.of(record), this.num(RECORD.BYTES));
    this.let(left, this.num(PAIR.AHEAD));
    this.open(OP.loop);
    const again = this.depth;
    this.let(next, this.at(this.of(record), RECORD.NEXT));
    const enough =
      this.join(GEU, this.word(AT.wanted), this.num(this.many));
    this.when(this.isZero(this.of(next)), () => this.give(enough));
    this.when(this.join(EQ, this.of(next), behind), () => this.meet());
    this.let(record, this.of(next));
    this.let(left, this.join(ADD, this.of(left), this.num(-1)));
    this.of(left)();
    this.br(again, OP.br_if);
    this.close();
    enough();
    return this;
  }

  private shape(record: number): Push {
    return this.at(this.of(record), RECORD.SHAPE, 16);
  }

  /** The record and the one behind it. */
  private meet(): void {
    const { tag, cell, first, second } = this;
    const mixed = this.join(MUL, this.of(tag), this.num(SPREAD));
    const place = this.shl(this.shr(mixed, SHIFT), PAIR.SHIFT);
    this.let(tag, this.or(this.shl(first, 16), second));
    this.let(cell, this.join(ADD, place, this.num(AT.pairs)));
    const shapes = this.at(this.of(cell), PAIR.SHAPES);
    const ours = this.join(EQ, shapes, this.of(tag));
    this.when(this.isZero(ours), () => this.claim(shapes));
    this.when(ours, () => this.know());
  }

  /** The cell is about them. */
  private know(): void {
    const { record, cell, value } = this;
    this.when(this.join(GTS, value, this.num(0)),
      () => this.put(this.of(record), RECORD.PAIR, value));
    this.when(this.join(LTS, value, this.num(0)), () => {
      this.put(this.of(cell), PAIR.VALUE,
        this.join(ADD, value, this.num(1)));
      this.when(this.isZero(value), () => this.want());
    });
  }

  /** The cell is about others. They keep it if they were wanted. */
  private claim(shapes: Push): void {
    const { tag, cell, value } = this;
    const counting = this.join(LTS, value, this.num(0));
    this.when(this.or(counting, this.isZero(shapes)), () => {
      this.put(this.of(cell), PAIR.SHAPES, this.of(tag));
      this.put(this.of(cell), PAIR.VALUE, this.num(-this.often));
    });
  }

  /** Writes a record of them down, if there is room. */
  private want(): void {
    const { record, cell } = this;
    const wanted = this.word(AT.wanted);
    const full = this.join(EQ, wanted, this.num(PAIR.MOST));
    this.when(full, () => {
      this.put(this.of(cell), PAIR.VALUE, this.num(-1));
    }, () => {
      this.put(this.shl(wanted, 2), AT.wanted + 4, this.of(record));
      this.put(this.num(0), AT.wanted,
        this.join(ADD, wanted, this.num(1)));
    });
  }
}
