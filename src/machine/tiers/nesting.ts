import { shapeOf } from './graph.ts';

/** The blocks and loops by which a graph can be said, as text. */
export function nesting(graph: readonly (readonly number[])[]) {
  const { children, merges, heads, place } = shapeOf(graph);
  const at = (n: number): number => place[n] ?? 0;
  const tree = (n: number): string[] => {
    const here = (graph[n] ?? []).filter((to) =>
      at(to) > at(n) && !merges.has(to));
    let lines = [`${n}`, ...here.map(tree).flatMap(indented)];
    const apart = (children[n] ?? []).filter((to) => merges.has(to));
    for (const to of apart.sort((a, b) => at(a) - at(b))) {
      lines = [`block, out to ${to}`, ...indented(lines), 'end',
        ...tree(to)];
    }
    if (!heads.has(n)) return lines;
    return [`loop, back to ${n}`, ...indented(lines), 'end'];
  };
  return tree(0);
}

const indented = (lines: readonly string[]): string[] =>
  lines.map((line) => `  ${line}`);
