import type { Field, Ty } from '../fields.ts';
import type {
  FieldRef, Node, Recording, Setting, Step,
} from './node.ts';
import type { Deferred, Lazies } from './lazy.ts';

function* nodesOf(step: Step): Generator<Node> {
  switch (step.kind) {
    case 'load': yield step.va; break;
    case 'store': yield step.va; yield step.value; break;
    case 'if': yield step.c; break;
    case 'put': yield step.value; break;
    case 'jump': yield step.to; break;
    default:
  }
  if (step.kind === 'jump' || step.kind === 'end') {
    for (const { value } of step.sets) yield value;
  }
}

/** All steps, also those within branches, in their order. */
export function* allSteps(steps: readonly Step[]): Generator<Step> {
  for (const step of steps) {
    yield step;
    if (step.kind !== 'if') continue;
    yield* allSteps(step.then);
    yield* allSteps(step.otherwise);
  }
}

function use(node: Node): void {
  node.uses++;
  if (node.uses === 1) node.args.forEach(use);
}

/** Numbers for the values that are computed once, behind those that
 * the recording gave. */
function numberKept(steps: readonly Step[], from: number): void {
  let next = from;
  for (const step of allSteps(steps)) {
    if (step.kind === 'let' && step.node.uses > 1) {
      step.node.temp = next++;
    }
  }
}

function countUses(steps: readonly Step[]): void {
  for (const step of allSteps(steps)) {
    for (const node of nodesOf(step)) use(node);
  }
}

/** Whether starting anew after half of it might read what the first
 * half has written: then nothing may stop it midway. */
function isFragile(steps: readonly Step[]): boolean {
  let [loaded, stored] = [false, false];
  let readied: Node | undefined;
  for (const step of allSteps(steps)) {
    const risky = step.kind === 'load' || step.kind === 'bail'
      || step.kind === 'store' && step.va !== readied;
    if (risky && loaded && stored) return true;
    if (step.kind === 'load') {
      loaded = true;
      if (step.access.kind === 'rw') readied = step.va;
    }
    if (step.kind === 'store') stored = true;
  }
  return false;
}

/** What a translator must know of an architecture's fields. */
export interface Fields {
  /** Whether translated code may set it. */
  readonly may: (field: Field<Ty>) => boolean;
  /** Fields that are set often and asked for seldom. */
  readonly lazy: readonly Field<'i32'>[];
}

function sets(step: Step): readonly Setting[] {
  return step.kind === 'jump' || step.kind === 'end' ? step.sets : [];
}

function mayAll(steps: readonly Step[], fields: Fields): boolean {
  const allowed = (ref: FieldRef): boolean =>
    'hole' in ref || fields.may(ref);
  return [...allSteps(steps)].every((step) =>
    sets(step).every(({ ref }) => allowed(ref)));
}

const turned = (steps: readonly Step[]): boolean =>
  [...allSteps(steps)].some((step) =>
    (step.kind === 'load' || step.kind === 'store') && step.access.big);

export type Jump = Step & { readonly kind: 'jump' };

/** What is set at the end of a path. */
export interface Ending {
  /** Settings of fields that are not lazy, or all of them. */
  readonly plain: readonly Setting[];
  /** Some lazy field is among them. */
  readonly lazy: boolean;
  /** All lazy fields are, and follow from a few values. */
  readonly deferred: Deferred | undefined;
}

/** The meaning of a shape, ready to be written as WebAssembly. */
export interface Template {
  readonly steps: readonly Step[];
  /** Only the reference can execute it. */
  readonly foreign: boolean;
  readonly endings: ReadonlyMap<readonly Setting[], Ending>;
  readonly jumps: readonly Jump[];
  /** How it is written depends on the kind of lazy fields that it
   * finds. */
  readonly asks: boolean;
  /** Fields that are read, by slot, and by the hole that names them. */
  readonly named: readonly number[];
  readonly open: readonly number[];
  /** Fields that are set, in the same way. */
  readonly sets: readonly number[];
  readonly setsOpen: readonly number[];
}

function gets(node: Node, into: Set<Node>): void {
  if (node.kind === 'get') into.add(node);
  for (const arg of node.args) gets(arg, into);
}

function endingOf(list: readonly Setting[], lazies: Lazies): Ending {
  const lazy = list.some((one) => lazies.sets(one));
  const deferred = lazy ? lazies.deferred(list) : undefined;
  const plain = deferred
    ? list.filter((one) => !lazies.sets(one)) : list;
  return { plain, lazy, deferred };
}

/** Looks a recording through. */
export function makeTemplate(
  { steps, temps }: Recording, fields: Fields, lazies: Lazies,
): Template {
  countUses(steps);
  numberKept(steps, temps.length);
  const all = [...allSteps(steps)];
  const foreign = steps.some(({ kind }) => kind === 'bail')
    || isFragile(steps) || !mayAll(steps, fields) || turned(steps);
  const endings = new Map<readonly Setting[], Ending>();
  const read = new Set<Node>();
  for (const step of foreign ? [] : all) {
    if (step.kind === 'jump' || step.kind === 'end') {
      const ending = endingOf(step.sets, lazies);
      endings.set(step.sets, ending);
      ending.deferred?.leaves.forEach((leaf) => lazies.mark(leaf));
    }
    for (const n of nodesOf(step)) {
      lazies.mark(n);
      gets(n, read);
    }
  }
  const asks = [...read].some((n) => lazies.has(n))
    || [...endings.values()].some(({ lazy, deferred }) =>
      lazy && !deferred);
  const jumps = all.filter((step) => step.kind === 'jump');
  const named = [...read].map(({ field }) => field?.id ?? -1);
  const open = [...read].filter(({ field }) => !field);
  return {
    steps, foreign, endings, jumps, asks,
    named: [...new Set(named)].filter((id) => id >= 0),
    open: [...new Set(open.map(({ hole }) => hole))],
    ...settings([...endings.keys()].flat()),
  };
}

/** Which fields are set, by slot and by hole. */
function settings(
  all: readonly Setting[],
): Pick<Template, 'sets' | 'setsOpen'> {
  const sets = new Set<number>();
  const setsOpen = new Set<number>();
  for (const { ref } of all) {
    if ('hole' in ref) setsOpen.add(ref.hole.index);
    else sets.add(ref.id);
  }
  return { sets: [...sets], setsOpen: [...setsOpen] };
}
