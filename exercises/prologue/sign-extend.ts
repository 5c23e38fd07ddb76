/** The low `bits` (1 to 32) bits of a value, as a signed number. */
export function signExtend(value: number, bits: number): number {
  throw new Error(`${value} from ${bits} bits: yours to write`);
}
