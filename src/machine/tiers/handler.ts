import type { Access } from '../builder.ts';
import type { Field } from '../fields.ts';
import type { Node, Setting } from '../record/node.ts';
import type { Template } from '../record/template.ts';
import { Writer } from '../record/writer.ts';
import { OP } from '../wasm/encode.ts';
import { AT, holeAt, RECORD } from './layout.ts';

/** What a handler says: go on, go on at the program counter, or it
 * did nothing; and that it is the second of two that did so, or that
 * something holds for the next instruction alone. */
export const DID = {
  NEXT: 0, JUMP: 1, NOTHING: 2, SECOND: 4, BRIEF: 8,
} as const;

/** Functions that modules import, by number. */
export const IMPORT = { miss: 0 } as const;

const RECORD_PARAMETER = 0;

/** Writes the handler of a shape: everything that the shape leaves
 * open is read from the record. */
export class HandlerWriter extends Writer {
  /** Whether it is the second of two that is written. */
  private second = false;

  constructor(private readonly pc: Field<'i32'>) { super(1); }

  write(template: Template): void {
    this.template(template);
    this.did(DID.NEXT);
  }

  private did(what: number): void {
    this.i32(this.second ? what | DID.SECOND : what);
  }

  private fromRecord(offset: number): void {
    this.getLocal(RECORD_PARAMETER);
    const at = this.second ? RECORD.BYTES + offset : offset;
    const narrow = offset >= RECORD.LENGTH && offset < RECORD.WIDE;
    if (narrow) this.load8(at);
    else this.load32(at);
  }

  protected hole({ hole }: Node): void {
    this.fromRecord(holeAt(hole));
  }

  protected get(node: Node): void {
    const { field, ty } = node;
    if (!field) {
      this.hole(node);
      this.load32(0);
    } else if (field.id === this.pc.id) this.fromRecord(RECORD.PC);
    else this.loadField(ty, field.id);
  }

  protected fixed(): undefined { return undefined; }
  protected answer(): undefined { return undefined; }
  protected leaf(): void { throw new Error('a handler is not lazy'); }

  protected jump(to: Node, sets: readonly Setting[]): void {
    this.commit([...sets, { ref: this.pc, value: to }]);
    this.note(to);
    this.say(DID.JUMP);
  }

  protected end(sets: readonly Setting[]): void { this.commit(sets); }

  protected bail(): void { this.say(DID.NOTHING); }

  private say(what: number): void {
    this.did(what);
    this.op(OP.return);
  }

  /** Who jumps, if it may jump elsewhere another time. */
  private note({ fixed }: Node): void {
    this.i32(AT.source);
    if (fixed) this.i32(0);
    else {
      this.getLocal(RECORD_PARAMETER);
      this.i32(this.second ? RECORD.BYTES : 0);
      this.op(0x6a);
    }
    this.store32(0);
  }

  /** All values before all stores: they may use the old ones. */
  private commit(sets: readonly Setting[]): void {
    for (const { ref, value } of sets) {
      if ('hole' in ref) {
        this.fromRecord(holeAt(ref.hole.index));
      } else this.i32(8 * ref.id);
      this.value(value);
    }
    for (const { ref } of [...sets].reverse()) this.storeField(ref.ty);
  }

  protected tlb({ priv }: Access): number {
    return priv === 'sys' ? AT.system : 0;
  }

  protected override addView({ priv }: Access): void {
    if (priv === 'sys') return;
    this.i32(0);
    this.load32(AT.view);
    this.op(0x6a);
  }

  /** Asks for the translation, then looks again. */
  protected miss(access: Access, address: number): void {
    this.getLocal(address);
    this.i32(access.bits >>> 3);
    this.getLocal(RECORD_PARAMETER);
    this.i32((this.second ? RECORD.BYTES : 0) + this.how(access));
    this.op(0x6a);
    this.noVector();
    this.call(IMPORT.miss);
    this.op(0x45);
    this.open(OP.if);
    this.bail();
    this.close();
  }

  /** Writes a handler that executes two instructions, the first of
   * which can't jump. */
  writeBoth(first: Template, second: Template): void {
    this.template(first);
    this.second = true;
    this.write(second);
  }
}
