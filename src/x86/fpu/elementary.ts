import {
  exact, integral, invalid, mul, operate,
} from '../../machine/float/arithmetic.ts';
import {
  atan2, CONSTANTS, cos, exp2m1, log2, log2p1, sin, tan,
} from '../../machine/float/elementary.ts';
import {
  EXTENDED, finite, infinity, isFinite, leadOf, type Num, pack, zero,
} from '../../machine/float/format.ts';
import { type Outcome, round, ZE } from '../../machine/float/round.ts';
import type { Cpu } from '../cpu.ts';
import { largerNan, replace } from './arithmetic.ts';
import {
  isEmpty, pop, setTop, topOf, writeSt,
} from './registers.ts';
import {
  C1, C2, DEFAULT, numberAt, push, registerStyle, setConditions,
  settle, stackFault,
} from './status.ts';

const ONE = finite(0, 0, 1n);

/** FLD1 and its six sisters, by their last opcode byte. */
const LOADED: readonly Num[] = [
  ONE, CONSTANTS.log2t, CONSTANTS.log2e, CONSTANTS.pi,
  CONSTANTS.log10of2, CONSTANTS.ln2, zero(0),
];

export function loadConstant(cpu: Cpu, which: number): void {
  const style = registerStyle(cpu, true);
  const { num } = round(LOADED[which] ?? ONE, style);
  setConditions(cpu, 0, C1);
  push(cpu, pack(EXTENDED, num));
}

type Core = (a: Num, b: Num) => Outcome;

/** ST(0) * 2^n, where n is ST(1) without its fraction. */
const scaled: Core = (a, b) => {
  if (b.kind === 'infinity') {
    const grows = b.sign === 0;
    if (a.kind === (grows ? 'zero' : 'infinity')) return invalid;
    return exact(grows ? infinity(a.sign) : zero(a.sign));
  }
  if (!isFinite(a) || a.kind === 'zero') return exact(a);
  const { num } = integral(b, 3);
  const far = num.kind !== 'zero' && leadOf(num) > 16;
  const by = far ? 0x1_0000 : shiftOf(num);
  return exact({ ...a, exp: a.exp + (num.sign === 1 ? -by : by) });
};

const shiftOf = ({ sig, exp }: Num): number => Number(sig) * 2 ** exp;

export function scale(cpu: Cpu): void {
  const [a, b] = [numberAt(cpu, 0), numberAt(cpu, 1)];
  replace(cpu, [a, b], () => operate(a!, b!, largerNan, scaled));
}

/** An instruction that makes two numbers of ST(0): one takes its
 * place, one is pushed. */
function split(
  cpu: Cpu, compute: (a: Num) => readonly [Outcome, Outcome],
  refuses?: (a: Num) => boolean,
): void {
  const a = numberAt(cpu, 0);
  if (refuses) setConditions(cpu, 0, C2);
  if (!a || !isEmpty(cpu, 7)) {
    if (!stackFault(cpu, a !== undefined)) return;
    writeSt(cpu, 0, DEFAULT);
    setTop(cpu, topOf(cpu) - 1);
    return writeSt(cpu, 0, DEFAULT);
  }
  if (refuses?.(a)) return setConditions(cpu, C2, C1 | C2);
  const [first, second] = compute(a);
  const style = registerStyle(cpu, true);
  const below = settle(cpu, first, style);
  if (below === undefined) return;
  writeSt(cpu, 0, below);
  push(cpu, pack(EXTENDED, round(second.num, style).num));
}

/** FXTRACT: the exponent, and the significand with exponent 0. */
export const extract = (cpu: Cpu): void => split(cpu, (a) => {
  const both = operate(a, a, largerNan, () => exact(a));
  if (a.kind === 'zero') {
    return [{ num: infinity(1), flags: ZE }, exact(a)];
  }
  if (a.kind === 'infinity') return [exact(infinity(0)), exact(a)];
  if (!isFinite(a)) return [both, both];
  const lead = leadOf(a);
  const size = BigInt(Math.abs(lead));
  const exponent = finite(lead < 0 ? 1 : 0, 0, size);
  return [{ ...both, num: exponent },
    exact({ ...a, exp: a.exp - lead })];
});

