import { Printer } from '#book/machine/print.ts';
import { State } from '#book/machine/fields.ts';
import type { Insn } from '#book/x86/insn.ts';
import { meaningOf } from '#book/x86/meaning/index.ts';
import { flat, layout } from '#book/x86/state.ts';

export interface Effects { reads: Set<string>; writes: Set<string> }

/** Names of the fields that an instruction reads and may change. */
export function effectsOf(insn: Insn): Effects {
  return { reads: new Set(), writes: new Set() };
}
