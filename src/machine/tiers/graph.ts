/** The order and nesting of a control-flow graph: what is needed to
 * say it in blocks and loops (N. Ramsey, Beyond Relooper, ICFP 2022).
 * Nodes are numbered; node 0 is the entry. */
export interface Shape {
  /** Nodes in reverse postorder, and each one's place in it. */
  readonly order: readonly number[];
  readonly place: readonly number[];
  /** The nodes that each one immediately dominates. */
  readonly children: readonly (readonly number[])[];
  /** Nodes to which several paths lead forward. */
  readonly merges: ReadonlySet<number>;
  /** Nodes to which a path leads back. */
  readonly heads: ReadonlySet<number>;
  /** Whether an edge can be said: forward, or back to a head that
   * dominates its source. */
  allowed(from: number, to: number): boolean;
}

function postorder(
  successors: readonly (readonly number[])[], entry: number,
): number[] {
  const seen = new Set([entry]);
  const done: number[] = [];
  const open = [{ node: entry, at: 0 }];
  for (let top = open.at(-1); top; top = open.at(-1)) {
    const next = successors[top.node]?.[top.at++];
    if (next === undefined) {
      done.push(top.node);
      open.pop();
    } else if (!seen.has(next)) {
      seen.add(next);
      open.push({ node: next, at: 0 });
    }
  }
  return done;
}

/** The nearest node that dominates two others. */
function meeting(
  a: number, b: number,
  place: readonly number[], above: readonly number[],
): number {
  let [x, y] = [a, b];
  while (x !== y) {
    if ((place[x] ?? 0) > (place[y] ?? 0)) x = above[x] ?? 0;
    else y = above[y] ?? 0;
  }
  return x;
}

/** Immediate dominators (Cooper, Harvey and Kennedy's iteration). */
function dominators(
  order: readonly number[], place: readonly number[],
  predecessors: readonly (readonly number[])[],
): number[] {
  const above: number[] = [];
  const [entry = 0] = order;
  above[entry] = entry;
  const meet = (a: number, b: number): number =>
    meeting(a, b, place, above);
  for (let changed = true; changed;) {
    changed = false;
    for (const node of order.slice(1)) {
      const known = (predecessors[node] ?? []).filter(
        (from) => above[from] !== undefined);
      const dominator = known.reduce(meet);
      if (above[node] !== dominator) changed = true;
      above[node] = dominator;
    }
  }
  return above;
}

function reversed(
  order: readonly number[], size: number,
  to: (from: number) => readonly number[],
): number[][] {
  const lists: number[][] = Array.from({ length: size }, () => []);
  for (const from of order) {
    for (const target of to(from)) lists[target]?.push(from);
  }
  return lists;
}

export function shapeOf(
  successors: readonly (readonly number[])[], entry = 0,
): Shape {
  const order = postorder(successors, entry).reverse();
  const place: number[] = [];
  order.forEach((node, n) => { place[node] = n; });
  const { length } = successors;
  const predecessors =
    reversed(order, length, (from) => successors[from] ?? []);
  const above = dominators(order, place, predecessors);
  const children =
    reversed(order.slice(1), length, (node) => [above[node] ?? 0]);
  const { forward, allowed } = edges(place, above);
  const into = (
    to: number, which: (from: number, to: number) => boolean,
  ): number => (predecessors[to] ?? [])
    .filter((from) => which(from, to)).length;
  const heads = new Set(order.filter((to) => into(to,
    (from) => !forward(from, to) && allowed(from, to)) > 0));
  const merges = new Set(order.filter((to) => into(to, forward) > 1));
  return { order, place, children, merges, heads, allowed };
}

function edges(place: readonly number[], above: readonly number[]) {
  const at = (n: number): number => place[n] ?? 0;
  const dominates = (a: number, b: number): boolean => {
    let node = b;
    while (at(node) > at(a)) node = above[node] ?? 0;
    return node === a;
  };
  const forward = (from: number, to: number): boolean =>
    at(from) < at(to);
  const allowed = (from: number, to: number): boolean =>
    forward(from, to) || dominates(to, from);
  return { forward, allowed };
}
