import { decode } from '#book/x86/decode.ts';

/** The same program with a message in it. */
export function hide(
  code: Uint8Array, message: readonly number[],
): Uint8Array {
  return code;
}

/** The bits of all carriers. */
export function seek(code: Uint8Array): number[] {
  return [];
}
