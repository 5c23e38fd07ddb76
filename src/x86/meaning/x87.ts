import type { Adr, Builder, Routine, V } from
  '../../machine/builder.ts';
import { fromDecimal, fromInteger } from
  '../../machine/float/convert.ts';
import {
  DOUBLE, EXTENDED, type Num, SINGLE, unpack,
} from '../../machine/float/format.ts';
import type { Cpu } from '../cpu.ts';
import {
  ARITHMETIC, CF, condition, PF, writeEflags, ZF,
} from '../flags.ts';
import {
  binary, compared, examine, partialRemainder, roundToInteger,
  squareRoot,
} from '../fpu/arithmetic.ts';
import {
  extract, f2xm1, fcos, fpatan, fptan, fsin, fsincos, fyl2x, fyl2xp1,
  loadConstant, scale,
} from '../fpu/elementary.ts';
import {
  initialize, loadEnvironment, restore, save, setControl,
  storeEnvironment, storeTen,
} from '../fpu/environment.ts';
import { deliverPending, needFpu, notePlace } from '../fpu/pointers.ts';
import {
  free, isEmpty, pop, readSt, setTop, topOf, writeSt,
} from '../fpu/registers.ts';
import {
  C0, C1, C2, C3, DEFAULT, numberAt, push, refresh, setConditions,
  stackFault,
} from '../fpu/status.ts';
import { load, store, storeInteger } from '../fpu/transfer.ts';
import type { Insn, Operand } from '../insn.ts';
import {
  access, linear, type Meaning, offset, operand, place, read, write,
} from '../operands.ts';
import { lookCloser, segment } from '../segment.ts';
import { EIP, FPU_CW, FPU_SW } from '../state.ts';

/** A routine that gives nothing back, or a number. */
function routine(
  name: string, run: (cpu: Cpu, ...args: number[]) => number | void,
): Routine<Cpu> {
  return { name, run: (cpu, ...args) => run(cpu, ...args) ?? 0 };
}

/** Before every instruction that waits: 1 if it must be tried anew. */
const begins = routine('fpu', (cpu, seg = 0, offset = 0) => {
  needFpu(cpu, false);
  if (deliverPending(cpu) !== 0) return 1;
  notePlace(cpu, seg, offset);
  return 0;
});

const memoryOf = (i: Insn): Operand | undefined =>
  i.operands.find(({ kind }) => kind === 'mem');

/** An instruction that computes: it waits for what is pending, and
 * its place is noted. */
const numeric = (body: Meaning): Meaning => (b, i) => {
  const { i32 } = b;
  const op = memoryOf(i);
  const seg = i32.const(op ? op.seg : -1);
  const at = op ? offset(b, i, op) : i32.const(0);
  b.if(b.routine(begins, seg, at),
    () => b.jump(b.addr.extendU(b.get(EIP))), () => body(b, i));
};

const checks = routine('fpuControl', (cpu, wait = 0) => {
  needFpu(cpu, false);
  return wait !== 0 ? deliverPending(cpu) : 0;
});

/** One that looks after the unit itself. */
const control = (wait: boolean, body: Meaning): Meaning =>
  (b, i) => b.if(b.routine(checks, b.i32.const(wait ? 1 : 0)),
    () => b.jump(b.addr.extendU(b.get(EIP))), () => body(b, i));

const waits = routine('wait', (cpu) => {
  needFpu(cpu, true);
  return deliverPending(cpu);
});

const fwait: Meaning = (b) => b.if(b.routine(waits),
  () => b.jump(b.addr.extendU(b.get(EIP))));

/** What lies in memory, and how it is read. */
const FORMATS = {
  single: 0, double: 1, integer16: 2, integer32: 3, integer64: 4,
  decimal: 5,
} as const;

function formatOf(i: Insn): number {
  const { bits } = operand(i, 0);
  const { mnemonic } = i;
  if (mnemonic.startsWith('fb')) return FORMATS.decimal;
  if (!mnemonic.startsWith('fi')) {
    return bits === 32 ? FORMATS.single : FORMATS.double;
  }
  return bits === 16 ? FORMATS.integer16
    : bits === 32 ? FORMATS.integer32 : FORMATS.integer64;
}

