import type { Adr, Builder, V } from '../../machine/builder.ts';
import { add, sub } from './arithmetic.ts';
import { signExtend, zero } from '../flags.ts';
import {
  jumpRelative, type Meaning, offset, linear, access, operand, place,
  read, readAt, readReg, truncate, write, writeAt, writeReg,
} from '../operands.ts';
import { EAX, EBX, ECX, EDX, ZR } from '../state.ts';

const AX = 0;
const DX = 2;

const movzx: Meaning = (b, i) => write(b, i, 0, read(b, i, 1));

const movsx: Meaning = (b, i) => {
  const value = read(b, i, 1);
  write(b, i, 0, signExtend(b, operand(i, 1).bits, value));
};

/** AL into AX, or AX into EAX. */
const cbw: Meaning = (b, i) => {
  const half = i.opSize / 2;
  const value = signExtend(b, half, readReg(b, AX, half));
  writeReg(b, AX, i.opSize, value);
};

/** The sign of AX into all of DX, or of EAX into EDX. */
const cwd: Meaning = (b, i) => {
  const value = signExtend(b, i.opSize, readReg(b, AX, i.opSize));
  writeReg(b, DX, i.opSize, b.i32.shrs(value, b.i32.const(31)));
};

const bswap: Meaning = (b, i) => {
  const { i32 } = b;
  const x = read(b, i, 0);
  const odd = i32.const(0xff00_ff00);
  const even = i32.const(0x00ff_00ff);
  // Bytes 1 and 3 go left by one byte, 0 and 2 go right.
  const left = i32.rotl(i32.and(x, even), i32.const(24));
  const right = i32.rotl(i32.and(x, odd), i32.const(8));
  write(b, i, 0, i32.or(left, right));
};

const xlat: Meaning = (b, i) => {
  const op = operand(i, 0);
  const at = b.i32.add(offset(b, i, op), readReg(b, AX, 8));
  const from = linear(b, op.seg, truncate(b, at, i.addrSize), 1, 'r');
  writeReg(b, AX, 8, b.load('i32', from, access(8, 'r')));
};

const xadd: Meaning = (b, i) => {
  const at = place(b, i, 0, 'rw');
  const x = readAt(b, i, 0, at, 'rw');
  const sum = add(b, operand(i, 0).bits, x, read(b, i, 1));
  write(b, i, 1, x);
  writeAt(b, i, 0, at, sum);
};

const cmpxchg: Meaning = (b, i) => {
  const { bits } = operand(i, 0);
  const at = place(b, i, 0, 'rw');
  const found = readAt(b, i, 0, at, 'rw');
  const wanted = readReg(b, AX, bits);
  sub(b, bits, wanted, found);
  b.if(zero(b), () => writeAt(b, i, 0, at, read(b, i, 1)), () => {
    // The processor writes even where it changes nothing.
    if (at !== undefined) writeAt(b, i, 0, at, found);
    writeReg(b, AX, bits, found);
  });
};

function pair<A extends Adr>(
  { i64 }: Builder<A>, high: V<'i32'>, low: V<'i32'>,
): V<'i64'> {
  const left = i64.shl(i64.extendU(high), i64.const(32));
  return i64.or(left, i64.extendU(low));
}

const cmpxchg8b: Meaning = (b, i) => {
  const { i64 } = b;
  const op = operand(i, 0);
  const at = linear(b, op.seg, offset(b, i, op), 8, 'rw');
  const found = b.load('i64', at, access(64, 'rw'));
  const wanted = pair(b, b.get(EDX), b.get(EAX));
  const equal = i64.eq(found, wanted);
  b.set(ZR, b.i32.eqz(equal));
  b.if(equal, () => {
    const value = pair(b, b.get(ECX), b.get(EBX));
    b.store('i64', at, value, access(64, 'w'));
  }, () => {
    b.store('i64', at, found, access(64, 'w'));
    b.set(EAX, i64.wrap(found));
    b.set(EDX, i64.wrap(i64.shru(found, i64.const(32))));
  });
};

/** LOOPE and LOOPNE: the count is not 0 and ZF is as wanted. */
const loopWhile = (equal: boolean): Meaning => (b, i) => {
  const { i32 } = b;
  const left = i32.sub(readReg(b, 1, i.addrSize), i32.const(1));
  writeReg(b, 1, i.addrSize, left);
  const more = i32.ne(truncate(b, left, i.addrSize), i32.const(0));
  const asWanted = equal ? zero(b) : i32.eqz(zero(b));
  b.if(i32.and(more, asWanted), () => jumpRelative(b, i));
};

export const conversions: Record<string, Meaning> = {
  movzx, movsx, cbw, cwd, bswap, xlat, xadd, cmpxchg, cmpxchg8b,
  loope: loopWhile(true), loopne: loopWhile(false),
  pause: () => {}, lfence: () => {}, mfence: () => {},
  sfence: () => {},
};
