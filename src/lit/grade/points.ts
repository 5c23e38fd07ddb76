import type { Exercise } from '../exercises.ts';
import { fail } from '../model.ts';

/** Points of an exercise: its own word, or by kind. Whoever replaces a
 * function of the book has a whole chapter's program to convince. */
export function pointsOf({ block, replaces }: Exercise): number {
  const word = block.words.get('points');
  if (word === undefined) return replaces ? 20 : 10;
  const points = Number(word);
  if (!Number.isInteger(points) || points < 1 || points > 1000) {
    fail(block, `points=${word}: a whole number from 1 to 1000`);
  }
  return points;
}
