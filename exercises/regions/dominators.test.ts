import { expect, test } from 'vitest';
import { dominators } from './dominators.ts';

/** The immediate dominators of nodes that stand in their order. */
function of(predecessors: number[][]): number[] {
  const order = predecessors.map((_, n) => n);
  return dominators(order, order, predecessors);
}

test('a chain and a fork', () => {
  expect(of([[], [0], [1], [2]])).toEqual([0, 0, 1, 2]);
  expect(of([[], [0], [0], [1, 2]])).toEqual([0, 0, 0, 0]);
});

test('loops', () => {
  expect(of([[3], [0, 2], [1], [2]])).toEqual([0, 0, 1, 2]);
  expect(of([[], [0, 1], [1, 3], [2]])).toEqual([0, 0, 1, 2]);
});

test('two ways into a circle', () => {
  expect(of([[], [0, 2], [0, 1], [2]])).toEqual([0, 0, 0, 2]);
  expect(of([[], [0], [1, 3], [1, 2], [3]])).toEqual([0, 0, 1, 1, 3]);
});
