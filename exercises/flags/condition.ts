import type { Adr, Builder, V } from '#book/machine/builder.ts';

/** Whether condition `code` holds after a `cmp x, y` of 32 bits;
 * undefined for o, no, s, ns, p and np. */
export function afterCmp<A extends Adr>(
  b: Builder<A>, code: number, x: V<'i32'>, y: V<'i32'>,
): V<'i32'> | undefined {
  return undefined;
}
