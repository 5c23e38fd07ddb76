/** Mode 2: what is in the counter, and its whole periods. */
export function countAt(
  reload: number, ticks: number,
): { count: number; rounds: number } {
  return {
    count: reload - ticks % reload,
    rounds: Math.floor(ticks / reload),
  };
}
