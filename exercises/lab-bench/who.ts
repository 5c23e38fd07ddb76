import type { Bench } from '#book/labs/bench.ts';

/** Goes back to before the last change of the word at `address`. */
export function lastWrite(
  bench: Bench, address: number,
): number | undefined {
  bench.order({ do: 'look', memory: address });
  return undefined;
}
