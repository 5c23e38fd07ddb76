import type { Field } from '#book/machine/fields.ts';
import { RECORD } from '#book/machine/tiers/layout.ts';
import type { Body } from '#book/machine/wasm/body.ts';
import { OP } from '#book/machine/wasm/encode.ts';

/** To the next record, if it is linked; else the program counter
 * moves on. */
export function proceed(
  f: Body, record: number, pc: Field<'i32'>, following: number,
): void {
  // yours
}
