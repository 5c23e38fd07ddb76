import type { Access } from '../builder.ts';
import type { Field, Ty } from '../fields.ts';
import { opcodeOf } from '../wasm/opcodes.ts';
import { Hole } from './hole.ts';
import type { Kind, Lazies } from './lazy.ts';
import type {
  FieldRef, Node, NodeKind, Setting, Step,
} from './node.ts';
import {
  allSteps, type Ending, type Jump, type Template,
} from './template.ts';

/** A node: kind, type, name, value, hole, field, temp, uses, whether it
 * is fixed, what it asks, and the numbers of its arguments. */
type PlainNode = readonly [
  NodeKind, Ty, string, number | string, number, number,
  number, number, boolean, number, readonly number[],
];

/** A field as type and slot, or type, hole, and which byte of it. */
type PlainRef = readonly [Ty, number] | readonly [Ty, number, boolean];

/** Nodes are numbers; so are the lists of settings. */
type PlainStep =
  | readonly ['let', number]
  | readonly ['load', number, number, Access]
  | readonly ['store', number, number, Access]
  | readonly ['if', number, readonly PlainStep[], readonly PlainStep[]]
  | readonly ['put', number, number]
  | readonly ['jump', number, number]
  | readonly ['bail']
  | readonly ['end', number];

type PlainSetting = readonly [PlainRef, number];

/** Whether some field is lazy; the kind, or -1; the leaves. */
type PlainEnding = readonly [boolean, number, readonly number[]];

/** A template as plain data, for JSON. */
export interface Frozen {
  readonly nodes: readonly PlainNode[];
  readonly steps: readonly PlainStep[];
  readonly sets: readonly (readonly PlainSetting[])[];
  /** What the lists leave of lazy fields. */
  readonly endings: readonly PlainEnding[];
  readonly rest: Pick<Template,
    'foreign' | 'asks' | 'named' | 'open' | 'sets' | 'setsOpen'>;
}

/** Kinds and questions as plain data. */
export interface FrozenLazies {
  readonly nodes: readonly PlainNode[];
  readonly kinds: readonly (readonly number[])[];
  readonly leaves: readonly number[];
  readonly asked: readonly number[];
}

/** JSON has neither integers of 64 bits nor all doubles. */
const plainValue = (value: number | bigint): number | string =>
  (Number.isInteger(value) && !Object.is(value, -0)
    ? value as number : String(value));

/** Gives nodes numbers; arguments come first. */
class Numbering {
  readonly nodes: PlainNode[] = [];
  private readonly known = new Map<Node, number>();

  readonly of = (n: Node): number => {
    const known = this.known.get(n);
    if (known !== undefined) return known;
    const args = n.args.map(this.of);
    this.nodes.push([n.kind, n.ty, n.name, plainValue(n.value), n.hole,
      n.field?.id ?? -1, n.temp, n.uses, n.fixed, n.asks, args]);
    this.known.set(n, this.nodes.length - 1);
    return this.nodes.length - 1;
  };
}

const plainRef = (ref: FieldRef): PlainRef => ('hole' in ref
  ? [ref.ty, ref.hole.index, ref.hole.high] : [ref.ty, ref.id]);

/** A template as plain data. */
export const freeze = (template: Template): Frozen =>
  new Freezer().freeze(template);

class Freezer {
  private readonly numbering = new Numbering();
  private readonly of = this.numbering.of;
  private readonly lists: (readonly Setting[])[] = [];

  freeze(template: Template): Frozen {
    const { steps, endings, foreign, asks, named, open, sets, setsOpen }
      = template;
    const plain = steps.map(this.step);
    return {
      steps: plain, nodes: this.numbering.nodes,
      sets: this.lists.map((list) => list.map(({ ref, value }) =>
        [plainRef(ref), this.of(value)])),
      endings: this.lists.map((list) => this.ending(endings.get(list))),
      rest: { foreign, asks, named, open, sets, setsOpen },
    };
  }

  private readonly step = (step: Step): PlainStep => {
    const { of } = this;
    switch (step.kind) {
      case 'let': return ['let', of(step.node)];
      case 'load':
        return ['load', of(step.node), of(step.va), step.access];
      case 'store':
        return ['store', of(step.va), of(step.value), step.access];
      case 'if': return ['if', of(step.c),
        step.then.map(this.step), step.otherwise.map(this.step)];
      case 'put': return ['put', of(step.node), of(step.value)];
      case 'jump': return ['jump', of(step.to), this.list(step.sets)];
      case 'bail': return ['bail'];
      case 'end': return ['end', this.list(step.sets)];
    }
  };

  private list(sets: readonly Setting[]): number {
    return this.lists.push(sets) - 1;
  }

  private ending(ending: Ending | undefined): PlainEnding {
    const { lazy = false, deferred } = ending ?? {};
    const leaves = deferred?.leaves.map(this.of) ?? [];
    return [lazy, deferred?.kind.id ?? -1, leaves];
  }
}

