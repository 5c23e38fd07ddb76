export interface Split {
  readonly graph: readonly (readonly number[])[];
  readonly from: readonly number[];
}

interface Work {
  readonly graph: number[][];
  readonly from: number[];
  /** The group of each node. */
  readonly group: number[];
}

/** The groups from which arrows lead into a group. */
function before({ graph, group }: Work, into: number): number[] {
  const found = new Set<number>();
  graph.forEach((list, n) => {
    const own = group[n] ?? 0;
    const leads = list.some((to) => group[to] === into);
    if (leads && own !== into) found.add(own);
  });
  return [...found];
}

function copy(work: Work, which: number, pred: number): void {
  const { graph, from, group } = work;
  const fresh = Math.max(...group) + 1;
  const old = group.flatMap((g, n) => g === which ? [n] : []);
  const size = graph.length;
  const moved = (to: number): number =>
    group[to] === which ? size + old.indexOf(to) : to;
  const copies = old.map((n) => (graph[n] ?? []).map(moved));
  group.forEach((g, n) => {
    if (g === pred) graph[n] = (graph[n] ?? []).map(moved);
  });
  old.forEach((n, k) => {
    graph.push(copies[k] ?? []);
    from.push(from[n] ?? 0);
    group.push(fresh);
  });
}

export function split(
  successors: readonly (readonly number[])[],
): Split {
  const from = successors.map((_, n) => n);
  const graph = successors.map((list) => [...list]);
  const work: Work = { graph, from, group: [...from] };
  for (;;) {
    const groups = [...new Set(work.group)]
      .filter((g) => g !== work.group[0]);
    if (groups.length === 0) return { graph, from };
    const all = groups.map((g) => [g, before(work, g)] as const);
    const single = all.find(([, list]) => list.length === 1);
    const [which, [first = 0, ...rest]] = single ?? all[0] ?? [0, []];
    for (const pred of rest) copy(work, which, pred);
    work.group.forEach((g, n) => {
      if (g === which) work.group[n] = first;
    });
  }
}
