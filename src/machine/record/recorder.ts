import type {
  Access, Adr, Builder, F64, Int, Mode, V, V128,
} from '../builder.ts';
import type { Field, State, Ty } from '../fields.ts';
import { plain32, plain64, plainF64, plainV128 } from '../plain.ts';
import { apply } from './algebra.ts';
import { Hole, Looked } from './hole.ts';
import {
  constNode, type FieldRef, getNode, holeNode, type Node,
  type Recording, type Setting, type Step, tempNode,
} from './node.ts';

/** A value, as meanings hold it. */
const node = (value: unknown): Node => value as Node;
const v = <T extends Ty>(value: Node): V<T> =>
  value as unknown as V<T>;

const keyOf = (ref: FieldRef): string =>
  'hole' in ref ? `h${ref.hole.index}` : String(ref.id);

/** The fields that were set on the way here. */
type Sets = Map<string, Setting>;

/** Writes down a meaning once for all instructions of a shape. */
export class Recorder<A extends Adr = 'i32'> implements Builder<A> {
  readonly i32 = this.operations('i32', plain32) as Int<'i32'>;
  readonly i64 = this.operations('i64', plain64) as Int<'i64'>;
  readonly f64 = this.operations('f64', plainF64) as F64;
  readonly v128 = this.operations('v128', plainV128) as V128;
  readonly addr: Int<A>;
  private temps: Ty[] = [];
  private steps: Step[] = [];
  private sets: Sets = new Map();
  private known_ = new Map<string, Node>();
  private ended: 'no' | 'jumped' | 'left' = 'no';

  constructor(
    private readonly state: State, private readonly pc: Field<A>,
    private readonly hints: (mode: Mode) => number = () => 0,
  ) {
    this.addr = (pc.ty === 'i32' ? this.i32 : this.i64) as never;
  }

  /** All steps of a meaning. Throws `Looked` if it looked. */
  record(meaning: (b: Builder<A>) => void): Recording {
    this.begin();
    meaning(this);
    this.end();
    return { steps: this.steps, temps: this.temps };
  }

  private begin(): void {
    this.temps = [];
    this.steps = [];
    this.sets = new Map();
    this.known_ = new Map();
    this.names.clear();
    this.ended = 'no';
  }

  private end(): void {
    if (this.ended === 'no') {
      this.add({ kind: 'end', sets: this.settings() });
    }
  }

  get<T extends Ty>(field: Field<T>): V<T> {
    const set = this.sets.get(keyOf(field));
    if (set) return v(set.value);
    this.keepApart(field);
    return v(this.once(getNode(field, field.id === this.pc.id)));
  }

  set<T extends Ty>(field: Field<T>, value: V<T>): void {
    this.keepApart(field);
    const setting = { ref: field, value: node(value) };
    this.sets.set(keyOf(field), setting);
  }

  private temp(ty: Ty): Node {
    this.temps.push(ty);
    return tempNode(ty, this.temps.length - 1);
  }

  /** The same value again where it was computed before. */
  private once(fresh: Node): Node {
    if (fresh.kind === 'const') return fresh;
    const key = this.textOf(fresh);
    const found = this.known_.get(key);
    if (found) return found;
    this.names.set(fresh, `n${this.names.size}`);
    this.known_.set(key, fresh);
    if (fresh.kind === 'op') this.add({ kind: 'let', node: fresh });
    return fresh;
  }

  private readonly names = new Map<Node, string>();

  private textOf(n: Node): string {
    const { kind, ty, name, args, value, hole, field, temp } = n;
    const texts = args.map((arg) => this.names.get(arg)
      ?? this.textOf(arg));
    const own = `${value}/${hole}/${field?.id ?? ''}/${temp}`;
    return `${kind} ${ty} ${name} ${own} ${texts.join(' ')}`;
  }

  private operations(ty: Ty, table: object): unknown {
    const all = Object.keys(table).map((name) =>
      [name, (...args: unknown[]) => this.operate(ty, name, args)]);
    // As a prototype, the engine keeps it fast to look into.
    return Object.create(
      Object.fromEntries(all as [string, unknown][]));
  }

  private operate(ty: Ty, name: string, args: unknown[]): Node {
    const [first, second] = args;
    if (name === 'const') return constant(ty, first);
    if (name === 'lane64') {
      return this.once(apply(ty, `lane64.${Number(second)}`,
        [node(first)]));
    }
    return this.once(apply(ty, name, args.map(node)));
  }

  load<T extends Ty>(ty: T, va: V<A>, access: Access): V<T> {
    const temp = this.temp(ty);
    this.add({ kind: 'load', node: temp, va: node(va), access });
    return v(temp);
  }

  store<T extends Ty>(
    _ty: T, va: V<A>, value: V<T>, access: Access,
  ): void {
    this.add({
      kind: 'store', va: node(va), value: node(value), access,
    });
  }

  tryLoad<T extends Ty>(ty: T): [V<T>, V<'i32'>] {
    this.leave();
    return [v(constNode(ty, ty === 'i32' ? 0 : 0n)), this.i32.const(1)];
  }

  loadPhys<T extends Ty>(ty: T): V<T> {
    this.leave();
    return v(constNode(ty, ty === 'i32' ? 0 : 0n));
  }

