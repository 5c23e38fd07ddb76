import { makeToy, meaning, step } from '#book/toy/machine.ts';

/** First bytes whose meaning depends on the ring, untrapped. */
export function holes(kind: boolean): number[] {
  const found: number[] = [];
  for (const opcode of meaning.keys()) {
    // run it in ring 0, run it in ring 3, compare
  }
  return found;
}
