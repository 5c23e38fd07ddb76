// The gate: every refusal has an attack that succeeds without it and is
// refused with it, or a stated reason why none can, which is tried as well.
import type { Attack, Verdict } from '../../src/xen/attacks/rig.ts';
import type { Exemption } from '../../src/xen/attacks/exempt.ts';
import type { Arena } from './program.ts';
import type { Refusal } from './refusals.ts';

export interface Outcome {
  readonly subject: string;
  readonly chapter: string;
  readonly kind: 'attack' | 'exempt' | 'list' | 'intact';
  /** What is wrong, or undefined. */
  readonly problem: string | undefined;
  /** What was reached without the line. */
  readonly reached?: string | undefined;
}

export interface Lists {
  readonly refusals: ReadonlyMap<string, readonly Refusal[]>;
  readonly attacks: Readonly<Record<string, readonly Attack[]>>;
  readonly exemptions: readonly Exemption[];
}

/** Whether the lists fit each other: no refusal without an attack or an
 * exemption, no name of a line that is not there. */
export function checkLists({ refusals, attacks, exemptions }: Lists): Outcome[] {
  const known = new Set([...refusals.values()].flat().map((r) => r.id));
  const names = new Set(Object.values(attacks).flat().map((a) => a.name));
  const problems: Outcome[] = [];
  const note = (chapter: string, subject: string, problem: string): void => {
    problems.push({ subject, chapter, kind: 'list', problem });
  };
  for (const [chapter, list] of refusals) {
    for (const { id, statement } of list) {
      const held = attackOf(attacks, id) !== undefined
        || exemptions.some((e) => e.line === id);
      if (!held) note(chapter, id, `no attack and no exemption for: ${statement}`);
    }
  }
  for (const [chapter, list] of Object.entries(attacks)) {
    for (const a of list) {
      for (const id of a.stops) {
        if (!known.has(id)) note(chapter, id, `“${a.name}” names a line that is not there`);
      }
    }
  }
  for (const e of exemptions) {
    for (const id of [e.line, ...(e.behind ?? [])]) {
      if (!known.has(id)) note('exemptions', id, 'there is no such line');
    }
    if (!names.has(e.attack)) note('exemptions', e.line, `there is no attack “${e.attack}”`);
  }
  return problems;
}

/** The attack that a line stops. */
export const attackOf = (attacks: Lists['attacks'], id: string): Attack | undefined =>
  Object.values(attacks).flat().find((a) => a.stops.includes(id));

const refused = (v: Verdict, a: Attack): boolean =>
  v.reached === undefined && v.rc === a.refused;

/** Every attack against the program as it is. */
export function* checkIntact(lists: Lists, arena: Arena): Generator<Outcome> {
  for (const [chapter, list] of Object.entries(lists.attacks)) {
    for (const a of list) {
      const v = arena.run(a.name, []);
      const problem = refused(v, a) ? undefined
        : `with all lines in place: ${v.reached ?? `result ${v.rc}, not ${a.refused}`}`;
      yield { subject: a.name, chapter, kind: 'intact', problem };
    }
  }
}

/** Every line of which `wanted` approves, taken away. */
export function* checkLines(
  lists: Lists, arena: Arena, wanted: (id: string) => boolean,
): Generator<Outcome> {
  for (const [chapter, list] of lists.refusals) {
    for (const r of list) {
      if (!wanted(r.id)) continue;
      const attack = attackOf(lists.attacks, r.id);
      if (attack) yield oneLine(chapter, r, attack, arena);
      const exemption = lists.exemptions.find((e) => e.line === r.id);
      if (!attack && exemption) yield oneExemption(chapter, r, exemption, lists, arena);
    }
  }
}

function oneLine(chapter: string, r: Refusal, attack: Attack, arena: Arena): Outcome {
  const { reached, rc } = arena.run(attack.name, [r]);
  const problem = reached === undefined
    ? `“${attack.name}” reaches nothing without it: result ${rc}` : undefined;
  return { subject: r.id, chapter, kind: 'attack', problem, reached };
}

function oneExemption(
  chapter: string, r: Refusal, e: Exemption, lists: Lists, arena: Arena,
): Outcome {
  const result = (problem: string | undefined, reached?: string): Outcome =>
    ({ subject: r.id, chapter, kind: 'exempt', problem, reached });
  const alone = arena.run(e.attack, [r]);
  if (alone.reached) return result(`“${e.attack}” reaches without it: ${alone.reached}`);
  if (e.behind) {
    const all = [...lists.refusals.values()].flat();
    const others = e.behind.map((id) => all.find((other) => other.id === id)!);
    const { reached } = arena.run(e.attack, [r, ...others]);
    return result(reached ? undefined
      : `even without ${e.behind.join(', ')} “${e.attack}” reaches nothing`, reached);
  }
  for (const a of lists.attacks[chapter] ?? []) {
    const { reached } = arena.run(a.name, [r]);
    if (reached) return result(`“${a.name}” reaches without it: ${reached}`);
  }
  return result(undefined);
}
