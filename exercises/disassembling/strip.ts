import { decode } from '#book/x86/decode.ts';
import { usesOperandSize } from '#book/x86/disassemble.ts';

/** The first instruction of the code without useless prefixes. */
export function strip(code: readonly number[]): number[] {
  return [...code];
}
