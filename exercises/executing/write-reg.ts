import type { Adr, Builder, V } from '#book/machine/builder.ts';
import { gpr } from '#book/x86/operands.ts';

/** Replaces the part of the register that `bits` names. */
export function writeReg<A extends Adr>(
  b: Builder<A>, index: number, bits: number, value: V<'i32'>,
): void {
  // yours
}
