/** Hundredths for an answer. What the stub passes too earns nothing,
 * and costs one test's share where it fails. */
export function scoreOf(
  checks: readonly { guard: boolean; passed: boolean }[], max: number,
): number {
  const real = checks.filter((c) => !c.guard);
  const good = real.filter((c) => c.passed).length;
  const lost = checks.filter((c) => c.guard && !c.passed).length;
  if (real.length === 0) return lost === 0 ? max : 0;
  return Math.round(max * Math.max(0, good - lost) / real.length);
}

/** Splits hundredths into n parts that differ by one at most. */
export function split(whole: number, n: number): number[] {
  return Array.from({ length: n }, (_, i) =>
    Math.floor(whole * (i + 1) / n) - Math.floor(whole * i / n));
}
