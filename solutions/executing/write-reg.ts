import type { Adr, Builder, V } from '#book/machine/builder.ts';
import { gpr } from '#book/x86/operands.ts';

/** Replaces the part of the register that `bits` names. */
export function writeReg<A extends Adr>(
  b: Builder<A>, index: number, bits: number, value: V<'i32'>,
): void {
  const { i32 } = b;
  if (bits === 32) return b.set(gpr(index), value);
  const high = bits === 8 && index >= 4;
  const field = gpr(bits === 8 ? index & 3 : index);
  const whole = b.get(field);
  const part = high ? i32.shl(value, i32.const(8)) : value;
  const mask = i32.const(high ? 0xff00 : (1 << bits) - 1);
  const differ = i32.and(i32.xor(whole, part), mask);
  b.set(field, i32.xor(whole, differ));
}
