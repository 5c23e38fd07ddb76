import type { Adr, Builder, V } from '../../machine/builder.ts';
import { setCarry } from '../flags.ts';
import type { Insn } from '../insn.ts';
import {
  access, linear, type Meaning, offset, operand, read, readReg,
  truncate, write, writeReg,
} from '../operands.ts';
import { signExtend } from '../flags.ts';
import { ZR } from '../state.ts';

/** The bit changed. */
type Change = <A extends Adr>(
  b: Builder<A>, word: V<'i32'>, bit: V<'i32'>,
) => V<'i32'>;

const set: Change = ({ i32 }, word, bit) => i32.or(word, bit);
const reset: Change = ({ i32 }, word, bit) =>
  i32.and(word, i32.not(bit));
const complement: Change = ({ i32 }, word, bit) =>
  i32.xor(word, bit);

/** Where the word with the bit lies: a bit number in a register
 * reaches all of memory, one in the code only its operand. */
function word<A extends Adr>(
  b: Builder<A>, i: Insn, kind: 'r' | 'rw',
): V<A> | undefined {
  const { i32 } = b;
  const op = operand(i, 0);
  if (op.kind !== 'mem') return undefined;
  let at = offset(b, i, op);
  if (operand(i, 1).kind === 'reg') {
    const n = signExtend(b, op.bits, read(b, i, 1));
    const shift = i32.const(op.bits === 32 ? 5 : 4);
    const words = i32.shrs(n, shift);
    at = i32.add(at, i32.mul(words, i32.const(op.bits >>> 3)));
  }
  const within = truncate(b, at, i.addrSize);
  return linear(b, op.seg, within, op.bits >>> 3, kind);
}

const test = (change?: Change): Meaning => (b, i) => {
  const { i32 } = b;
  const { bits, index } = operand(i, 0);
  const kind = change ? 'rw' : 'r';
  const at = word(b, i, kind);
  const found = at === undefined ? readReg(b, index, bits)
    : b.load('i32', at, access(bits, kind));
  const n = i32.and(read(b, i, 1), i32.const(bits - 1));
  if (change) {
    const changed = change(b, found, i32.shl(i32.const(1), n));
    if (at === undefined) writeReg(b, index, bits, changed);
    else b.store('i32', at, changed, access(bits, 'w'));
  }
  setCarry(b, i32.and(i32.shru(found, n), i32.const(1)));
};

/** BSF and BSR: of 0, ZF is set and the register stays. */
const scan = (forward: boolean): Meaning => (b, i) => {
  const { i32 } = b;
  const x = read(b, i, 1);
  b.set(ZR, x);
  b.if(x, () => {
    write(b, i, 0, forward ? i32.ctz(x)
      : i32.sub(i32.const(31), i32.clz(x)));
  });
};

export const bits: Record<string, Meaning> = {
  bt: test(), bts: test(set), btr: test(reset),
  btc: test(complement), bsf: scan(true), bsr: scan(false),
};
