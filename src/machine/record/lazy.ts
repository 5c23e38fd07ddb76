import type { Field } from '../fields.ts';
import { apply } from './algebra.ts';
import type { Node, Setting } from './node.ts';

/** How lazy fields follow from a few values, the leaves. */
export interface Kind {
  readonly id: number;
  /** Values over leaves, in the order of the lazy fields. */
  readonly trees: readonly Node[];
  readonly leaves: number;
}

/** The most leaves that are kept. */
export const LEAVES = 3;

/** A kind with the values that are its leaves here. */
export interface Deferred {
  readonly kind: Kind;
  readonly leaves: readonly Node[];
}

const leafNode = (n: number): Node => ({
  kind: 'leaf', ty: 'i32', name: '', code: -1, args: [], value: 0,
  hole: -1, field: undefined, temp: n, uses: 0, fixed: false, asks: 0,
});

const LEAF = [0, 1, 2].map(leafNode);

/** A value over leaves as text: equal texts, equal values. */
function textOf(n: Node): string {
  if (n.kind === 'leaf') return `l${n.temp}`;
  if (n.kind === 'get') return `g${n.field?.id}`;
  if (n.kind === 'const') return String(n.value);
  return `(${n.name} ${n.args.map(textOf).join(' ')})`;
}

/** A value computed from one place alone. */
function isThin(n: Node): boolean {
  if (n.kind !== 'op') return true;
  const open = n.args.filter((arg) => arg.kind !== 'const');
  return open.length === 1 && open.every(isThin);
}

function isLeaf(n: Node, leaves: readonly Node[]): boolean {
  if (n.kind === 'const') return false;
  if (n.kind !== 'op' || n.ty !== 'i32') return true;
  if (n.args.some(({ ty }) => ty !== 'i32')) return true;
  const covered = n.args.some((arg) => leaves.includes(arg));
  return n.uses > 1 && isThin(n) && !covered;
}

function over(n: Node, leaves: Node[]): Node {
  if (n.kind === 'const') return n;
  if (!isLeaf(n, leaves)) return rebuilt(n, (arg) => over(arg, leaves));
  if (!leaves.includes(n)) leaves.push(n);
  return LEAF[leaves.indexOf(n)] ?? n;
}

function rebuilt(n: Node, change: (arg: Node) => Node): Node {
  return apply('i32', n.name.slice(4), n.args.map(change));
}

/** The kinds of lazy fields, and what is asked of them. */
export class Lazies {
  private readonly kinds = new Map<string, Kind>();
  private readonly asked: Node[] = [];
  private readonly askedIds = new Map<string, number>();
  private readonly answers = new Map<number, Node>();
  private readonly idioms = new Map<string, Node>();

  constructor(readonly fields: readonly Field<'i32'>[]) {}

  /** What settings leave of lazy fields; undefined: they set not all
   * of them, or not simply. */
  deferred(sets: readonly Setting[]): Deferred | undefined {
    const values = this.fields.map((field) => sets.find(
      ({ ref }) => 'id' in ref && ref.id === field.id)?.value);
    const leaves: Node[] = [];
    const trees = values.map((value) => value && over(value, leaves));
    if (leaves.length > LEAVES) return undefined;
    const all = trees.filter((tree) => tree !== undefined);
    if (all.length < this.fields.length) return undefined;
    return { kind: this.kindOf(all, leaves.length), leaves };
  }

  /** The kind of these values over so many leaves. */
  kindOf(trees: readonly Node[], leaves: number): Kind {
    const text = trees.map(textOf).join(' ; ');
    let kind = this.kinds.get(text);
    if (!kind) {
      kind = { id: this.kinds.size, trees, leaves };
      this.kinds.set(text, kind);
    }
    return kind;
  }

  /** Whether a setting is of a lazy field. */
  sets({ ref }: Setting): boolean {
    return 'id' in ref && this.fields.some(({ id }) => id === ref.id);
  }

  /** All kinds, and all that was asked, in their order. */
  get known(): {
    readonly kinds: readonly Kind[]; readonly asked: readonly Node[];
  } {
    return { kinds: [...this.kinds.values()], asked: this.asked };
  }

  /** Marks the largest values that follow from lazy fields alone. */
  mark(n: Node): void {
    if (n.asks !== 0) return;
    if (this.isAsking(n)) n.asks = this.ask(n);
    else n.args.forEach((arg) => this.mark(arg));
  }

  /** Whether a value is what a lazy field holds. */
  has({ kind, field }: Node): boolean {
    return kind === 'get' && this.fields.some((f) => f === field);
  }

  private isAsking(n: Node): boolean {
    if (n.kind === 'get') return this.has(n);
    return n.kind === 'op' && n.ty === 'i32' && n.args.every((arg) =>
      arg.kind === 'const' || this.isAsking(arg))
      && n.args.some((arg) => arg.kind !== 'const');
  }

  /** The number of a question, from 1 on. */
  ask(n: Node): number {
    const text = textOf(n);
    const id = this.askedIds.get(text) ?? this.asked.push(n);
    this.askedIds.set(text, id);
    return id;
  }

  /** What a marked value is when the fields are of this kind. */
  answer(kind: Kind, asks: number): Node {
    const key = kind.id * 0x1_0000 + asks;
    let found = this.answers.get(key);
    if (!found) {
      const question = this.asked[asks - 1];
      if (!question) throw new Error(`nobody asked ${asks}`);
      const plain = this.substitute(question, kind);
      found = this.idioms.get(textOf(plain)) ?? plain;
      this.answers.set(key, found);
    }
    return found;
  }

  private substitute(n: Node, kind: Kind): Node {
    if (n.kind === 'get') {
      return kind.trees[this.fields.indexOf(n.field as never)] ?? n;
    }
    if (n.kind !== 'op') return n;
    return rebuilt(n, (arg) => this.substitute(arg, kind));
  }

  /** Teaches an equation: a question after some settings. */
  teach(sets: readonly Setting[], question: Node, as: Node): void {
    const found = this.deferred(sets);
    if (!found) throw new Error('these settings are not lazy');
    const plain = this.substitute(question, found.kind);
    this.idioms.set(textOf(plain), over(as, [...found.leaves]));
  }
}
