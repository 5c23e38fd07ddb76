import { addGuest, openLab, vcpuOf, type Lab } from
  '../../guests/lab.ts';
import { helloSource } from '../../guests/pv-hello.ts';
import { buildDomain, type Built } from
  '../../dom0/builder/build.ts';
import { domctl } from '../../dom0/builder/bench.ts';
import { pvImage } from '../../guests/pv-image.ts';
import { allocUnbound, closePort } from '../common/event.ts';
import type { Vcpu } from '../common/xen.ts';
import { DOMCTL } from '../public/domctl.ts';
import { GTF } from '../public/grant_table.ts';
import { DOMID } from '../public/xen.ts';
import { Random } from './random.ts';

export interface World {
  lab: Lab; rng: Random;
  attacker: Built; bystander: Built;
  /** Frames of the attacker, and of all others. */
  own: number[]; tables: number[]; foreign: number[];
  /** Grant handles and ports that were given out lately. */
  handles: number[]; ports: number[];
  /** The bystander's offers to the attacker, and its grants. */
  offers: number[]; granted: number[];
  /** Empty domains that domain 0 has made. */
  created: number[];
}

/** A machine with three domains. */
export function newWorld(seed: number): World {
  const lab = openLab(28);
  const dom0 = lab.xen.root.domains.get(0)!;
  dom0.maxPages = dom0.totPages + 64;
  const bystander = addGuest(lab, helloSource);
  const world = { lab, rng: new Random(seed), bystander,
    own: [], tables: [], foreign: [], handles: [], ports: [],
    offers: [], granted: [], created: [] };
  return birth({ ...world, attacker: bystander });
}

/** A new attacker. */
export function birth(world: World): World {
  world.attacker = buildDomain(world.lab.bench, { cmdline: '',
    kernel: { name: 'attacker', bytes: pvImage(helloSource) },
    memoryMiB: 6, vcpus: 8 });
  Object.assign(
    vcpuOf(world.lab.xen, world.attacker.domid).domain, {
      maxMaptrackFrames: 1,
      maxEvtchnPort: world.rng.pick([100, 2 ** 32 - 1]) });
  const { owner } = world.lab.xen.root.frames;
  const { domid } = world.attacker;
  world.own = [];
  world.foreign = [];
  owner.forEach((id, mfn) =>
    (id === domid ? world.own : world.foreign).push(mfn));
  const { typeCount, type } = world.lab.xen.root.frames;
  world.tables = world.own.filter(
    (mfn) => typeCount[mfn]! > 0 && type[mfn]! < 5);
  world.handles = [];
  world.ports = [];
  befriend(world);
  return world;
}

/** The bystander offers four ports and grants six pages. */
function befriend(world: World): void {
  const { xen } = world.lab;
  const { domain } = vcpuOf(xen, world.bystander.domid);
  const { domid } = world.attacker;
  for (const port of world.offers) closePort(xen, domain, port);
  world.offers = [0, 1, 2, 3].map(() => allocUnbound(domain, domid));
  const table = domain.grants.frames[0]! * 4096;
  const pages = xen.root.frames.owner.reduce<number[]>((all, id, mfn) =>
    id === domain.id ? [...all, mfn] : all, []).slice(-8);
  world.granted = pages.slice(0, 4);
  for (let i = 0; i < 6; i++) {
    const flags = i < 4 ? GTF.permit_access
      : GTF.permit_access | GTF.readonly;
    xen.phys.write16(table + (8 + i) * 8, flags);
    xen.phys.write16(table + (8 + i) * 8 + 2, domid);
    xen.phys.write32(table + (8 + i) * 8 + 4, pages[i]!);
  }
}

/** The attacker writes a grant into its own table. */
export function scribbleGrant(w: World): void {
  const { xen } = w.lab;
  const { frames } = vcpuOf(xen, w.attacker.domid).domain.grants;
  const at = frames[0]! * 4096 + (8 + w.rng.below(16)) * 8;
  xen.phys.write16(at, w.rng.pick([1, 1, 1, 1, 5, 2, 0, 3, 0x101]));
  xen.phys.write16(at + 2, w.rng.pick([w.attacker.domid,
    w.attacker.domid, w.attacker.domid, w.bystander.domid, 0]));
  xen.phys.write32(at + 4, w.rng.chance(8)
    ? w.rng.pick(w.foreign) : w.rng.pick(w.own));
}

export const vcpu = (w: World, privileged: boolean): Vcpu =>
  vcpuOf(w.lab.xen, privileged ? 0 : w.attacker.domid);

export function death(w: World): void {
  domctl(w.lab.bench, DOMCTL.destroydomain, w.attacker.domid);
}

export const domids = (w: World): number[] => [DOMID.SELF,
  w.attacker.domid, w.bystander.domid, 0, DOMID.IO, DOMID.XEN, 999];
