import { add } from '#book/x86/meaning/arithmetic.ts';
import { condition } from '#book/x86/flags.ts';
import type { Equation } from '#book/x86/fast/idioms.ts';

/** Conditions 2 and 3 after an addition of `bits` bits. */
export function afterAdd(bits: number): Equation[] {
  const first: Equation['first'] = (b, x, y) => { add(b, bits, x, y); };
  const name = `add${bits}`;
  return [
    { name, first, ask: (b) => condition(b, 2), answer: (b, x) => x },
    { name, first, ask: (b) => condition(b, 3), answer: (b, x) => x },
  ];
}
