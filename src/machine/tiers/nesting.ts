import { houseOf } from './doors.ts';

/** The blocks and loops by which a graph can be said, as text. */
export function nesting(
  plain: readonly (readonly number[])[], doors: readonly number[] = [0],
) {
  const { graph, shape, porch = 0 } = houseOf(plain, doors);
  const { children, merges, heads, place } = shape;
  const at = (n: number): number => place[n] ?? 0;
  const tree = (n: number): string[] => {
    const here = (graph[n] ?? []).filter((to) =>
      at(to) > at(n) && !merges.has(to));
    const name = n === plain.length ? 'doors' : `${n}`;
    let lines = [name, ...here.map(tree).flatMap(indented)];
    const apart = (children[n] ?? []).filter((to) => merges.has(to));
    for (const to of apart.sort((a, b) => at(a) - at(b))) {
      lines = [`block, out to ${to}`, ...indented(lines), 'end',
        ...tree(to)];
    }
    if (!heads.has(n)) return lines;
    return [`loop, back to ${n}`, ...indented(lines), 'end'];
  };
  return tree(porch);
}

const indented = (lines: readonly string[]): string[] =>
  lines.map((line) => `  ${line}`);
