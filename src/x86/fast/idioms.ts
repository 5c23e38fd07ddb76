import type { Builder, V } from '../../machine/builder.ts';
import { type Layout, State } from '../../machine/fields.ts';
import { Hole } from '../../machine/record/hole.ts';
import type { Lazies } from '../../machine/record/lazy.ts';
import type { Node } from '../../machine/record/node.ts';
import { Recorder } from '../../machine/record/recorder.ts';
import { makeTemplate } from '../../machine/record/template.ts';
import { carry, condition, signExtend } from '../flags.ts';
import { add, sub } from '../meaning/arithmetic.ts';
import { EIP } from '../state.ts';

type B = Builder<'i32'>;
type X = V<'i32'>;

/** An equation: after `first`, `ask` is `answer`. */
export interface Equation {
  readonly name: string;
  readonly first: (b: B, x: X, y: X) => void;
  readonly ask: (b: B) => X;
  readonly answer: (b: B, x: X, y: X) => X;
}

type Compare = (b: B, x: X, y: X) => X;

/** What the conditions say of two numbers that were subtracted. */
const UNSIGNED: readonly [number, Compare][] = [
  [2, ({ i32 }, x, y) => i32.ltu(x, y)],
  [3, ({ i32 }, x, y) => i32.geu(x, y)],
  [4, ({ i32 }, x, y) => i32.eq(x, y)],
  [5, ({ i32 }, x, y) => i32.ne(x, y)],
  [6, ({ i32 }, x, y) => i32.leu(x, y)],
  [7, ({ i32 }, x, y) => i32.gtu(x, y)],
];

const SIGNED: readonly [number, Compare][] = [
  [12, ({ i32 }, x, y) => i32.lts(x, y)],
  [13, ({ i32 }, x, y) => i32.ges(x, y)],
  [14, ({ i32 }, x, y) => i32.les(x, y)],
  [15, ({ i32 }, x, y) => i32.gts(x, y)],
];

function afterSub(bits: number): Equation[] {
  const first = (b: B, x: X, y: X): void => { sub(b, bits, x, y); };
  const wide = (b: B, x: X): X => signExtend(b, bits, x);
  const unsigned = UNSIGNED.map(([code, answer]) => ({
    name: `sub${bits}, condition ${code}`, first, answer,
    ask: (b: B) => condition(b, code),
  }));
  const signed = SIGNED.map(([code, compare]) => ({
    name: `sub${bits}, condition ${code}`, first,
    ask: (b: B) => condition(b, code),
    answer: (b: B, x: X, y: X) => compare(b, wide(b, x), wide(b, y)),
  }));
  const borrow = {
    name: `sub${bits}, carry`, first, ask: carry,
    answer: ({ i32 }: B, x: X, y: X) => i32.ltu(x, y),
  };
  return [...unsigned, ...signed, borrow];
}

const afterAdd: Equation = {
  name: 'add32, carry',
  first: (b, x, y) => { add(b, 32, x, y); },
  ask: carry,
  answer: ({ i32 }, x, y) => i32.ltu(i32.add(x, y), x),
};

/** What is true of values below 2^bits, zero-extended. */
export const equations: readonly (Equation & { bits: number })[] = [
  ...[8, 16, 32].flatMap((bits) =>
    afterSub(bits).map((one) => ({ ...one, bits }))),
  { ...afterAdd, bits: 32 },
];

const node = (value: X): Node => value as unknown as Node;

/** Teaches a translator the equations. */
export function teachIdioms(lazies: Lazies, layout: Layout): void {
  const state = new State(layout);
  const none = { may: () => true, lazy: lazies.fields };
  for (const { first, ask, answer } of equations) {
    const recorder = new Recorder(state, EIP);
    const [x, y] = [1, 2].map((n) =>
      recorder.i32.const(new Hole(n).asNumber())) as [X, X];
    const asking = new Recorder(state, EIP);
    const question = node(ask(asking));
    const recording = recorder.record((b) => first(b, x, y));
    const { steps } = makeTemplate(recording, none, lazies);
    const end = steps.at(-1);
    if (end?.kind !== 'end') throw new Error('an idiom without end');
    const said = node(answer(recorder, x, y));
    lazies.teach(end.sets, question, said);
  }
}
