import { ECX, load, type Toy } from '#book/toy/machine.ts';

/** e2 rel8: loop. eip stands after e2, before the distance. */
export function loop(m: Toy): void {
  // the distance is the byte at m.eip; yours from here
}
