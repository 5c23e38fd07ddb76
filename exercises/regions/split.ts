export interface Split {
  readonly graph: readonly (readonly number[])[];
  /** Which old node each new one is a copy of. */
  readonly from: readonly number[];
}

/** A graph that does the same and can be said in brackets. */
export function split(
  successors: readonly (readonly number[])[],
): Split {
  return { graph: successors, from: successors.map((_, n) => n) };
}
