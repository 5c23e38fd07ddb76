import { assemble } from '../assemble.ts';
import { decode } from '../decode.ts';
import { disassemble } from '../disassemble.ts';
import type { Insn } from '../insn.ts';
import { sameMeaning } from './meaning.ts';

/** Disassembles, assembles, decodes: what is wrong, if anything is. */
export function roundTrip(insn: Insn, ip: number): string | undefined {
  const text = disassemble(insn, ip);
  try {
    const bytes = assemble(text, ip, insn.mode);
    const again = decode(i => bytes[i] ?? 0, insn.mode);
    if (again.length !== bytes.length) return `${text}: wrong length`;
    return sameMeaning(insn, again, ip)
      ? undefined : `${text} became ${disassemble(again, ip)}`;
  } catch (e) {
    return e instanceof Error ? e.message : String(e);
  }
}
