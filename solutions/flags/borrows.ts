import type { Adr, Builder, V } from '#book/machine/builder.ts';

/** The borrows out of each bit of r = x - y (- 1). */
export function borrowsOfSub<A extends Adr>(
  { i32 }: Builder<A>, x: V<'i32'>, y: V<'i32'>, r: V<'i32'>,
): V<'i32'> {
  const differ = i32.xor(x, y);
  return i32.xor(r, i32.and(differ, i32.xor(y, r)));
}
