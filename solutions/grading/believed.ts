/** Lines are `NONCE pass NAME`, `NONCE fail NAME`, `NONCE done`. */
export function believed(
  lines: readonly string[], nonce: string, tests: readonly string[],
): string[] {
  const end = lines.indexOf(`${nonce} done`);
  const said = end < 0 ? lines : lines.slice(0, end);
  if (!said.every((line) => line.startsWith(`${nonce} `))) return [];
  return tests.filter((name) => said.includes(`${nonce} pass ${name}`)
    && !said.includes(`${nonce} fail ${name}`));
}
