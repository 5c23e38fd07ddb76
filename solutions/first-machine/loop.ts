import { ECX, load, type Toy } from '#book/toy/machine.ts';

/** e2 rel8: loop. eip stands after e2, before the distance. */
export function loop(m: Toy): void {
  const byte = load(m, m.eip);
  m.eip = (m.eip + 1) >>> 0;
  const left = ((m.reg[ECX] ?? 0) - 1) >>> 0;
  m.reg[ECX] = left;
  if (left !== 0) m.eip = (m.eip + (byte << 24 >> 24)) >>> 0;
}