/** All kinds and questions so far, as plain data. */
export function freezeLazies({ known }: Lazies): FrozenLazies {
  const numbering = new Numbering();
  return {
    kinds: known.kinds.map(({ trees }) => trees.map(numbering.of)),
    leaves: known.kinds.map(({ leaves }) => leaves),
    asked: known.asked.map(numbering.of), nodes: numbering.nodes,
  };
}

/** What frozen things are made of where they are thawed. */
export interface Ground {
  readonly field: (ty: Ty, id: number) => Field<Ty>;
  readonly lazies: Lazies;
  /** Kinds and questions by the numbers that they had. */
  readonly kinds: readonly Kind[];
  readonly asks: readonly number[];
}

function thawNodes(
  plain: readonly PlainNode[], { field, asks }: Pick<Ground,
  'field' | 'asks'>,
): Node[] {
  const nodes: Node[] = [];
  for (const [kind, ty, name, value, hole, id, temp, uses, fixed, ask,
    args] of plain) {
    nodes.push({
      kind, ty, name, hole, temp, uses, fixed,
      code: kind === 'op' ? opcodeOf(name) ?? -1 : -1,
      value: kind === 'const' && ty === 'i64'
        ? BigInt(value) : Number(value),
      field: id < 0 ? undefined : field(ty, id),
      asks: ask === 0 ? 0 : asks[ask] ?? 0,
      args: args.map((n) => nodes[n] as Node),
    });
  }
  return nodes;
}

/** Makes the kinds and questions known, and says what they are now. */
export function thawLazies(
  { nodes: plain, kinds, leaves, asked }: FrozenLazies,
  { field, lazies }: Pick<Ground, 'field' | 'lazies'>,
): Ground {
  const nodes = thawNodes(plain, { field, asks: [] });
  const all = (list: readonly number[]): Node[] =>
    list.map((n) => nodes[n] as Node);
  return {
    field, lazies,
    kinds: kinds.map((trees, n) =>
      lazies.kindOf(all(trees), leaves[n] ?? 0)),
    asks: [0, ...all(asked).map((node) => lazies.ask(node))],
  };
}

function thawRef(
  [ty, n, high]: PlainRef, { field }: Ground,
): FieldRef {
  return high === undefined ? field(ty, n)
    : { ty, hole: new Hole(n, high), ids: new Set() };
}

/** The template that was frozen. */
export const thaw = (frozen: Frozen, ground: Ground): Template =>
  new Thawer(frozen, ground).thaw();

class Thawer {
  private readonly nodes: readonly Node[];
  private readonly lists: readonly (readonly Setting[])[];

  constructor(
    private readonly frozen: Frozen, private readonly ground: Ground,
  ) {
    this.nodes = thawNodes(frozen.nodes, ground);
    this.lists = frozen.sets.map((list) => list.map(([ref, value]) =>
      ({ ref: thawRef(ref, ground), value: this.at(value) })));
  }

  thaw(): Template {
    const { frozen } = this;
    const steps = frozen.steps.map(this.step);
    const endings = frozen.endings.map((plain, n) =>
      [this.list(n), this.ending(plain, this.list(n))] as const);
    const jumps = [...allSteps(steps)]
      .filter((step): step is Jump => step.kind === 'jump');
    return { ...frozen.rest, steps, jumps, endings: new Map(endings) };
  }

  private readonly at = (n: number): Node => this.nodes[n] as Node;

  private list(n: number): readonly Setting[] {
    return this.lists[n] ?? [];
  }

  private readonly step = (plain: PlainStep): Step => {
    const { at } = this;
    switch (plain[0]) {
      case 'let': return { kind: 'let', node: at(plain[1]) };
      case 'load': return { kind: 'load', node: at(plain[1]),
        va: at(plain[2]), access: plain[3] };
      case 'store': return { kind: 'store', va: at(plain[1]),
        value: at(plain[2]), access: plain[3] };
      case 'if': return { kind: 'if', c: at(plain[1]),
        then: plain[2].map(this.step),
        otherwise: plain[3].map(this.step) };
      case 'put':
        return { kind: 'put', node: at(plain[1]), value: at(plain[2]) };
      case 'jump': return { kind: 'jump', to: at(plain[1]),
        sets: this.list(plain[2]) };
      case 'bail': return { kind: 'bail' };
      case 'end': return { kind: 'end', sets: this.list(plain[1]) };
    }
  };

  private ending(
    [lazy, n, leaves]: PlainEnding, list: readonly Setting[],
  ): Ending {
    const { kinds, lazies } = this.ground;
    const kind = kinds[n];
    if (!kind) return { plain: list, lazy, deferred: undefined };
    const plain = list.filter((one) => !lazies.sets(one));
    const deferred = { kind, leaves: leaves.map(this.at) };
    return { plain, lazy, deferred };
  }
}
