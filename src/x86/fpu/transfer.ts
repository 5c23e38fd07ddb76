import { toDecimal, toInteger } from '../../machine/float/convert.ts';
import {
  EXTENDED, type Format, INDEFINITE, isNan, type Num, pack, quieted,
} from '../../machine/float/format.ts';
import {
  DE, IE, OE, round, type Style, UE,
} from '../../machine/float/round.ts';
import type { Cpu } from '../cpu.ts';
import {
  C1, numberAt, push, raise, registerStyle, roundingOf,
  setConditions, stackFault, unmasked,
} from './status.ts';
import { isEmpty } from './registers.ts';

/** What is to be stored, or nothing: an exception forbids it. */
type Stored = bigint | undefined;

/** Pushes a number from memory, which may signal or be denormal:
 * that is noted, but keeps nobody from loading it. */
export function load(cpu: Cpu, n: Num): void {
  if (!isEmpty(cpu, 7)) return push(cpu, 0n);
  const signals = n.kind === 'signalling';
  setConditions(cpu, 0, C1);
  raise(cpu, signals ? IE : n.kind === 'denormal' ? DE : 0);
  if (signals && unmasked(cpu, IE) !== 0) return;
  push(cpu, pack(EXTENDED, isNan(n) ? quieted(n) : n));
}

/** FST: ST(0) in a smaller format. */
export function store(cpu: Cpu, format: Format): Stored {
  const n = numberAt(cpu, 0);
  if (!n || n.kind === 'unsupported') {
    return refused(cpu, !n, pack(format, INDEFINITE));
  }
  const signals = n.kind === 'signalling';
  setConditions(cpu, 0, C1);
  if (signals) raise(cpu, IE);
  if (signals && unmasked(cpu, IE) !== 0) return undefined;
  const rounded = round(isNan(n) ? quieted(n) : n, style(cpu, format));
  const failed = unmasked(cpu, rounded.flags & (OE | UE));
  raise(cpu, failed !== 0 ? failed : rounded.flags);
  if (failed !== 0) return undefined;
  setConditions(cpu, rounded.up ? C1 : 0, C1);
  return pack(format, rounded.num);
}

const style = (cpu: Cpu, format: Format): Style => ({
  ...registerStyle(cpu), format, precision: format.precision,
  wrapped: 0,
});

/** An invalid store: the indefinite value, if that is masked. */
function refused(cpu: Cpu, empty: boolean, indefinite: bigint): Stored {
  if (empty) return stackFault(cpu, false) ? indefinite : undefined;
  setConditions(cpu, 0, C1);
  raise(cpu, IE);
  return unmasked(cpu, IE) === 0 ? indefinite : undefined;
}

/** FIST: an integer of so many bits; FBSTP: 80, and decimal. */
export function storeInteger(cpu: Cpu, bits: number): Stored {
  const n = numberAt(cpu, 0);
  const mode = roundingOf(cpu);
  const none = bits === 80 ? 0xffff_c000n << 48n
    : 1n << BigInt(bits - 1);
  if (!n) return refused(cpu, true, none);
  const { value, flags, up } = bits === 80
    ? toDecimal(n, mode) : toInteger(n, bits, mode);
  if ((flags & IE) !== 0) return refused(cpu, false, none);
  setConditions(cpu, up ? C1 : 0, C1);
  raise(cpu, flags);
  return BigInt.asUintN(bits, value);
}