function numberFrom(
  format: number, low: number, high: number, top: number,
): Num {
  const all = BigInt(high) << 32n | BigInt(low);
  switch (format) {
    case FORMATS.single: return unpack(SINGLE, BigInt(low));
    case FORMATS.double: return unpack(DOUBLE, all);
    case FORMATS.integer16: return fromInteger(BigInt.asIntN(16, all));
    case FORMATS.integer32: return fromInteger(BigInt.asIntN(32, all));
    case FORMATS.integer64: return fromInteger(BigInt.asIntN(64, all));
    default: return fromDecimal(BigInt(top) << 64n | all);
  }
}

type Words = [low: V<'i32'>, high: V<'i32'>, top: V<'i32'>];

/** Memory operand 0 as three words. */
function words<A extends Adr>(b: Builder<A>, i: Insn): Words {
  const { i32, i64, addr } = b;
  const op = operand(i, 0);
  const none = i32.const(0);
  const at = linear(b, op.seg, offset(b, i, op), op.bits >>> 3, 'r');
  if (op.bits <= 32) {
    return [b.load('i32', at, access(op.bits, 'r')), none, none];
  }
  const all = b.load('i64', at, access(64, 'r'));
  const high = i64.wrap(i64.shru(all, i64.const(32)));
  if (op.bits === 64) return [i64.wrap(all), high, none];
  const above = addr.add(at, addr.const(8));
  const top = b.load('i32', above, access(16, 'r'));
  return [i64.wrap(all), high, top];
}

const NAMES = 'add mul com comp sub subr div divr'.split(' ');

const withMemory = routine('fpuMemory',
  (cpu, op = 0, format = 0, low = 0, high = 0) => {
    const n = numberFrom(format, low, high, 0);
    binary(cpu, op, 0, numberAt(cpu, 0), n, false);
  });

const withRegister = routine('fpuRegister',
  (cpu, op = 0, to = 0, from = 0, pops = 0) => binary(
    cpu, op, to, numberAt(cpu, to), numberAt(cpu, from), pops !== 0));

/** Operation `op` of the eight, on memory or registers. */
const arithmetic = (op: number, pops = 0): Meaning => (b, i) => {
  const { i32 } = b;
  const [first, second] = i.operands;
  if (first?.kind === 'mem') {
    const [low, high] = words(b, i);
    b.routine(withMemory, i32.const(op), i32.const(formatOf(i)),
      low, high);
  } else {
    b.routine(withRegister, i32.const(op),
      i32.const(first?.index ?? 0), i32.const(second?.index ?? 0),
      i32.const(pops));
  }
};

/** Compares ST(0) with a number, and pops up to twice. */
function compareWith(
  cpu: Cpu, b: Num | undefined, quiet: boolean, pops: number,
): void {
  const { relation, on } = compared(cpu, numberAt(cpu, 0), b, quiet);
  setConditions(cpu, relation);
  for (let n = 0; on && n < pops; n++) pop(cpu);
}

const compares = (name: string, quiet: boolean) => routine(name,
  (cpu, i = 0, pops = 0) =>
    compareWith(cpu, numberAt(cpu, i), quiet, pops));

const fcomRegister = compares('fcom', false);
const fucomRegister = compares('fucom', true);

const fcomMemory = routine('fcomMemory',
  (cpu, format = 0, low = 0, high = 0, pops = 0) => {
    const n = numberFrom(format, low, high, 0);
    compareWith(cpu, n, false, pops);
  });

/** Compares with operand 0, or with ST(1) if there is none. */
const comparing = (r: Routine<Cpu>, pops: number): Meaning =>
  (b, i) => {
    const { i32 } = b;
    const op = i.operands[0];
    if (op?.kind !== 'mem') {
      b.routine(r, i32.const(op ? op.index : 1), i32.const(pops));
      return;
    }
    const [low, high] = words(b, i);
    b.routine(fcomMemory, i32.const(formatOf(i)), low, high,
      i32.const(pops));
  };

const ftst = routine('ftst', (cpu) =>
  compareWith(cpu, unpack(EXTENDED, 0n), false, 0));

