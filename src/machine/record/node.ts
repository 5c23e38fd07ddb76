import type { Access } from '../builder.ts';
import type { Field, Ty } from '../fields.ts';
import { opcodeOf } from '../wasm/opcodes.ts';
import type { Hole, OpenField } from './hole.ts';

export type FieldRef = Field<Ty> | OpenField;

/** What a node stands for. */
export type NodeKind =
  'op' | 'const' | 'hole' | 'get' | 'temp' | 'leaf';

/** A value of an instruction, or how it is computed. */
export interface Node {
  readonly kind: NodeKind;
  readonly ty: Ty;
  /** op: `i32.add` and the like. */
  readonly name: string;
  /** op: the opcode, or -1: it takes more than one. */
  readonly code: number;
  readonly args: readonly Node[];
  /** const. */
  readonly value: number | bigint;
  /** hole, and a register that is one. */
  readonly hole: number;
  /** get: the field; undefined: the hole names it. */
  readonly field: Field<Ty> | undefined;
  /** temp, and a value kept in one: its number, or -1. */
  temp: number;
  /** How often it is used. */
  uses: number;
  /** All that it depends on may be known before it runs. */
  readonly fixed: boolean;
  /** Not 0: a question that lazy fields alone answer. */
  asks: number;
}

const blank: Node = {
  kind: 'const', ty: 'i32', name: '', code: -1, args: [], value: 0,
  hole: -1, field: undefined, temp: -1, uses: 0, fixed: true, asks: 0,
};

export const constNode = (ty: Ty, value: number | bigint): Node =>
  ({ ...blank, ty, value });

export const holeNode = (hole: Hole): Node =>
  ({ ...blank, kind: 'hole', hole: hole.index });

export const tempNode = (ty: Ty, temp: number): Node =>
  ({ ...blank, kind: 'temp', ty, temp, fixed: false });

/** @param fixed whether its value is known before it runs */
export function getNode(ref: FieldRef, fixed = false): Node {
  const node = { ...blank, kind: 'get' as const, ty: ref.ty, fixed };
  if ('hole' in ref) return { ...node, hole: ref.hole.index };
  return { ...node, field: ref };
}

export function opNode(
  ty: Ty, name: string, args: readonly Node[],
): Node {
  return {
    ...blank, kind: 'op', ty, name, args,
    code: opcodeOf(name) ?? -1,
    fixed: args.every((arg) => arg.fixed),
  };
}

/** A field that is set, and to what. */
export interface Setting {
  readonly ref: FieldRef;
  readonly value: Node;
}

/** What an instruction does, in its order. */
export type Step =
  | { readonly kind: 'let'; readonly node: Node }
  | { readonly kind: 'load'; readonly node: Node;
      readonly va: Node; readonly access: Access }
  | { readonly kind: 'store'; readonly va: Node; readonly value: Node;
      readonly access: Access }
  | { readonly kind: 'if'; readonly c: Node;
      readonly then: readonly Step[];
      readonly otherwise: readonly Step[] }
  | { readonly kind: 'put'; readonly node: Node; readonly value: Node }
  | { readonly kind: 'jump'; readonly to: Node;
      readonly sets: readonly Setting[] }
  | { readonly kind: 'bail' }
  | { readonly kind: 'end'; readonly sets: readonly Setting[] };

/** An instruction's meaning, recorded. */
export interface Recording {
  readonly steps: readonly Step[];
  /** Types of the temporary values by number. */
  readonly temps: readonly Ty[];
}