  storePhys(): void { this.leave(); }

  trap(): void { this.leave(); }

  routine(): V<'i32'> {
    this.leave();
    return this.i32.const(0);
  }

  /** What follows is the reference's work. */
  private leave(): void {
    this.add({ kind: 'bail' });
    if (this.ended === 'no') this.ended = 'left';
  }

  private settings(): Setting[] { return [...this.sets.values()]; }

  /** A meaning does not know that its path was left to the reference:
   * what it still says goes nowhere. */
  private add(step: Step): void {
    if (this.ended === 'jumped') throw new Error('after a jump');
    if (this.ended === 'no') this.steps.push(step);
  }

  mode(mode: Mode): number { return mode.of(this.state); }
  hint(mode: Mode): number { return this.hints(mode); }

  if(c: V<'i32'>, then: () => void, otherwise?: () => void): void {
    const condition = node(c);
    if (condition.kind === 'const') {
      if (Number(condition.value) !== 0) then();
      else otherwise?.();
      return;
    }
    const a = this.branch(then);
    const b = this.branch(otherwise ?? (() => {}));
    this.join(a, b);
    this.add({
      kind: 'if', c: condition, then: a.steps, otherwise: b.steps,
    });
    if (a.ended && b.ended && this.ended === 'no') this.ended = 'left';
  }

  choose<T extends Ty>(
    ty: T, c: V<'i32'>, a: () => V<T>, b: () => V<T>,
  ): V<T> {
    const temp = this.temp(ty);
    const put = (from: () => V<T>) => (): void => {
      const value = node(from());
      if (this.ended !== 'no') return;
      this.add({ kind: 'put', node: temp, value });
    };
    this.if(c, put(a), put(b));
    return v(temp);
  }

  jump(to: V<A>): void {
    this.add({ kind: 'jump', to: node(to), sets: this.settings() });
    if (this.ended === 'no') this.ended = 'jumped';
  }

  private branch(body: () => void): Branch {
    const { steps, sets, known_, ended } = this;
    this.steps = [];
    this.sets = new Map(sets);
    this.known_ = new Map(known_);
    body();
    const branch = {
      steps: this.steps, sets: this.sets, ended: this.ended !== 'no',
    };
    Object.assign(this, { steps, sets, known_, ended });
    return branch;
  }

  /** After two branches, fields have the values of either. */
  private join(a: Branch, b: Branch): void {
    if (a.ended || b.ended) {
      this.sets = a.ended ? b.sets : a.sets;
      return;
    }
    for (const key of new Set([...a.sets.keys(), ...b.sets.keys()])) {
      const [x, y] = [a.sets.get(key), b.sets.get(key)];
      const set = x ?? y;
      if (!set) continue;
      this.keepApart(set.ref);
      const agreed = x?.value === y?.value;
      this.sets.set(key, agreed ? set : this.either(set.ref, [a, b]));
    }
  }

  /** What a field is after two branches that disagree about it. */
  private either(ref: FieldRef, branches: readonly Branch[]): Setting {
    const temp = this.temp(ref.ty);
    for (const { steps, sets } of branches) {
      const value = sets.get(keyOf(ref))?.value ?? getNode(ref);
      steps.push({ kind: 'put', node: temp, value });
    }
    return { ref, value: temp };
  }

  /** A register behind a hole must not be one that was set under
   * another name: if it may be, we look. */
  private keepApart(ref: FieldRef): void {
    for (const { ref: other } of this.sets.values()) {
      const same = keyOf(other) === keyOf(ref);
      const open = 'hole' in ref ? ref : 'hole' in other ? other : null;
      if (!same && open && mayAlias(ref, other)) {
        throw new Looked(open.hole.index);
      }
    }
  }

  known(a: V<'i32'>): number | undefined {
    const { kind, value } = node(a);
    if (kind === 'const') return Number(value);
    const holes = holesOf(node(a));
    if (holes !== undefined) throw new Looked(holes);
    return undefined;
  }
}

interface Branch {
  readonly steps: Step[];
  readonly sets: Sets;
  readonly ended: boolean;
}

/** Whether two names may mean the same register. */
function mayAlias(a: FieldRef, b: FieldRef): boolean {
  const [open, other] = 'hole' in a ? [a, b] : [b, a];
  if (!('hole' in open)) return false;
  return 'hole' in other || open.ids.has(other.id);
}

/** A hole on which alone a value depends; undefined: there is more,
 * or nothing. */
function holesOf(n: Node): number | undefined {
  if (n.kind === 'hole') return n.hole;
  if (n.kind !== 'op' || !n.fixed) return undefined;
  const open = n.args.map(holesOf).filter((h) => h !== undefined);
  const rest = n.args.every((arg) =>
    arg.kind === 'const' || holesOf(arg) !== undefined);
  return rest ? open[0] : undefined;
}

function constant(ty: Ty, value: unknown): Node {
  if (value instanceof Hole) {
    if (ty !== 'i32') throw new Looked(value.index);
    return holeNode(value);
  }
  const number = value as number;
  if (ty === 'i64') return constNode(ty, BigInt(number));
  return constNode(ty, ty === 'i32' ? number | 0 : number);
}
