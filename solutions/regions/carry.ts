import { condition } from '#book/x86/flags.ts';
import type { Equation } from '#book/x86/fast/idioms.ts';
import { add } from '#book/x86/meaning/arithmetic.ts';

type Answer = Equation['answer'];

export function afterAdd(bits: number): Equation[] {
  const first: Equation['first'] = (b, x, y) => { add(b, bits, x, y); };
  const mask = bits === 32 ? -1 : (1 << bits) - 1;
  const below: Answer = ({ i32 }, x, y) => {
    const sum = i32.add(x, y);
    const most = i32.const(mask);
    return bits === 32 ? i32.ltu(sum, x) : i32.gtu(sum, most);
  };
  const not: Answer = ({ i32 }, x, y) => {
    const sum = i32.add(x, y);
    const most = i32.const(mask);
    return bits === 32 ? i32.geu(sum, x) : i32.leu(sum, most);
  };
  return [below, not].map((answer, n) => ({
    name: `add${bits}, condition ${2 + n}`, first, answer,
    ask: (b) => condition(b, 2 + n),
  }));
}
