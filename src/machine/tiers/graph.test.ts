import { expect, test } from 'vitest';
import { houseOf } from './doors.ts';
import { shapeOf } from './graph.ts';

/** Graphs by chance (a linear congruential generator). */
function* graphs(count: number): Generator<number[][]> {
  let seed = 1;
  const below = (n: number): number => {
    seed = (Math.imul(seed, 0x41c6_4e6d) + 0x3039) >>> 0;
    return (seed >>> 16) % n;
  };
  for (let g = 0; g < count; g++) {
    const size = 1 + below(12);
    yield Array.from({ length: size }, () =>
      Array.from({ length: below(4) }, () => below(size)));
  }
}

/** What can be reached from the entry without a node. */
function reached(graph: number[][], without = -1): Set<number> {
  const found = new Set<number>();
  const open = without === 0 ? [] : [0];
  for (let n = open.pop(); n !== undefined; n = open.pop()) {
    if (found.has(n)) continue;
    found.add(n);
    open.push(...(graph[n] ?? []).filter((to) => to !== without));
  }
  return found;
}

test('dominators are what their definition says', () => {
  for (const graph of graphs(500)) {
    const { order, children } = shapeOf(graph);
    const all = reached(graph);
    expect(new Set(order)).toEqual(all);
    for (const a of order) {
      const below = new Set<number>();
      const open = [a];
      for (let n = open.pop(); n !== undefined; n = open.pop()) {
        below.add(n);
        open.push(...children[n] ?? []);
      }
      const rest = reached(graph, a);
      const lost = [...all].filter((n) => !rest.has(n));
      expect(below).toEqual(new Set(lost));
    }
  }
});

test('every allowed edge can be said where it is', () => {
  for (const graph of graphs(500)) {
    const { allowed, children, merges, heads, place } = shapeOf(graph);
    const at = (n: number): number => place[n] ?? 0;
    const written: number[] = [];
    const walk = (n: number, around: readonly string[]): void => {
      written.push(n);
      const head = heads.has(n) ? [`back ${n}`] : [];
      const apart = (children[n] ?? [])
        .filter((child) => merges.has(child))
        .sort((a, b) => at(a) - at(b)).map((to) => `to ${to}`);
      const open = [...around, ...head];
      const inside = [...open, ...apart];
      for (const to of new Set(graph[n])) {
        if (!allowed(n, to)) continue;
        if (at(to) <= at(n)) expect(inside).toContain(`back ${to}`);
        else if (merges.has(to)) expect(inside).toContain(`to ${to}`);
        else walk(to, inside);
      }
      apart.forEach((name, k) =>
        walk(Number(name.slice(3)), [...open, ...apart.slice(k + 1)]));
    };
    walk(0, []);
    expect(written.sort()).toEqual([...reached(graph)].sort());
  }
});

function timesWritten(graph: number[][], doors: number[]) {
  const { shape, porch = 0, ways } = houseOf(graph, doors);
  const { order, allowed, children, merges, place } = shape;
  const times = new Map(order.map((n) => [n, 0]));
  const walk = (n: number): void => {
    times.set(n, (times.get(n) ?? 0) + 1);
    const sent = (ways.get(n) ?? []).map(({ to }) => to);
    for (const to of [...sent, ...graph[n] ?? []]) {
      const here = allowed(n, to) && !merges.has(to)
        && (place[to] ?? 0) > (place[n] ?? 0);
      if (here) walk(to);
    }
    for (const to of children[n] ?? []) if (merges.has(to)) walk(to);
  };
  walk(porch);
  return [...times.values()];
}

test('doors are reached by ways that can be said', () => {
  let several = 0;
  for (const graph of graphs(500)) {
    const plain = shapeOf(graph);
    const doors = plain.order.filter((n) => n % 3 === 0);
    const { graph: all, shape, porch, ways } = houseOf(graph, doors);
    if (porch === undefined) continue;
    several++;
    expect(new Set(timesWritten(graph, doors))).toEqual(new Set([1]));
    for (const door of doors) {
      let at = porch;
      for (let steps = 0; at !== door; steps++) {
        const way = ways.get(at)?.find((one) => one.door === door);
        expect(all[at]).toContain(way?.to);
        expect(shape.allowed(at, way?.to ?? 0)).toBe(true);
        expect(steps).toBeLessThan(graph.length + 1);
        at = way?.to ?? door;
      }
    }
    const edges = plain.order.flatMap((from) =>
      (graph[from] ?? []).map((to) => [from, to] as const));
    if (!edges.every(([from, to]) => plain.allowed(from, to))) continue;
    for (const [from, to] of edges) {
      expect(shape.allowed(from, to)).toBe(true);
    }
  }
  expect(several).toBeGreaterThan(100);
});
