import type { Adr, Builder, V } from '../../machine/builder.ts';
import type { Field } from '../../machine/fields.ts';
import type { Insn } from '../insn.ts';
import { access, operand, place } from '../operands.ts';
import { CR0, CR4 } from '../state.ts';
import { xmmField } from '../sse/registers.ts';
import { FAULT } from '../vectors.ts';

const EM = 4, TS = 8, OSFXSR = 0x200;

/** #UD where the system does not know these registers, #NM where
 * they are another program's. */
export function needSse<A extends Adr>(b: Builder<A>): void {
  const { i32 } = b;
  const has = (field: Field<'i32'>, bit: number): V<'i32'> =>
    i32.and(b.get(field), i32.const(bit));
  const off = i32.or(has(CR0, EM), i32.eqz(has(CR4, OSFXSR)));
  b.if(off, () => b.trap(FAULT.UD));
  b.if(has(CR0, TS), () => b.trap(FAULT.NM));
}

/** #GP(0) for an address that is not a multiple of 16. */
export function needAligned<A extends Adr>(
  b: Builder<A>, at: V<A>,
): void {
  const low = b.i32.and(b.addr.wrap(at), b.i32.const(15));
  b.if(low, () => b.trap(FAULT.GP, b.i32.const(0)));
}

/** Operand k as a vector; less than 128 bits come with zeros. */
export function vector<A extends Adr>(
  b: Builder<A>, i: Insn, k: number, aligned = true,
): V<'v128'> {
  const op = operand(i, k);
  const at = place(b, i, k, 'r');
  if (at === undefined) return b.get(xmmField(op.index));
  if (op.bits === 128) {
    if (aligned) needAligned(b, at);
    return b.load('v128', at, access(128, 'r'));
  }
  const low = op.bits === 64 ? b.load('i64', at, access(64, 'r'))
    : b.i64.extendU(b.load('i32', at, access(32, 'r')));
  return b.v128.join(low, b.i64.const(0));
}

/** Writes a vector to operand 0, or as much of it as fits. */
export function setVector<A extends Adr>(
  b: Builder<A>, i: Insn, value: V<'v128'>, aligned = false,
): void {
  const op = operand(i, 0);
  const at = place(b, i, 0, 'w');
  if (at === undefined) return b.set(xmmField(op.index), value);
  if (op.bits === 128) {
    if (aligned) needAligned(b, at);
    return b.store('v128', at, value, access(128, 'w'));
  }
  const low = b.v128.lane64(value, 0);
  if (op.bits === 64) b.store('i64', at, low, access(64, 'w'));
  else b.store('i32', at, b.i64.wrap(low), access(32, 'w'));
}

/** A vector as four words, for a routine. */
export function wordsOf<A extends Adr>(
  b: Builder<A>, value: V<'v128'>,
): V<'i32'>[] {
  const { v128 } = b;
  return [...halvesOf(b, v128.lane64(value, 0)),
    ...halvesOf(b, v128.lane64(value, 1))];
}

/** 64 bits as two words. */
export function halvesOf<A extends Adr>(
  { i64 }: Builder<A>, value: V<'i64'>,
): V<'i32'>[] {
  const high = i64.shru(value, i64.const(32));
  return [i64.wrap(value), i64.wrap(high)];
}

/** What a routine makes of them. */
export const together = (words: readonly number[]): bigint =>
  words.reduce((all, word, n) =>
    all | BigInt(word) << BigInt(32 * n), 0n);
