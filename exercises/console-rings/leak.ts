/** Counters for the output ring: yours, and dom0's to begin with. */
export function counters(): { cons: number; prod: number } {
  return { cons: 0, prod: 0 };
}
