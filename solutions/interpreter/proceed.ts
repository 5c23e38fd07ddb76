import type { Field } from '#book/machine/fields.ts';
import { RECORD } from '#book/machine/tiers/layout.ts';
import type { Body } from '#book/machine/wasm/body.ts';
import { OP } from '#book/machine/wasm/encode.ts';

export function proceed(
  f: Body, record: number, pc: Field<'i32'>, following: number,
): void {
  f.getLocal(record);
  f.load32(RECORD.NEXT);
  f.open(OP.if);
  f.getLocal(record);
  f.load32(RECORD.NEXT);
  f.setLocal(record);
  f.br(following);
  f.close();
  f.i32(0);
  f.getLocal(record);
  f.load32(RECORD.PC);
  f.getLocal(record);
  f.load32(RECORD.LENGTH);
  f.op(0x6a);
  f.store32(8 * pc.id);
}
