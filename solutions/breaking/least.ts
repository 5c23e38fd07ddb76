/** The minimal sets, of at most three lines, without which
 * `succeeds`; smaller ones first. */
export function least(
  lines: readonly string[],
  succeeds: (without: ReadonlySet<string>) => boolean,
): string[][] {
  const found: string[][] = [];
  for (const size of [1, 2, 3]) {
    for (const set of subsets(lines, size)) {
      const more = found.some((f) => f.every((l) => set.includes(l)));
      if (!more && succeeds(new Set(set))) found.push(set);
    }
  }
  return found;
}

function subsets(lines: readonly string[], n: number): string[][] {
  if (n === 0) return [[]];
  return lines.flatMap((line, i) =>
    subsets(lines.slice(i + 1), n - 1).map((rest) => [line, ...rest]));
}
