/** The low `bits` (1 to 32) bits of a value, as a signed number. */
export function signExtend(value: number, bits: number): number {
  return (value << (32 - bits)) >> (32 - bits);
}
