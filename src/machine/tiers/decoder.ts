import { Body } from '../wasm/body.ts';
import { OP } from '../wasm/encode.ts';
import { AT, LEAF, MAP, PART, RECORD, TWIG } from './layout.ts';

/** What `decode` says beside a place in the page, where it stopped
 * since nothing is known of the bytes. */
export const DECODED = { ALL: 0x1000, NO_ROOM: 0x1001 } as const;

const ADD = 0x6a, SUB = 0x6b, AND = 0x71, SHL = 0x74;
const EQZ = 0x45, GTU = 0x4b, GEU = 0x4f, LTU = 0x49, SHRS = 0x75;
const LOAD8U = [0x2d, 0], LOAD32 = [0x28, 0];

/** `decode(root, map, at, end, pc) → DECODED`: makes records of the
 * instructions from `at` on, as far as the tree at `root` knows them:
 * up to `end`, a known record, a jump, or `ahead` of them. */
export function decoder(ahead: number): Body {
  return new DecoderWriter().write(ahead);
}

class DecoderWriter {
  private readonly f = new Body(5);
  private readonly root = 0;
  private readonly map = 1;
  private readonly at = 2;
  private readonly end = 3;
  private readonly pc = 4;
  private readonly last = this.f.local('i32');
  private readonly leaf = this.f.local('i32');
  private readonly record = this.f.local('i32');
  private readonly part = this.f.local('i32');
  private readonly stop = this.f.local('i32');
  private readonly ahead = this.f.local('i32');

  write(ahead: number): Body {
    const { f } = this;
    f.i32(ahead);
    f.setLocal(this.ahead);
    this.word(AT.decoded);
    f.setLocal(this.last);
    f.open(OP.loop);
    this.join();
    this.walk();
    this.take();
    this.head();
    this.fill();
    this.link();
    this.proceed(f.depth);
    f.close();
    this.finish();
    f.op(OP.unreachable);
    return f;
  }

  /** At the page's end, or where a record is known, all is done. */
  private join(): void {
    const { f } = this;
    this.ask(GEU, this.at, () => f.i32(0x1000), () => this.finish());
    this.mapped();
    f.load32(0);
    f.tee(this.record);
    f.open(OP.if);
    this.link();
    this.finish();
    f.close();
  }

  /** From twig to twig, by one byte of the instruction each. */
  private walk(): void {
    const { f, leaf } = this;
    f.getLocal(this.root);
    f.setLocal(leaf);
    f.open(OP.loop);
    const again = f.depth;
    this.byte(LOAD8U, () => { f.getLocal(leaf); f.load32(TWIG.AT); });
    f.i32(2);
    f.op(SHL);
    f.getLocal(leaf);
    f.op(ADD);
    f.load32(TWIG.NEXT);
    f.tee(leaf);
    f.op(EQZ);
    f.open(OP.if);
    this.unknown();
    f.close();
    f.getLocal(leaf);
    f.i32(1);
    f.op(AND);
    f.op(EQZ);
    f.br(again, OP.br_if);
    f.close();
    f.getLocal(leaf);
    f.i32(1);
    f.op(SUB);
    f.setLocal(leaf);
  }

  /** A new record, if the instruction ends before `end`. */
  private take(): void {
    const { f } = this;
    f.getLocal(this.at);
    this.of(this.leaf, LEAF.LENGTH);
    f.op(ADD);
    f.getLocal(this.end);
    f.op(GTU);
    f.open(OP.if);
    this.unknown();
    f.close();
    this.word(AT.free);
    f.tee(this.record);
    f.i32(RECORD.BYTES);
    f.op(ADD);
    this.word(AT.end);
    f.op(GTU);
    f.open(OP.if);
    this.give(DECODED.NO_ROOM);
    f.close();
    f.i32(0);
    f.getLocal(this.record);
    f.i32(RECORD.BYTES);
    f.op(ADD);
    f.store32(AT.free);
  }

