/** Lines are `NONCE pass NAME`, `NONCE fail NAME`, `NONCE done`. */
export function believed(
  lines: readonly string[], nonce: string, tests: readonly string[],
): string[] {
  throw new Error(`yours: ${lines.length} ${nonce} ${tests.length}`);
}
