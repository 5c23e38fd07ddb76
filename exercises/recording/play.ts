import type { Access } from '#book/machine/builder.ts';
import type { Field, State } from '#book/machine/fields.ts';
import type { Step } from '#book/machine/record/node.ts';

/** Memory; an access may throw, before anything has been set. */
export interface Memory {
  load(va: number, access: Access): number;
  store(va: number, value: number, access: Access): void;
}

/** Does what the steps say. */
export function play(
  steps: readonly Step[], state: State, pc: Field<'i32'>,
  memory: Memory,
): 'next' | 'jumped' | 'bailed' {
  return 'next';
}
