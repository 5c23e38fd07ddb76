import type { Field } from '#book/machine/fields.ts';
import { RECORD } from '#book/machine/tiers/layout.ts';
import type { Body } from '#book/machine/wasm/body.ts';
import { OP } from '#book/machine/wasm/encode.ts';

/** Where a record keeps the record to which it jumped last. */
export const TAKEN = RECORD.BYTES;

/** To the record that was jumped to last, if it was again. */
export function follow(
  f: Body, record: number, pc: Field<'i32'>, following: number,
): void {
  f.getLocal(record);
  f.load32(TAKEN);
  f.open(OP.if);
  f.getLocal(record);
  f.load32(TAKEN);
  f.load32(RECORD.PC);
  f.i32(0);
  f.load32(8 * pc.id);
  f.op(0x46);
  f.open(OP.if);
  f.getLocal(record);
  f.load32(TAKEN);
  f.setLocal(record);
  f.br(following);
  f.close();
  f.close();
}
