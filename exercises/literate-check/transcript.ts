/** The first expected line that is not there; `…` skips lines. */
export function matches(
  expected: readonly string[], lines: readonly string[],
): number | undefined {
  throw new Error(`yours: ${expected.length} ${lines.length}`);
}
