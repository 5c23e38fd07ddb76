import { expect, test } from 'vitest';
import { shapeOf } from '#book/machine/tiers/graph.ts';
import { Values } from '#book/x86/campaign/values.ts';
import { split } from './split.ts';

/** A graph in which every node can be reached. */
function graphOf(values: Values): number[][] {
  const size = 1 + values.below(7);
  const graph: number[][] = Array.from({ length: size }, () => []);
  for (let n = 1; n < size; n++) graph[values.below(n)]?.push(n);
  for (let n = 0; n < size; n++) {
    graph[values.below(size)]?.push(values.below(size));
  }
  return graph;
}

function check(successors: number[][]): number {
  const { graph, from } = split(successors);
  expect(from[0]).toBe(0);
  expect(from).toHaveLength(graph.length);
  graph.forEach((list, n) => {
    expect(list.map((to) => from[to])).toEqual(
      successors[from[n] ?? -1]);
  });
  const { order, allowed } = shapeOf(graph);
  const left = order.flatMap((n) => (graph[n] ?? [])
    .filter((to) => !allowed(n, to)).map((to) => `${n} to ${to}`));
  expect(left, `arrows of ${JSON.stringify(graph)}`).toEqual([]);
  return graph.length;
}

test('a graph without such circles stays', () => {
  expect(check([[1], [2, 3], [1], []])).toBe(4);
});

test('the smallest that can not be said', () => {
  expect(check([[1, 2], [2], [1]])).toBe(4);
});

test('by chance', () => {
  const values = new Values(11);
  for (let n = 0; n < 300; n++) check(graphOf(values));
});
