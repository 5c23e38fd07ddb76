/** Two doubles, as bits, whose sums differ. */
export function witness(): [bigint, bigint] {
  return [0x3ff0_0000_0000_0000n, 0x3ff0_0000_0000_0000n];
}
