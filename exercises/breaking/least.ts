/** The minimal sets, of at most three lines, without which
 * `succeeds`; smaller ones first. */
export function least(
  lines: readonly string[],
  succeeds: (without: ReadonlySet<string>) => boolean,
): string[][] {
  void [lines, succeeds];
  return [];
}
