import type { Program } from '../book.ts';
import { digest, textOf } from '../check/closure.ts';
import { exercisesOf } from '../exercises.ts';

/** Names an edition: all exercises with what they ask and test. Within
 * one edition ids and tests never change. */
export function editionOf(book: Program): string {
  const parts = exercisesOf(book).flatMap(({ id, test, replaces }) => [
    id, textOf(book.extras.get(test ?? '') ?? []),
    replaces ? `${replaces.path}#${replaces.symbol}` : '',
  ]);
  return digest(...parts).slice(0, 12);
}
