export interface Executed { shape: number; jumps: boolean }
export interface Fused {
  pairs: [number, number][];
  dispatches: number;
}

/** The best pairs of a trace, and what they leave to be done. */
export function fuse(
  trace: readonly Executed[], most: number,
): Fused {
  return { pairs: [], dispatches: trace.length };
}
