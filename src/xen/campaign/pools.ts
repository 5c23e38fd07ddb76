import { domids, type World } from './world.ts';

const odd = [0, 1, 2, 3, 7, 31, 32, 63, 64, 255, 4095, 4096, 0x7fff,
  0xffff, 0x10_0000, 0x7fff_ffff, 0x8000_0000, 0xf580_0000,
  0xffff_f000, 0xffff_ffff];

export const number = (w: World): number =>
  w.rng.chance(4) ? w.rng.next() : w.rng.pick(odd);

export const small = (w: World): number =>
  w.rng.chance(12) ? number(w) : w.rng.below(12);

export const domid = (w: World): number =>
  w.rng.chance(2) ? 0x7ff0 : w.rng.pick(domids(w));

/** A machine frame: own, a table, somebody's, nonsense. */
export function frame(w: World): number {
  const kind = w.rng.below(20);
  if (kind < 3) return w.rng.pick(w.tables);
  if (kind === 3) return w.rng.pick(w.foreign);
  if (kind === 4) return number(w);
  return kind < 10 ? w.own[w.own.length - 1 - w.rng.below(400)]!
    : w.rng.pick(w.own);
}

export const port = (w: World): number =>
  w.rng.chance(3) || w.ports.length === 0 ? small(w)
    : w.rng.pick(w.ports);

/** A handle of the attacker's that is in use, or any number. */
export function handle(w: World): number {
  const mappings = w.lab.xen.root.domains.get(w.attacker.domid)
    ?.grants.mappings ?? [];
  const live = [...mappings.keys()].filter((i) => mappings[i]);
  return w.rng.chance(6) || live.length === 0 ? small(w)
    : w.rng.pick(live);
}

/** A virtual address of the attacker, mostly of a spare page. */
export function address(w: World): number {
  const { plan } = w.attacker;
  if (w.rng.chance(10)) return number(w);
  const spare = plan.stack + 1 + w.rng.below(plan.mapped - plan.stack);
  return spare * 4096 + (w.rng.chance(6) ? w.rng.below(4096) : 0);
}

/** A page-table entry, most with legal flags. */
export function entry(w: World): bigint {
  if (w.rng.chance(5)) return 0n;
  const flags = w.rng.chance(8) ? w.rng.below(4096)
    : w.rng.pick([0x21, 0x23, 0x61, 0x63, 0x67, 0x1, 0x27]);
  return BigInt(frame(w)) << 12n | BigInt(flags);
}
