import { type Shape, shapeOf } from './graph.ts';

/** What is done at a node about a door: go to another. */
export interface Way {
  readonly door: number;
  readonly to: number;
}

/** A graph that may be entered by several doors. */
export interface House {
  /** The graph with all ways from doors to where they lead. */
  readonly graph: readonly (readonly number[])[];
  readonly shape: Shape;
  /** The node where all doors are; undefined: there is one only. */
  readonly porch: number | undefined;
  /** Which ways are taken at a node. */
  readonly ways: ReadonlyMap<number, readonly Way[]>;
}

/** For each node the heads of the loops that it is in, the outermost
 * first. */
function loopsAround(
  graph: readonly (readonly number[])[], shape: Shape,
): number[][] {
  const { order, place, heads, allowed } = shape;
  const before: number[][] = graph.map(() => []);
  for (const from of order) {
    for (const to of graph[from] ?? []) before[to]?.push(from);
  }
  const around: number[][] = graph.map(() => []);
  for (const head of order) {
    if (!heads.has(head)) continue;
    const at = place[head] ?? 0;
    const inside = new Set([head]);
    const open = (before[head] ?? []).filter((from) =>
      (place[from] ?? 0) >= at && allowed(from, head));
    for (let n = open.pop(); n !== undefined; n = open.pop()) {
      if (inside.has(n)) continue;
      inside.add(n);
      open.push(...before[n] ?? []);
    }
    for (const n of inside) around[n]?.push(head);
  }
  return around;
}

/** Says a graph that is entered at several nodes, node 0 among them.
 * The way to a door inside a loop is through the loop's head, so that
 * loops keep their one head. */
export function houseOf(
  graph: readonly (readonly number[])[], doors: readonly number[],
  plain = shapeOf(graph),
): House {
  const ways = new Map<number, Way[]>();
  if (doors.length < 2) {
    return { graph, shape: plain, porch: undefined, ways };
  }
  const porch = graph.length;
  const all = [...graph.map((list) => [...list]), [] as number[]];
  const around = loopsAround(graph, plain);
  const lead = (from: number, way: Way): void => {
    const list = ways.get(from);
    if (list) list.push(way);
    else ways.set(from, [way]);
    all[from]?.push(way.to);
  };
  for (const door of doors) {
    let from = porch;
    for (const to of [...around[door] ?? [], door]) {
      if (to === from) continue;
      lead(from, { door, to });
      from = to;
    }
  }
  return { graph: all, shape: shapeOf(all, porch), porch, ways };
}
