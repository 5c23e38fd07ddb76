type Lists = readonly (readonly number[])[];

/** What is reached without a node. */
function reached(
  order: readonly number[], before: Lists, without: number,
): Set<number> {
  const found = new Set<number>();
  for (let changed = true; changed;) {
    changed = false;
    for (const node of order) {
      const enters = node === order[0]
        || (before[node] ?? []).some((from) => found.has(from));
      if (node === without || !enters || found.has(node)) continue;
      found.add(node);
      changed = true;
    }
  }
  return found;
}

export function dominators(
  order: readonly number[], _place: readonly number[], before: Lists,
): number[] {
  const above: number[] = [];
  above[order[0] ?? 0] = order[0] ?? 0;
  for (const a of order) {
    const rest = reached(order, before, a);
    for (const b of order) {
      if (b !== a && b !== order[0] && !rest.has(b)) above[b] = a;
    }
  }
  return above;
}
