import { type Toy, Trap } from '#book/toy/machine.ts';

/** Where in storage an address is; a trap outside the fence. */
export function locate(m: Toy, at: number): number {
  return m.base + at;
}
