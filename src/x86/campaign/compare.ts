import {
  AF, ARITHMETIC, CF, DF, OF, PF, SF, ZF,
} from '../flags.ts';
import { type Case, widthOf } from './cases.ts';
import type { Outcome } from './ours.ts';

/** The flags that the manual leaves undefined after a case. The
 * sections are those of SDM vol. 2, one per instruction. */
export function undefinedFlags(test: Case): number {
  const { mnemonic } = test.insn;
  const count = countOf(test);
  if (count !== undefined) return undefinedShift(test, count);
  return UNDEFINED.get(mnemonic) ?? 0;
}

const rows: readonly [string, number][] = [
  // "AND", "OR", "XOR", "TEST": AF is undefined.
  ['and or xor test', AF],
  // "MUL", "IMUL": SF, ZF, AF and PF are undefined.
  ['mul imul', SF | ZF | AF | PF],
  // "DIV", "IDIV": all six are undefined.
  ['div idiv', ARITHMETIC],
  // "BT", "BTS", "BTR", "BTC": OF, SF, AF and PF are undefined.
  ['bt bts btr btc', OF | SF | AF | PF],
  // "BSF", "BSR": CF, OF, SF, AF and PF are undefined.
  ['bsf bsr', CF | OF | SF | AF | PF],
  // "DAA", "DAS": OF is undefined.
  ['daa das', OF],
  // "AAA", "AAS": OF, SF, ZF and PF are undefined.
  ['aaa aas', OF | SF | ZF | PF],
  // "AAM", "AAD": OF, AF and CF are undefined.
  ['aam aad', OF | AF | CF],
];

const UNDEFINED = new Map(rows.flatMap(([names, flags]) =>
  names.split(' ').map((name) => [name, flags] as const)));

const SHIFTS = new Set(['shl', 'shr', 'sar', 'shld', 'shrd']);
const TURNS = new Set(['rol', 'ror', 'rcl', 'rcr']);

/** The count of a shift or rotation, 0 to 31. */
function countOf({ insn, before }: Case): number | undefined {
  const { mnemonic, operands } = insn;
  if (!SHIFTS.has(mnemonic) && !TURNS.has(mnemonic)) return undefined;
  const last = operands.at(-1);
  const count = last?.kind === 'imm' ? last.value : before.regs[1];
  return (count ?? 0) & 31;
}

function undefinedShift(test: Case, count: number): number {
  const { mnemonic } = test.insn;
  const width = widthOf(test.insn);
  if (count === 0) return 0;
  // "RCL/RCR/ROL/ROR": OF is defined for counts of 1 only.
  const of = count === 1 ? 0 : OF;
  if (TURNS.has(mnemonic)) return of;
  // "SHLD", "SHRD": beyond the width everything is undefined.
  const double = mnemonic === 'shld' || mnemonic === 'shrd';
  if (double && count > width) return ARITHMETIC;
  // "SAL/SAR/SHL/SHR": AF is undefined, OF unless the count is 1,
  // CF of SHL and SHR from the width on.
  const cf = !double && mnemonic !== 'sar' && count >= width ? CF : 0;
  return AF | of | cf;
}

/** Whether a repeated comparison has stopped between two rounds. */
function goesOn({ insn, before }: Case, { after }: Outcome): boolean {
  const compares = insn.mnemonic === 'cmps' || insn.mnemonic === 'scas';
  return compares && insn.rep !== 0 && after.eip === before.eip;
}

/** Says what differs between two outcomes; '' if nothing does. */
export function differences(
  test: Case, ours: Outcome, host: Outcome,
): string {
  if (ours.trap !== host.trap) {
    return `trap ${ours.trap}, host ${host.trap}`;
  }
  const found: string[] = [];
  const compare = (name: string, a: number, b: number): void => {
    if (a !== b) found.push(`${name} ${hex(a)}, host ${hex(b)}`);
  };
  const lost = undefinedResult(test);
  for (let n = 0; n < 8; n++) {
    const name = REGISTERS[n] ?? '';
    const [a = 0, b = 0] = [ours.after.regs[n], host.after.regs[n]];
    if (!lost) compare(name, a, b);
  }
  if (ours.trap === 1) compare('eip', ours.after.eip, host.after.eip);
  const unsettled = goesOn(test, host)
    ? ARITHMETIC : undefinedFlags(test);
  const mask = (ARITHMETIC | DF) & ~unsettled;
  compare('eflags', ours.after.eflags & mask,
    host.after.eflags & mask);
  ours.after.memory.forEach((byte, n) => {
    const there = host.after.memory[n] ?? 0;
    if (!lost) compare(`memory+${hex(n)}`, byte, there);
  });
  return found.join('; ');
}

const REGISTERS = [
  'eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi',
];

export const hex = (n: number): string => (n >>> 0).toString(16);

/** "SHLD", "SHRD": with a count above 16 the result of a 16-bit
 * operand is undefined too. */
function undefinedResult(test: Case): boolean {
  const { mnemonic } = test.insn;
  if (mnemonic !== 'shld' && mnemonic !== 'shrd') return false;
  return (countOf(test) ?? 0) > widthOf(test.insn);
}
