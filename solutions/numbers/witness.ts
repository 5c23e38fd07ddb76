/** Two doubles, as bits, whose sums differ. */
export function witness(): [bigint, bigint] {
  // 1, and 2^-53 + 2^-70.
  return [0x3ff0_0000_0000_0000n, 0x3ca0_0008_0000_0000n];
}