/** FCOMI and its kin: the relation in ZF, PF and CF. */
const compareFlags = (name: string, quiet: boolean) => routine(name,
  (cpu, i = 0, pops = 0) => {
    const { relation, on } = compared(
      cpu, numberAt(cpu, 0), numberAt(cpu, i), quiet);
    const flags = (relation & C3 ? ZF : 0) | (relation & C2 ? PF : 0)
      | (relation & C0 ? CF : 0);
    writeEflags(cpu, flags, ARITHMETIC);
    if (on && pops !== 0) pop(cpu);
  });

const comi = compareFlags('fcomi', false);
const ucomi = compareFlags('fucomi', true);

const comparingFlags = (r: Routine<Cpu>, pops: number): Meaning =>
  (b, i) => {
    const index = b.i32.const(operand(i, 1).index);
    b.routine(r, index, b.i32.const(pops));
  };
const loadsNumber = routine('fld',
  (cpu, format = 0, low = 0, high = 0, top = 0) =>
    load(cpu, numberFrom(format, low, high, top)));

const loadsBits = routine('fldBits',
  (cpu, low = 0, high = 0, top = 0) => {
    setConditions(cpu, 0, C1);
    const sig = BigInt(high) << 32n | BigInt(low);
    push(cpu, BigInt(top) << 64n | sig);
  });

const loadsRegister = routine('fldRegister', (cpu, i = 0) => {
  if (!isEmpty(cpu, i)) {
    setConditions(cpu, 0, C1);
    return push(cpu, readSt(cpu, i));
  }
  if (!stackFault(cpu, false)) return;
  setTop(cpu, topOf(cpu) - 1);
  writeSt(cpu, 0, DEFAULT);
});

const fld: Meaning = (b, i) => {
  const op = operand(i, 0);
  if (op.kind === 'reg') {
    b.routine(loadsRegister, b.i32.const(op.index));
  } else if (op.bits === 80 && i.mnemonic === 'fld') {
    b.routine(loadsBits, ...words(b, i));
  } else {
    const format = b.i32.const(formatOf(i));
    b.routine(loadsNumber, format, ...words(b, i));
  }
};

/** FST to memory: a float of 32 or 64 bits, or an integer. */
const storesFloat = routine('fst',
  (cpu, bits = 0, at = 0, pops = 0) => {
    const value = store(cpu, bits === 32 ? SINGLE : DOUBLE);
    if (value === undefined) return;
    if (bits === 32) cpu.store(at, Number(value), 32, 'cpl');
    else cpu.memory.store64(at, value, access(64, 'w'));
    if (pops !== 0) pop(cpu);
  });

const storesInteger = routine('fist',
  (cpu, bits = 0, at = 0, pops = 0) => {
    const value = storeInteger(cpu, bits);
    if (value === undefined) return;
    if (bits === 80) storeTen(cpu, at, value);
    else if (bits === 64) {
      cpu.memory.store64(at, value, access(64, 'w'));
    } else {
      cpu.store(at, Number(value), bits === 16 ? 16 : 32, 'cpl');
    }
    if (pops !== 0) pop(cpu);
  });

const storesBits = routine('fstBits', (cpu, _bits = 0, at = 0) => {
  const empty = isEmpty(cpu, 0);
  if (empty && !stackFault(cpu, false)) return;
  if (!empty) setConditions(cpu, 0, C1);
  storeTen(cpu, at, empty ? DEFAULT : readSt(cpu, 0));
  pop(cpu);
});

const storesRegister = routine('fstST', (cpu, i = 0, pops = 0) => {
  const empty = isEmpty(cpu, 0);
  if (empty && !stackFault(cpu, false)) return;
  if (!empty) setConditions(cpu, 0, C1);
  writeSt(cpu, i, empty ? DEFAULT : readSt(cpu, 0));
  if (pops !== 0) pop(cpu);
});

const storing = (r: Routine<Cpu>, pops: number): Meaning => (b, i) => {
  const { i32 } = b;
  const op = operand(i, 0);
  const flag = i32.const(pops);
  if (op.kind === 'reg') {
    b.routine(storesRegister, i32.const(op.index), flag);
    return;
  }
  const at = linear(b, op.seg, offset(b, i, op), op.bits >>> 3, 'w');
  const float = r === storesFloat && op.bits === 80;
  b.routine(float ? storesBits : r, i32.const(op.bits),
    b.addr.wrap(at), flag);
};

