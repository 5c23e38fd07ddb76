import { audit } from '../campaign/audit.ts';
import { VALIDATED } from '../common/frames.ts';
import { PGT } from '../x86/page-type.ts';
import { L2_FIRST_XEN_SLOT } from '../x86/pte.ts';
import { ring } from './ring.ts';
import { Rig, type Attack, type Scene, type Verdict } from './rig.ts';

const messageOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : String(thrown);

/** Frames that no call of a guest may change: the victim's own, and
 * the pages with the hypervisor's code and tables. */
function guarded({ scene }: Rig): number[] {
  const { frames, arch, domains } = scene.saved.root;
  const d = domains.get(scene.victim.domid)!;
  const shared = new Set([d.sharedInfo, ...d.grants.frames]);
  const own = [arch.text, arch.idt, arch.gdtPage, arch.templateL2];
  frames.owner.forEach((id, mfn) => {
    if (id === d.id && !shared.has(mfn)) own.push(mfn);
  });
  return own;
}

const images = new WeakMap<Scene, Map<number, Uint8Array>>();

/** What they held when the scene was new. */
function imageOf(r: Rig): Map<number, Uint8Array> {
  const known = images.get(r.scene);
  if (known) return known;
  const image = new Map(guarded(r).map((mfn) =>
    [mfn, r.phys.readBytes(mfn * 4096, 4096)]));
  images.set(r.scene, image);
  return image;
}

const same = (a: Uint8Array, b: Uint8Array): boolean => {
  const [x, y] = [a, b].map((bytes) => new BigUint64Array(bytes.buffer,
    bytes.byteOffset, bytes.length / 8));
  return x!.every((word, i) => word === y![i]);
};

/** The first frame of somebody else that is not as it was, or not
 * his any more. */
function changed(r: Rig, before: Map<number, Uint8Array>): string {
  const { owner } = r.scene.saved.root.frames;
  for (const [mfn, bytes] of before) {
    if (r.frames.owner[mfn] !== owner[mfn]) {
      return `frame ${mfn} is the victim's no more`;
    }
    if (same(r.phys.readBytes(mfn * 4096, 4096), bytes)) continue;
    const whose = owner[mfn] === r.victim.domid ? 'victim' : 'Xen';
    return `frame ${mfn}, ${whose}'s, has other contents`;
  }
  return '';
}

/** Whether every last L2 in use still has the hypervisor in it. */
export function hole(r: Rig): string {
  const { type, typeCount, flags, count } = r.frames;
  const entry = (mfn: number) =>
    r.phys.read64(mfn * 4096 + L2_FIRST_XEN_SLOT * 8);
  for (let mfn = 0; mfn < count; mfn++) {
    if (type[mfn] !== PGT.l2xen || !typeCount[mfn]
      || !(flags[mfn]! & VALIDATED)) continue;
    if (entry(mfn) !== entry(r.xen.root.arch.templateL2)) {
      return `table ${mfn} has lost the hypervisor`;
    }
  }
  return '';
}

function broken(r: Rig): string {
  try {
    audit(r.xen);
    return '';
  } catch (thrown) {
    return messageOf(thrown);
  }
}

/** Runs an attack, and looks at what is left. */
export function attempt(scene: Scene, attack: Attack): Verdict {
  const r = new Rig(scene);
  const before = imageOf(r);
  try {
    const rc = attack.run(r);
    const reached = r.got
      || changed(r, before) || hole(r) || ring(r) || broken(r)
      || undefined;
    return { rc, reached };
  } catch (thrown) {
    return { rc: undefined,
      reached: `the hypervisor crashed: ${messageOf(thrown)}` };
  }
}
