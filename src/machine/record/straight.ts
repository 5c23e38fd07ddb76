import type { Access } from '../builder.ts';
import type { Field } from '../fields.ts';
import { AT } from '../tiers/layout.ts';
import { OP } from '../wasm/encode.ts';
import type { Node, Setting } from './node.ts';
import type { Template } from './template.ts';
import { Writer } from './writer.ts';

/** What a straight function comes back with. */
export const CAME = { NEXT: 0, JUMPED: 1, BAILED: 2 } as const;

/** Writes a template as a function without parameters that does it,
 * with `holes` filled in: numbers, or registers by their place. */
export class StraightWriter extends Writer {
  constructor(
    private readonly pc: Field<'i32'>,
    private readonly holes: readonly number[] = [],
  ) { super(0); }

  write(template: Template): this {
    this.template(template);
    this.i32(CAME.NEXT);
    return this;
  }

  protected hole({ hole }: Node): void { this.i32(this.placeOf(hole)); }

  private placeOf(hole: number): number {
    const place = this.holes[hole];
    if (place === undefined) throw new Error(`hole ${hole} is empty`);
    return place;
  }

  protected get({ ty, hole, field }: Node): void {
    this.loadField(ty, field?.id ?? this.placeOf(hole) >> 3);
  }

  protected fixed(): undefined { return undefined; }
  protected answer(): undefined { return undefined; }
  protected leaf(): void { throw new Error('nothing is lazy here'); }

  /** All values before all stores: they may use the old ones. */
  protected end(sets: readonly Setting[]): void {
    for (const { ref, value } of sets) {
      this.i32('hole' in ref ? this.placeOf(ref.hole.index)
        : 8 * ref.id);
      this.value(value);
    }
    for (const { ref } of [...sets].reverse()) this.storeField(ref.ty);
  }

  protected jump(to: Node, sets: readonly Setting[]): void {
    this.end([...sets, { ref: this.pc, value: to }]);
    this.come(CAME.JUMPED);
  }

  protected bail(): void { this.come(CAME.BAILED); }

  private come(how: number): void {
    this.i32(how);
    this.op(OP.return);
  }

  protected tlb({ priv }: Access): number {
    return priv === 'sys' ? AT.system : AT.user;
  }

  protected miss(): void { this.bail(); }
}
