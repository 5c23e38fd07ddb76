import type { Field, Ty } from '../fields.ts';

/** A number that is left open while a shape is recorded: one for
 * all instructions that differ in it alone. It poses as a number;
 * whoever calculates with it has looked, and gets an exception. */
export class Hole {
  /** @param high it is for the second byte of a register */
  constructor(readonly index: number, readonly high = false) {}

  [Symbol.toPrimitive](): never { throw new Looked(this.index); }

  /** This hole, for a place where meanings expect a number. */
  asNumber(): number { return this as unknown as number; }
}

/** A meaning depends on what stands in a hole. */
export class Looked extends Error {
  constructor(readonly index: number) {
    super(`a meaning looked into hole ${index}`);
  }
}

/** A register whose number is a hole. */
export interface OpenField {
  readonly ty: Ty;
  readonly hole: Hole;
  /** The registers that it may be. */
  readonly ids: ReadonlySet<number>;
}

export const holeOf = (value: unknown): Hole | undefined =>
  (value instanceof Hole ? value : undefined);

/** The register of a file by its number, which may be a hole. */
export function fieldAt<T extends Ty>(
  file: readonly Field<T>[], index: number,
): Field<T> | undefined {
  const hole = holeOf(index);
  if (!hole) return file[index];
  const ids = new Set(file.map(({ id }) => id));
  const open: OpenField = { ty: file[0]?.ty ?? 'i32', hole, ids };
  return open as unknown as Field<T>;
}
