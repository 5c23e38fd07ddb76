/** A controller's state: bits for inputs 0 to 7. */
export interface Requests {
  irr: number; imr: number; isr: number;
  /** The input with the lowest priority: 7 at first. */
  lowest: number;
  special: boolean;
}

/** The input to be served now, or -1. */
export function next(r: Requests): number {
  return -1;
}
