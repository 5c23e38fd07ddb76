import { plain32 } from '../plain.ts';
import type { Node } from '../record/node.ts';

const table = plain32 as unknown as
  Record<string, (a: number, b: number) => number>;

/** The value of a node if it follows from the holes and the place of
 * the instruction. */
export function constTarget(
  node: Node, holes: readonly number[], pc: number,
): number | undefined {
  if (!node.fixed || node.ty !== 'i32') return undefined;
  switch (node.kind) {
    case 'const': return Number(node.value);
    case 'hole': return holes[node.hole] ?? 0;
    case 'get': return pc;
    default:
  }
  const args = node.args.map((arg) => constTarget(arg, holes, pc));
  const [a, b] = args;
  if (a === undefined || args.length > 1 && b === undefined) {
    return undefined;
  }
  return table[node.name.slice(4)]?.(a, b ?? 0);
}
