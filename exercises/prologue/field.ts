/** Bits high:low of a 32-bit word, as an unsigned number. */
export function field(word: number, high: number, low: number): number {
  throw new Error(`bits ${high}:${low} of ${word}: yours to write`);
}
