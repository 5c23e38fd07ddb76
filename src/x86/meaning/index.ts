import type { Insn } from '../insn.ts';
import type { Meaning } from '../operands.ts';
import { moves } from './move.ts';
import { arithmetic } from './arithmetic.ts';
import { conditional } from './condition.ts';
import { flagMoves } from './eflags.ts';
import { multiplications } from './multiply.ts';
import { shifts } from './shift.ts';
import { strings } from './string.ts';
import { bits } from './bit.ts';
import { conversions } from './convert.ts';
import { decimals } from './decimal.ts';
import { frames } from './frame.ts';
import { identification } from './identify.ts';
import { portMoves } from './port.ts';
import { segments } from './segments.ts';
import { system } from './system.ts';
import { traps } from './traps.ts';
import { debug } from './debug.ts';
import { numericOf } from './numeric.ts';

const meanings = new Map<string, Meaning>([
  ...Object.entries(moves),
  ...Object.entries(arithmetic),
  ...Object.entries(conditional),
  ...Object.entries(flagMoves),
  ...Object.entries(multiplications),
  ...Object.entries(shifts),
  ...Object.entries(strings),
  ...Object.entries(bits),
  ...Object.entries(conversions),
  ...Object.entries(decimals),
  ...Object.entries(frames),
  ...Object.entries(identification),
  ...Object.entries(portMoves),
  ...Object.entries(segments),
  ...Object.entries(system),
  ...Object.entries(traps),
  ...Object.entries(debug),
]);

/** The key of an instruction's meaning: its mnemonic; where an
 * operand is a segment, control or debug register, `mov.cr`. */
function keyOf(i: Insn): string {
  const special = i.operands.find(({ kind, cls }) => kind === 'reg'
    && (cls === 'seg' || cls === 'cr' || cls === 'dr'));
  return special ? `${i.mnemonic}.${special.cls}` : i.mnemonic;
}

const undefinedOpcode: Meaning = (b) => b.trap(6); // #UD
const tooLong: Meaning = (b) => b.trap(13, b.i32.const(0)); // #GP

/** What an instruction means; what we do not know is undefined. */
export function meaningOf(i: Insn): Meaning {
  if (i.fault === 13) return tooLong;
  const meaning = i.row.feature === 'integer'
    ? meanings.get(keyOf(i)) ?? numericOf(i) : numericOf(i);
  return i.fault === 6 || !meaning ? undefinedOpcode : meaning;
}
