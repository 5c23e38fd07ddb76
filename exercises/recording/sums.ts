import {
  cheaper, folded, simpler,
} from '#book/machine/record/algebra.ts';
import type { Ty } from '#book/machine/fields.ts';
import { type Node, opNode } from '#book/machine/record/node.ts';
import { resultOf } from '#book/machine/wasm/opcodes.ts';

/** An operation on values, as simple as we can say it. */
export function apply(
  ty: Ty, name: string, args: readonly Node[],
): Node {
  const [a, b] = args;
  return folded(ty, name, args) ?? simpler(ty, name, a, b)
    ?? cheaper(ty, name, args)
    ?? opNode(resultOf(ty, name), `${ty}.${name}`, args);
}
