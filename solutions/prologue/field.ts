/** Bits high:low of a 32-bit word, as an unsigned number. */
export function field(word: number, high: number, low: number): number {
  const mask = 0xffff_ffff >>> (31 - (high - low));
  return ((word >>> low) & mask) >>> 0;
}
