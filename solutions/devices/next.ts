/** A controller's state: bits for inputs 0 to 7. */
export interface Requests {
  irr: number; imr: number; isr: number;
  lowest: number;
  special: boolean;
}

/** The input to be served now, or -1. */
export function next(r: Requests): number {
  for (let k = 0; k < 8; k++) {
    const n = r.lowest + 1 + k & 7;
    if ((r.isr >> n & 1) === 1) {
      if (!r.special) return -1;
    } else if (((r.irr & ~r.imr) >> n & 1) === 1) return n;
  }
  return -1;
}