const exchanges = routine('fxch', (cpu, i = 0) => {
  const empty = [isEmpty(cpu, 0), isEmpty(cpu, i)];
  if (empty.includes(true) && !stackFault(cpu, false)) return;
  if (!empty.includes(true)) setConditions(cpu, 0, C1);
  const [a, b] = [readSt(cpu, 0), readSt(cpu, i)];
  writeSt(cpu, 0, empty[1] ? DEFAULT : b);
  writeSt(cpu, i, empty[0] ? DEFAULT : a);
});

const moves = routine('fcmov', (cpu, i = 0, holds = 0) => {
  const empty = isEmpty(cpu, 0) || isEmpty(cpu, i);
  if (empty && !stackFault(cpu, false)) return;
  if (empty) writeSt(cpu, 0, DEFAULT);
  else if (holds !== 0) writeSt(cpu, 0, readSt(cpu, i));
});

const moving = (code: number): Meaning => (b, i) => {
  const index = b.i32.const(operand(i, 1).index);
  b.routine(moves, index, condition(b, code));
};

const frees = routine('ffree', (cpu, i = 0) => {
  free(cpu, i);
  setConditions(cpu, 0, C1);
});

/** FCHS and FABS touch the sign and nothing else. */
const signs = (name: string, change: (bits: bigint) => bigint) =>
  routine(name, (cpu) => {
    const empty = isEmpty(cpu, 0);
    if (empty && !stackFault(cpu, false)) return;
    if (!empty) setConditions(cpu, 0, C1);
    writeSt(cpu, 0, empty ? DEFAULT : change(readSt(cpu, 0)));
  });

const SIGN = 1n << 79n;
const chs = signs('fchs', (bits) => bits ^ SIGN);
const abs = signs('fabs', (bits) => bits & ~SIGN);

/** A meaning: a routine on operand 0's register number. */
const onRegister = (r: Routine<Cpu>): Meaning => (b, i) => {
  b.routine(r, b.i32.const(i.operands[0]?.index ?? 0));
};

const does = (name: string, run: (cpu: Cpu) => void): Meaning => {
  const r = routine(name, run);
  return (b) => { b.routine(r); };
};

const turn = (by: number) => (cpu: Cpu): void => {
  setTop(cpu, topOf(cpu) + by);
  setConditions(cpu, 0, C1);
};

const clear = (cpu: Cpu): void => {
  cpu.set(FPU_SW, cpu.get(FPU_SW) & 0x7f00);
  refresh(cpu);
};

const loadsConstant = routine('constant', (cpu, which = 0) =>
  loadConstant(cpu, which));
const constant = (which: number): Meaning => (b) => {
  b.routine(loadsConstant, b.i32.const(which));
};

const takesControl = routine('fldcw', (cpu, value = 0) =>
  setControl(cpu, value));
const fldcw: Meaning = (b, i) => {
  b.routine(takesControl, read(b, i, 0));
};

/** An operand too long for the short way: `bytes` of it. */
export function area<A extends Adr>(
  b: Builder<A>, i: Insn, bytes: number, kind: 'r' | 'w',
): V<'i32'> {
  const { i32 } = b;
  const op = operand(i, 0);
  const at = offset(b, i, op);
  b.routine(lookCloser, i32.const(op.seg), at, i32.const(bytes),
    i32.const(kind === 'r' ? 0 : 1));
  return i32.add(b.get(segment(op.seg).base), at);
}

/** FNSTENV and its kin, in the layout of the operand size. */
const image = (
  name: string, extra: number, kind: 'r' | 'w',
  run: (cpu: Cpu, at: number, bytes: number) => void,
): Meaning => {
  const r = routine(name, (cpu, at = 0, bytes = 0) =>
    run(cpu, at, bytes));
  return (b, i) => {
    const bytes = i.opSize >>> 3;
    const at = area(b, i, 7 * bytes + extra, kind);
    b.routine(r, at, b.i32.const(bytes));
  };
};

