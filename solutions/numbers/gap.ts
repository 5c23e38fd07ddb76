import { type Format, unpack } from '#book/machine/float/format.ts';

/** e, where 2^e is the distance to the next number up. */
export function gapAt(format: Format, bits: bigint): number {
  return unpack(format, bits).exp;
}
