import type { Adr, Builder, V } from '#book/machine/builder.ts';
import type { Insn } from '#book/x86/insn.ts';
import {
  readReg, truncate, writeReg,
} from '#book/x86/operands.ts';
import { EIP } from '#book/x86/state.ts';

/** Without REP: once. With it: one iteration, and a jump to the
 * same instruction if there is more to do and `again` holds. */
export function repeat<A extends Adr>(
  b: Builder<A>, i: Insn, once: () => void,
  again: () => V<'i32'> = () => b.i32.const(1),
): void {
  once();
}
