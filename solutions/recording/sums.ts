import {
  cheaper, folded, simpler,
} from '#book/machine/record/algebra.ts';
import type { Ty } from '#book/machine/fields.ts';
import {
  constNode, type Node, opNode,
} from '#book/machine/record/node.ts';
import { resultOf } from '#book/machine/wasm/opcodes.ts';

function sum(name: string, a?: Node, b?: Node): Node | undefined {
  if (!a || !b) return undefined;
  if (name === 'add' && a.kind === 'const') {
    return apply('i32', 'add', [b, a]);
  }
  if (b.kind !== 'const') return undefined;
  const n = Number(b.value);
  if (name === 'sub') {
    return apply('i32', 'add', [a, constNode('i32', -n | 0)]);
  }
  const [x, c] = a.args;
  if (name !== 'add' || a.name !== 'i32.add' || !x) return undefined;
  if (c?.kind !== 'const') return undefined;
  const both = (Number(c.value) + n) | 0;
  return apply('i32', 'add', [x, constNode('i32', both)]);
}

/** An operation on values, as simple as we can say it. */
export function apply(
  ty: Ty, name: string, args: readonly Node[],
): Node {
  const [a, b] = args;
  return folded(ty, name, args) ?? simpler(ty, name, a, b)
    ?? (ty === 'i32' ? sum(name, a, b) : undefined)
    ?? cheaper(ty, name, args)
    ?? opNode(resultOf(ty, name), `${ty}.${name}`, args);
}
