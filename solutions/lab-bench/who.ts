import type { Bench } from '#book/labs/bench.ts';
import type { BenchCommand } from '#book/labs/view.ts';

function follow(bench: Bench, command: BenchCommand): void {
  bench.order(command);
  while (!bench.work(10_000));
}

/** Goes back to before the last change of the word at `address`. */
export function lastWrite(
  bench: Bench, address: number,
): number | undefined {
  bench.order({ do: 'look', memory: address });
  for (let now = bench.now(); ; now = bench.now()) {
    follow(bench, { do: 'back', n: 1 });
    if (bench.now() === now) return undefined;
    const { changed } = bench.view().memory;
    if (changed.some((n) => n < 4)) return bench.now();
  }
}
