import type { Ty } from '../fields.ts';
import { plain32, plain64, plainF64 } from '../plain.ts';
import { resultOf } from '../wasm/opcodes.ts';
import { constNode, type Node, opNode } from './node.ts';

type Table = Record<string, (...args: never[]) => number | bigint>;

const TABLES: Partial<Record<Ty, Table>> = {
  i32: plain32 as unknown as Table,
  i64: plain64 as unknown as Table,
  f64: plainF64 as unknown as Table,
};

const isConst = (node: Node): boolean => node.kind === 'const';

const is = (node: Node | undefined, value: number): boolean =>
  node !== undefined && isConst(node) && Number(node.value) === value;

/** The value of an operation on constants. */
export function folded(
  ty: Ty, name: string, args: readonly Node[],
): Node | undefined {
  const operation = TABLES[ty]?.[name];
  if (!operation || !args.every(isConst)) return undefined;
  const values = args.map(({ value }) => value) as never[];
  return constNode(resultOf(ty, name), operation(...values));
}

/** Operations that change nothing if their second argument is 0. */
const IDLE = new Set(['add', 'sub', 'or', 'xor', 'shl', 'shru', 'shrs',
  'rotl', 'rotr']);

/** What is simpler and always the same; undefined: nothing. */
export function simpler(
  ty: Ty, name: string, a: Node | undefined, b: Node | undefined,
): Node | undefined {
  if (!a) return undefined;
  if (ty === 'i32' && /^(wrap|extendS|extendU)$/.test(name)) return a;
  if (!b) return undefined;
  if (IDLE.has(name) && is(b, 0)) return a;
  if (/^(add|or|xor)$/.test(name) && is(a, 0)) return b;
  if (name === 'and' && is(b, -1)) return a;
  if (name === 'and' && is(b, 0)) return b;
  if (name === 'mul' && is(b, 1)) return a;
  if (a === b && (name === 'and' || name === 'or')) return a;
  const whole = ty === 'i32' || ty === 'i64';
  if (whole && a === b && (name === 'xor' || name === 'sub')) {
    return constNode(ty, ty === 'i64' ? 0n : 0);
  }
  return undefined;
}

const POWERS = [2, 4, 8];

/** The same by cheaper means; undefined: there are none. */
export function cheaper(
  ty: Ty, name: string, args: readonly Node[],
): Node | undefined {
  const [a, b] = args;
  if (ty !== 'i32' || !a) return undefined;
  if (name === 'not') return apply(ty, 'xor', [a, constNode(ty, -1)]);
  if (!b || !isConst(b)) return undefined;
  const shift = POWERS.indexOf(Number(b.value)) + 1;
  if (name === 'mul' && shift > 0) {
    return apply(ty, 'shl', [a, constNode(ty, shift)]);
  }
  const [inner, mask] = a.args;
  if (name === 'and' && a.name === 'i32.and' && inner && mask
    && isConst(mask)) {
    const both = Number(mask.value) & Number(b.value);
    return apply(ty, 'and', [inner, constNode(ty, both)]);
  }
  return undefined;
}

/** An operation on values, as simple as we can say it. */
export function apply(
  ty: Ty, name: string, args: readonly Node[],
): Node {
  const [a, b] = args;
  return folded(ty, name, args) ?? simpler(ty, name, a, b)
    ?? cheaper(ty, name, args)
    ?? opNode(resultOf(ty, name), `${ty}.${name}`, args);
}