const all = (
  wrap: (m: Meaning) => Meaning, table: Record<string, Meaning>,
): Record<string, Meaning> => Object.fromEntries(
  Object.entries(table).map(([name, m]) => [name, wrap(m)]));

const operations = NAMES.flatMap((name, op) =>
  name.startsWith('com') ? [] : [
    [`f${name}`, arithmetic(op)], [`fi${name}`, arithmetic(op)],
    [`f${name}p`, arithmetic(op, 1)],
  ] as const);

const stores: Record<string, Meaning> = {
  fst: storing(storesFloat, 0), fstp: storing(storesFloat, 1),
  fist: storing(storesInteger, 0), fistp: storing(storesInteger, 1),
  fbstp: storing(storesInteger, 1),
  fld, fild: fld, fbld: fld,
  fxch: onRegister(exchanges),
  ffree: onRegister(frees),
};

const comparisons: Record<string, Meaning> = {
  fcom: comparing(fcomRegister, 0), fcomp: comparing(fcomRegister, 1),
  ficom: comparing(fcomRegister, 0), ficomp: comparing(fcomRegister, 1),
  fcompp: comparing(fcomRegister, 2),
  fucom: comparing(fucomRegister, 0),
  fucomp: comparing(fucomRegister, 1),
  fucompp: comparing(fucomRegister, 2),
  fcomi: comparingFlags(comi, 0), fcomip: comparingFlags(comi, 1),
  fucomi: comparingFlags(ucomi, 0), fucomip: comparingFlags(ucomi, 1),
};

const CONDITIONS = {
  b: 2, nb: 3, e: 4, ne: 5, be: 6, nbe: 7, u: 10, nu: 11,
} as const;

const functions: Record<string, Meaning> = {
  ftst: (b) => { b.routine(ftst); },
  fxam: does('fxam', (cpu) =>
    examine(cpu, Number(readSt(cpu, 0) >> 79n))),
  fchs: (b) => { b.routine(chs); }, fabs: (b) => { b.routine(abs); },
  fsqrt: does('fsqrt', squareRoot),
  frndint: does('frndint', roundToInteger),
  fprem: does('fprem', (cpu) => partialRemainder(cpu, false)),
  fprem1: does('fprem1', (cpu) => partialRemainder(cpu, true)),
  fscale: does('fscale', scale), fxtract: does('fxtract', extract),
  f2xm1: does('f2xm1', f2xm1), fyl2x: does('fyl2x', fyl2x),
  fyl2xp1: does('fyl2xp1', fyl2xp1), fptan: does('fptan', fptan),
  fpatan: does('fpatan', fpatan), fsin: does('fsin', fsin),
  fcos: does('fcos', fcos), fsincos: does('fsincos', fsincos),
  fincstp: does('fincstp', turn(1)), fdecstp: does('fdecstp', turn(-1)),
  fnop: () => {},
  fld1: constant(0), fldl2t: constant(1), fldl2e: constant(2),
  fldpi: constant(3), fldlg2: constant(4), fldln2: constant(5),
  fldz: constant(6),
  ...Object.fromEntries(Object.entries(CONDITIONS).map(
    ([name, code]) => [`fcmov${name}`, moving(code)])),
};

const waiting: Record<string, Meaning> = {
  fldcw, fldenv: image('fldenv', 0, 'r', loadEnvironment),
  frstor: image('frstor', 80, 'r', restore),
};

const silent: Record<string, Meaning> = {
  fninit: does('fninit', initialize), fnclex: does('fnclex', clear),
  fnstcw: (b, i) => write(b, i, 0, b.get(FPU_CW)),
  fnstsw: (b, i) => write(b, i, 0, b.get(FPU_SW)),
  fnstenv: image('fnstenv', 0, 'w', storeEnvironment),
  fnsave: image('fnsave', 80, 'w', save),
};

/** What the instructions of the x87 unit mean. */
export const x87: Record<string, Meaning> = {
  fwait,
  ...all(numeric, {
    ...Object.fromEntries(operations), ...stores, ...comparisons,
    ...functions,
  }),
  ...all((m) => control(true, m), waiting),
  ...all((m) => control(false, m), silent),
};
