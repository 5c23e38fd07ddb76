/** The first expected line that is not there; `…` skips lines. */
export function matches(
  expected: readonly string[], lines: readonly string[],
): number | undefined {
  const rest = lines.map((line) => line.trimEnd());
  while (rest.at(-1) === '') rest.pop();
  let free = false;
  for (const [i, text] of expected.entries()) {
    const wanted = text.trimEnd();
    if (wanted.trim() === '…') {
      free = true;
      continue;
    }
    const at = rest.indexOf(wanted);
    if (at < 0 || (at > 0 && !free)) {
      if (wanted === '' && rest.length === 0) continue;
      return i;
    }
    rest.splice(0, at + 1);
    free = false;
  }
  return free || rest.length === 0 ? undefined : expected.length;
}
