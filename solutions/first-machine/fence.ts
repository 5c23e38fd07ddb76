import { type Toy, Trap } from '#book/toy/machine.ts';

/** Where in storage an address is; a trap outside the fence. */
export function locate(m: Toy, at: number): number {
  const low = m.limit < 0 ? 2 ** 32 + m.limit : 0;
  const high = m.limit < 0 ? 2 ** 32 : m.limit;
  if (at < low || at >= high) throw new Trap('fence');
  return m.base + at - low;
}
