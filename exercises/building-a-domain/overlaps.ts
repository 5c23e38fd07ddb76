import type { Plan, Run } from '#book/dom0/builder/plan.ts';

/** Names of the parts of a plan that share a frame, in pairs. */
export function overlaps(plan: Plan): [string, string][] {
  return [];
}