/** Whether sine and its kin refuse: from 2^63 on. */
const tooLarge = (a: Num): boolean =>
  a.kind === 'normal' && leadOf(a) >= 63;

/** A function of an angle: 0 gives `atZero`. */
const circular = (f: (x: Num) => Num, atZero: (a: Num) => Num) =>
  (a: Num): Outcome => operate(a, a, largerNan, () =>
    a.kind === 'infinity' ? invalid
      : exact(a.kind === 'zero' ? atZero(a) : f(a)));

const sine = circular(sin, (a) => a);
const cosine = circular(cos, () => ONE);
const tangent = circular(tan, (a) => a);

const angular = (f: (a: Num) => Outcome) => (cpu: Cpu): void => {
  const a = numberAt(cpu, 0);
  const large = a !== undefined && tooLarge(a);
  setConditions(cpu, large ? C2 : 0, C1 | C2);
  if (!large) replace(cpu, [a], () => f(a!));
};

export const fsin = angular(sine);
export const fcos = angular(cosine);

export function fsincos(cpu: Cpu): void {
  split(cpu, (a) => [sine(a), cosine(a)], tooLarge);
}

export function fptan(cpu: Cpu): void {
  split(cpu, (a) => {
    const first = tangent(a);
    return [first, isFinite(a) ? exact(ONE) : first];
  }, tooLarge);
}

/** An instruction whose result goes to ST(1), and pops. */
function combine(cpu: Cpu, core: Core): void {
  const [a, b] = [numberAt(cpu, 0), numberAt(cpu, 1)];
  const style = registerStyle(cpu, true);
  const result = a && b
    ? settle(cpu, operate(b, a, largerNan, core), style)
    : stackFault(cpu, false) ? DEFAULT : undefined;
  if (result === undefined) return;
  writeSt(cpu, 1, result);
  pop(cpu);
}

export const fyl2x = (cpu: Cpu): void => combine(cpu, (y, x) => {
  if (x.kind === 'zero') {
    if (y.kind === 'zero') return invalid;
    const flags = y.kind === 'infinity' ? 0 : ZE;
    return { num: infinity(1 - y.sign), flags };
  }
  if (x.sign === 1) return invalid;
  return mul(y, x.kind === 'infinity' ? x : log2(x));
});

/** Below -1 the manual promises nothing; we say: invalid. */
export const fyl2xp1 = (cpu: Cpu): void => combine(cpu, (y, x) => {
  const low = x.sign === 1 && x.kind !== 'zero'
    && (x.kind === 'infinity' || leadOf(x) >= 0);
  if (low) return invalid;
  return mul(y, isFinite(x) && x.kind !== 'zero' ? log2p1(x) : x);
});

/** A fraction of pi with a sign, in quarters. */
const quarters = (n: number, sign: number): Outcome => {
  const { sig, exp } = CONSTANTS.pi;
  return exact(finite(sign, exp - 2, sig * BigInt(n)));
};

export const fpatan = (cpu: Cpu): void => combine(cpu, (y, x) => {
  const left = x.sign === 1;
  if (y.kind === 'infinity') {
    const n = x.kind !== 'infinity' ? 2 : left ? 3 : 1;
    return quarters(n, y.sign);
  }
  if (y.kind === 'zero' || x.kind === 'infinity') {
    return left ? quarters(4, y.sign) : exact(zero(y.sign));
  }
  if (x.kind === 'zero') return quarters(2, y.sign);
  return exact(atan2(y, x));
});

/** F2XM1. Beyond 1 the manual promises nothing; we keep ST(0). */
export function f2xm1(cpu: Cpu): void {
  const a = numberAt(cpu, 0);
  replace(cpu, [a], () => operate(a!, a!, largerNan, () => {
    if (a!.kind === 'infinity') {
      return exact(a!.sign === 1 ? { ...ONE, sign: 1 } : a!);
    }
    const beyond = a!.kind === 'zero' || leadOf(a!) > 0;
    return exact(beyond ? a! : exp2m1(a!));
  }));
}
