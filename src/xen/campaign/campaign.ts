import { domctl } from '../../dom0/builder/bench.ts';
import { hypercall } from '../common/hypercall.ts';
import { NOBODY } from '../common/xen.ts';
import { DOMCTL } from '../public/domctl.ts';
import { GrantUnmapGrantRef } from '../public/grant_table.ts';
import { MemoryReservation, RemoveFromPhysmap, XENMEM } from
  '../public/memory.ts';
import { DOMID, HYPERVISOR } from '../public/xen.ts';
import { audit } from './audit.ts';
import { number } from './pools.ts';
import { prepare, recordOf, type Recipe } from './recipe.ts';
import { corners } from './corners.ts';
import { recipes } from './recipes.ts';
import { birth, death, newWorld, vcpu, type World } from './world.ts';

/** How often each call ended how. */
export type Tally = Map<string, Map<number, number>>;

export interface Report { calls: number; lives: number; tally: Tally }

export interface CampaignOptions {
  seed: number;
  count: number;
  /** Audit after every so many calls. */
  every: number;
}

function spoil(w: World, args: bigint[]): void {
  if (args.length === 0 || !w.rng.chance(9)) return;
  args[w.rng.below(args.length)] = BigInt(number(w));
}

const all = [...recipes, ...corners];

function step(w: World, tally: Tally): Recipe {
  const recipe = w.rng.pick(all);
  const args = prepare(w, recipe);
  spoil(w, args);
  while (args.length < 6) args.push(0n);
  const caller = vcpu(w, recipe.privileged ?? false);
  const rc = Number(hypercall(w.lab.xen, caller, recipe.nr, args));
  const outcome = rc !== 0 ? rc
    : recipe.outcome?.(recordOf(w, recipe), w) ?? 0;
  const name = `${recipe.name}${recipe.privileged ? ' (dom0)' : ''}`;
  const results = tally.get(name) ?? new Map<number, number>();
  tally.set(name, results);
  results.set(outcome, (results.get(outcome) ?? 0) + 1);
  return recipe;
}

/** What the attacker must not be able to change. */
function bystanderState(w: World): string {
  const { xen } = w.lab;
  const { domid, plan } = w.bystander;
  const { owner } = xen.root.frames;
  const d = xen.root.domains.get(domid)!;
  const lent = new Set(
    [d.sharedInfo, ...d.grants.frames, ...w.granted]);
  let hash = 0;
  for (let mfn = 0; mfn < owner.length; mfn++) {
    if (owner[mfn] !== domid || lent.has(mfn)) continue;
    for (const byte of xen.phys.readBytes(mfn * 4096, 4096)) {
      hash = (Math.imul(hash, 31) + byte) | 0;
    }
  }
  const shape = d.events.map((c) => c.state).join();
  return `${hash} ${plan.total} ${shape}`;
}

/** Free frames, and those that the survivors have come to own. */
function freeFrames({ lab: { xen }, bystander }: World): number {
  const [d, other] = [0, bystander.domid].map(
    (id) => xen.root.domains.get(id)!);
  return xen.root.frames.owner.filter((o) => o === NOBODY).length
    + d!.totPages + d!.grants.frames.length
    + other!.grants.frames.length;
}

/** Run a campaign; throws at the first thing that is wrong. */
export function campaign(o: CampaignOptions): Report {
  const w = newWorld(o.seed);
  const tally: Tally = new Map();
  let lives = 1;
  let calls = 0;
  const free = emptyOf(w);
  let before = bystanderState(w);
  try {
    for (; calls < o.count; calls++) {
      step(w, tally);
      if (calls % o.every === 0) audit(w.lab.xen);
      if (!alive(w) || (calls + 1) % 500 === 0) {
        funeral(w, before, free);
        lives++;
        before = bystanderState(w);
      }
    }
  } catch (error) {
    throw new Error(`call ${calls} of seed ${o.seed}: `
      + `${lastCall(w)}`, { cause: error });
  }
  return { calls, lives, tally };
}

function alive(w: World): boolean {
  const d = w.lab.xen.root.domains.get(w.attacker.domid);
  return d !== undefined && d.shutdown < 0;
}

/** Free frames while there is no attacker. */
function emptyOf(w: World): number {
  death(w);
  const free = freeFrames(w);
  birth(w);
  return free;
}

/** Domain 0 unmaps what it was granted. */
function unmapAll({ lab: { xen, bench } }: World): void {
  const d = xen.root.domains.get(0)!;
  d.grants.mappings.forEach((map, handle) => {
    const act = map && xen.root.domains.get(map.domid)
      ?.grants.active.get(map.ref);
    for (const [gfn, { mfn, type }] of d.p2m) {
      if (mfn !== act?.mfn || !type.startsWith('grant')) continue;
      bench.k.writeBytes(bench.scratch, GrantUnmapGrantRef.encode(
        { host_addr: BigInt(gfn * 4096), handle }, 8));
      bench.k.hypercall(HYPERVISOR.grant_table_op, 1n,
        BigInt(bench.scratch), 1n);
    }
  });
}

/** What domain 0 holds of others is let go as well. */
function release(w: World): void {
  unmapAll(w);
  for (const domid of w.created.splice(0)) {
    if (!w.lab.xen.root.domains.has(domid)) continue;
    domctl(w.lab.bench, DOMCTL.destroydomain, domid);
  }
  for (let gpfn = 2 ** 21; gpfn < 2 ** 21 + 64; gpfn++) {
    const { k, scratch } = w.lab.bench;
    k.write64(scratch + 64, BigInt(gpfn));
    k.writeBytes(scratch, MemoryReservation.encode({ nr_extents: 1n,
      extent_start: BigInt(scratch + 64), domid: DOMID.SELF }, 8));
    k.hypercall(HYPERVISOR.memory_op,
      BigInt(XENMEM.decrease_reservation), BigInt(scratch));
    k.writeBytes(scratch, RemoveFromPhysmap.encode(
      { domid: DOMID.SELF, gpfn: BigInt(gpfn) }, 8));
    k.hypercall(HYPERVISOR.memory_op,
      BigInt(XENMEM.remove_from_physmap), BigInt(scratch));
  }
}

function funeral(w: World, before: string, free: number): void {
  death(w);
  release(w);
  audit(w.lab.xen);
  if (freeFrames(w) !== free) {
    throw new Error(`${free - freeFrames(w)} frames are not free`);
  }
  if (bystanderState(w) !== before) {
    throw new Error('the bystander was changed');
  }
  birth(w);
}

function lastCall({ lab, attacker }: World): string {
  const { recent } = lab.xen.root.domains.get(attacker.domid)
    ?? { recent: [] };
  const { nr = -1, args = [] } = recent.at(-1) ?? {};
  return `hypercall ${nr} (${args.map((a) => a.toString(16)).join()})`;
}
