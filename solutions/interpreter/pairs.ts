export interface Executed { shape: number; jumps: boolean }
export interface Fused {
  pairs: [number, number][];
  dispatches: number;
}

const BASE = 65536;

/** The pair that begins at `n`, as one number; -1: there is none. */
function pairAt(trace: readonly Executed[], n: number): number {
  const [a, b] = [trace[n], trace[n + 1]];
  return !a || !b || a.jumps ? -1 : a.shape * BASE + b.shape;
}

export function fuse(
  trace: readonly Executed[], most: number,
): Fused {
  const counts = new Map<number, number>();
  trace.forEach((_, n) => {
    const pair = pairAt(trace, n);
    if (pair >= 0) counts.set(pair, (counts.get(pair) ?? 0) + 1);
  });
  const best = [...counts].sort(([a, m], [b, n]) => n - m || a - b)
    .slice(0, most).map(([pair]) => pair);
  let dispatches = 0;
  for (let n = 0; n < trace.length; dispatches++) {
    n += best.includes(pairAt(trace, n)) ? 2 : 1;
  }
  const pairs = best.map((pair): [number, number] =>
    [Math.floor(pair / BASE), pair % BASE]);
  return { pairs, dispatches };
}
