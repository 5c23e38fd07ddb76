import type { Adr, Builder, V } from '#book/machine/builder.ts';

/** The borrows out of each bit of r = x - y (- 1). */
export function borrowsOfSub<A extends Adr>(
  { i32 }: Builder<A>, x: V<'i32'>, y: V<'i32'>, r: V<'i32'>,
): V<'i32'> {
  const notX = i32.not(x);
  const propagated = i32.and(i32.or(notX, y), r);
  return i32.or(i32.and(notX, y), propagated);
}
