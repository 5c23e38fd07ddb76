/** Types of the values that instructions work on. */
export type Ty = 'i32' | 'i64' | 'f64' | 'v128';

/** A piece of processor state; `id` is its slot of eight bytes. */
export interface Field<T extends Ty> {
  readonly ty: T;
  readonly id: number;
  readonly name: string;
}

/** Gives fields their slots. */
export class Layout {
  slots = 0;
  readonly fields: Field<Ty>[] = [];

  i32(name: string): Field<'i32'> { return this.field('i32', name); }
  i64(name: string): Field<'i64'> { return this.field('i64', name); }
  f64(name: string): Field<'f64'> { return this.field('f64', name); }
  v128(name: string): Field<'v128'> {
    return this.field('v128', name);
  }

  /** The same slot under another type: RAX over EAX. */
  view<T extends Ty>(ty: T, name: string, of: Field<Ty>): Field<T> {
    const field = { ty, id: of.id, name };
    this.fields.push(field);
    return field;
  }

  private field<T extends Ty>(ty: T, name: string): Field<T> {
    const field = { ty, id: this.slots, name };
    this.slots += ty === 'v128' ? 2 : 1;
    this.fields.push(field);
    return field;
  }
}

/** The values of all fields of a layout. */
export class State {
  readonly i32: Int32Array;
  readonly i64: BigInt64Array;
  readonly f64: Float64Array;

  /** @param memory where to keep them, from 0 on */
  constructor(layout: Layout, memory?: WebAssembly.Memory) {
    const { slots } = layout;
    const buffer = memory?.buffer ?? new ArrayBuffer(slots * 8);
    this.i32 = new Int32Array(buffer, 0, 2 * slots);
    this.i64 = new BigInt64Array(buffer, 0, slots);
    this.f64 = new Float64Array(buffer, 0, slots);
  }

  /** A 32-bit field as an unsigned number. */
  get(field: Field<'i32'>): number {
    return (this.i32[field.id << 1] ?? 0) >>> 0;
  }

  set(field: Field<'i32'>, value: number): void {
    this.i32[field.id << 1] = value;
  }

  save(): Int32Array { return this.i32.slice(); }
  restore(saved: Int32Array): void { this.i32.set(saved); }
}
