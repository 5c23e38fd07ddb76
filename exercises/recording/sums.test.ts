import { expect, test } from 'vitest';
import { Layout } from '#book/machine/fields.ts';
import {
  constNode, getNode, type Node,
} from '#book/machine/record/node.ts';
import { load } from '#book/x86/bare.ts';
import { decode } from '#book/x86/decode.ts';
import { onPaper } from '#book/x86/fast/paper.ts';
import { apply } from './sums.ts';

const x = getNode(new Layout().i32('x'));
const c = (value: number): Node => constNode('i32', value);
const op = (name: string, ...args: Node[]) => apply('i32', name, args);

function text(n: Node): string {
  if (n.kind === 'const') return String(n.value);
  if (n.kind === 'get') return n.field?.name ?? '';
  return `${n.name.slice(4)}(${n.args.map(text).join(' ')})`;
}

test.each([
  ['add(x 4)', op('add', c(4), x)],
  ['add(x -4)', op('sub', x, c(4))],
  ['add(x 12)', op('add', op('add', x, c(4)), c(8))],
  ['x', op('sub', op('add', c(4), x), c(4))],
  ['add(x -2147483648)', op('add', op('add', x, c(0x7fff_ffff)), c(1))],
  ['sub(4 x)', op('sub', c(4), x)],
  ['x', op('add', x, c(0))],
  ['add(x -2147483648)', op('sub', x, c(-0x8000_0000))],
  ['shl(x 2)', op('mul', x, c(4))],
  ['and(x 15)', op('and', op('and', x, c(255)), c(15))],
])('%s', (expected, node) => { expect(text(node)).toBe(expected); });

const height = (n: Node): number =>
  Math.max(0, ...n.args.map((arg) => 1 + height(arg)));

test('the addresses of pusha', () => {
  const { steps } = onPaper(decode(() => 0x60, 32), load('nop').state);
  const heights = steps.map((step) =>
    (step.kind === 'store' ? height(step.va) : 0));
  // One addition for the offset, one for the segment's base.
  expect(Math.max(...heights)).toBe(2);
});

test('64 bits are left alone', () => {
  const wide = getNode(new Layout().i64('w'));
  const n = apply('i64', 'sub', [wide, constNode('i64', 4n)]);
  expect(n.name).toBe('i64.sub');
});
