import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Layout } from '../fields.ts';
import { plain32 } from '../plain.ts';
import { apply } from './algebra.ts';
import { constNode, getNode, type Node } from './node.ts';

const layout = new Layout();
const fields = [layout.i32('x'), layout.i32('y')];
const gets = fields.map((field) => getNode(field));
const NAMES = ['add', 'sub', 'mul', 'and', 'or', 'xor', 'shl', 'shru',
  'shrs', 'rotl', 'ltu', 'eq', 'les'] as const;
type Table = Record<string, (...args: number[]) => number>;
const table = plain32 as unknown as Table;

/** The value of a graph for values of the two fields. */
function valueOf(n: Node, values: readonly number[]): number {
  if (n.kind === 'const') return Number(n.value);
  if (n.kind === 'get') return values[n.field?.id ?? 0] ?? 0;
  const args = n.args.map((arg) => valueOf(arg, values));
  return table[n.name.slice(4)]?.(...args) ?? NaN;
}


const small = fc.constantFrom(0, 1, 2, 4, 8, 255, -1, -256, 31);
const operation = fc.tuple(
  fc.constantFrom(...NAMES), fc.nat(9), fc.nat(9));

test('what the algebra gives is worth the same', () => {
  fc.assert(fc.property(
    fc.tuple(fc.integer(), fc.integer()),
    fc.array(small, { minLength: 2, maxLength: 3 }),
    fc.array(operation, { maxLength: 12 }),
    (values, constants, steps) => {
      const nodes = [...gets,
        ...constants.map((n) => constNode('i32', n))];
      const plain = [...values, ...constants];
      for (const [name, i, j] of steps) {
        const [a, b] = [i % nodes.length, j % nodes.length];
        const [x, y] = [nodes[a], nodes[b]];
        if (!x || !y) continue;
        nodes.push(apply('i32', name, [x, y]));
        plain.push(table[name]?.(plain[a] ?? 0, plain[b] ?? 0) ?? 0);
      }
      expect(nodes.map((n) => valueOf(n, values))).toEqual(plain);
    }), { seed: 7, numRuns: 2000 });
});