  /** What all records have. */
  private head(): void {
    const { f, leaf } = this;
    this.put(RECORD.PC, () => f.getLocal(this.pc));
    f.getLocal(this.record);
    this.of(leaf, LEAF.SHAPE);
    f.store16(RECORD.SHAPE);
    this.put(RECORD.HANDLER, () => this.of(leaf, LEAF.HANDLER));
    this.put(RECORD.PAIR, () => this.of(leaf, LEAF.HANDLER));
    this.put(RECORD.LENGTH, () => this.of(leaf, LEAF.LENGTH));
  }

  /** The holes, part by part. Each is filled as a word: what that
   * writes beyond a byte, the next parts overwrite. */
  private fill(): void {
    const { f, leaf, part, stop } = this;
    f.getLocal(leaf);
    f.i32(LEAF.PARTS);
    f.op(ADD);
    f.tee(part);
    this.of(leaf, LEAF.SIZE);
    f.op(ADD);
    f.setLocal(stop);
    f.open(OP.loop);
    const again = f.depth;
    this.ask(LTU, part, () => f.getLocal(stop), () => {
      f.getLocal(this.record);
      this.of(part, PART.HOLE);
      f.op(ADD);
      this.value();
      f.store32(0);
      this.step(part, () => f.i32(PART.BYTES));
      f.br(again);
    });
    f.close();
  }

  private value(): void {
    const { f, part } = this;
    this.byte(LOAD32, () => this.of(part, PART.AT));
    this.of(part, PART.LEFT);
    f.op(SHL);
    this.of(part, PART.RIGHT);
    f.op(SHRS);
    this.of(part, PART.MASK);
    f.op(AND);
    this.of(part, PART.ADD);
    f.op(ADD);
  }

  private proceed(next: number): void {
    const { f } = this;
    this.mapped();
    f.getLocal(this.record);
    f.store32(0);
    f.getLocal(this.record);
    f.setLocal(this.last);
    this.of(this.leaf, LEAF.GOES_ON);
    f.op(EQZ);
    f.open(OP.if);
    this.finish();
    f.close();
    this.step(this.at, () => this.of(this.leaf, LEAF.LENGTH));
    this.step(this.pc, () => this.of(this.leaf, LEAF.LENGTH));
    this.step(this.ahead, () => f.i32(-1));
    f.getLocal(this.ahead);
    f.br(next, OP.br_if);
  }
  /** The record is the one after the last. */
  private link(): void {
    const { f } = this;
    f.getLocal(this.last);
    f.open(OP.if);
    f.getLocal(this.last);
    f.getLocal(this.record);
    f.store32(RECORD.NEXT);
    f.close();
  }

  // Ends.

  private finish(): void {
    this.note();
    this.give(DECODED.ALL);
  }

  private unknown(): void {
    this.note();
    this.f.getLocal(this.at);
    this.f.op(OP.return);
  }

  private note(): void {
    this.f.i32(0);
    this.f.getLocal(this.last);
    this.f.store32(AT.decoded);
  }

  private give(what: number): void {
    this.f.i32(what);
    this.f.op(OP.return);
  }

  // Words.

  private word(at: number): void {
    this.f.i32(0);
    this.f.load32(at);
  }

  private of(local: number, offset: number): void {
    this.f.getLocal(local);
    this.f.load32(offset);
  }

  private put(offset: number, what: () => void): void {
    this.f.getLocal(this.record);
    what();
    this.f.store32(offset);
  }

  private step(local: number, by: () => void): void {
    this.f.getLocal(local);
    by();
    this.f.op(ADD);
    this.f.setLocal(local);
  }

  /** Where the map's word for this place is. */
  private mapped(): void {
    const { f } = this;
    f.getLocal(this.map);
    f.getLocal(this.at);
    f.i32(2);
    f.op(SHL);
    f.op(ADD);
  }

  /** What stands so far behind the instruction's beginning. */
  private byte(load: readonly number[], offset: () => void): void {
    const { f } = this;
    f.getLocal(this.map);
    f.getLocal(this.at);
    f.op(ADD);
    offset();
    f.op(ADD);
    f.memory(load, MAP.COPY);
  }

  private ask(
    op: number, local: number, other: () => void, then: () => void,
  ): void {
    const { f } = this;
    f.getLocal(local);
    other();
    f.op(op);
    f.open(OP.if);
    then();
    f.close();
  }
}
