import type { Plan, Run } from '#book/dom0/builder/plan.ts';

/** Names of the parts of a plan that share a frame, in pairs. */
export function overlaps(plan: Plan): [string, string][] {
  const one = (pfn: number): Run => ({ pfn, frames: 1 });
  const runs: Record<string, Run> = {
    kernel: plan.kernel,
    ...(plan.module ? { module: plan.module } : {}),
    p2m: plan.p2m, startInfo: one(plan.startInfo),
    store: one(plan.store), console: one(plan.console),
    tables: plan.tableRun, stack: one(plan.stack),
  };
  const list = Object.entries(runs);
  const found: [string, string][] = [];
  for (const [i, [name, run]] of list.entries()) {
    const rest = list
      .slice(i + 1);
    for (const [other, next] of rest) {
      if (run.pfn < next.pfn + next.frames
        && next.pfn < run.pfn + run.frames) found.push([name, other]);
    }
  }
  return found;
}
