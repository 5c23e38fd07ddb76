import { addGuest, openLab, vcpuOf, type Lab } from
  '../../guests/lab.ts';
import { buildDomain, type Built } from
  '../../dom0/builder/build.ts';
import { virtualOf } from '../../dom0/builder/plan.ts';
import { pvImage } from '../../guests/pv-image.ts';
import { copyFromGuest, copyToGuest } from
  '../common/guest-access.ts';
import { hypercall } from '../common/hypercall.ts';
import { ALLOCATED, XEN_HEAP } from '../common/frames.ts';
import { NOBODY, type Xen } from '../common/xen.ts';
import { DOMID } from '../public/xen.ts';
import type { Struct } from '../public/layout.ts';
import { rewindXen, saveXen, type Snapshot } from '../snapshot.ts';
import { hypercallTable } from '../table.ts';
import { PGT } from '../x86/page-type.ts';

/** A machine with an attacker, its accomplice, and a victim. */
export interface Scene {
  readonly lab: Lab;
  readonly saved: Snapshot;
  readonly me: Built;
  readonly friend: Built;
  readonly victim: Built;
}

/** Builds the machine; takes most of a second. */
export function newScene(): Scene {
  const lab = openLab(28);
  const domain = (name: string, memoryMiB: number, vcpus: number) =>
    buildDomain(lab.bench, { cmdline: '', memoryMiB, vcpus,
      kernel: { name, bytes: pvImage('ud2') } });
  const me = domain('attacker', 6, 2);
  const friend = domain('accomplice', 5, 1);
  const victim = domain('victim', 5, 1);
  return { lab, me, friend, victim, saved: saveXen(lab.xen) };
}

/** The scene, as it was, under the program that this module is of. */
export class Rig {
  readonly xen: Xen;
  /** What an attack says that it has got, if anything. */
  got: string | undefined;
  private readonly next = new Map<number, number>();

  constructor(readonly scene: Scene) {
    rewindXen(scene.lab.xen, scene.saved);
    this.xen = { ...scene.lab.xen, hypercalls: hypercallTable };
  }

  get frames() { return this.xen.root.frames; }
  get phys() { return this.xen.phys; }
  get me() { return this.scene.me; }
  get friend() { return this.scene.friend; }
  get victim() { return this.scene.victim; }

  v(who: Built | number = this.me) {
    const id = typeof who === 'number' ? who : who.domid;
    return vcpuOf(this.xen, id);
  }

  d(who: Built | number = this.me) { return this.v(who).domain; }

  /** A hypercall with these arguments, by `who`. */
  call(who: Built | number, nr: number, ...args: bigint[]): number {
    while (args.length < 6) args.push(0n);
    return Number(hypercall(this.xen, this.v(who), nr, args));
  }

  /** Where a guest puts its records: its stack page, or dom0's. */
  record(who: Built | number = this.me): bigint {
    return typeof who === 'number' ? 0x1_0000n
      : virtualOf(who.plan, who.plan.stack);
  }

  put(who: Built | number, at: bigint, bytes: Uint8Array): void {
    copyToGuest(this.xen, this.v(who), at, bytes);
  }

  /** A call of the form (op, record, count); the record afterwards. */
  ask<T>(who: Built | number, nr: number, op: number,
    layout: Struct<T>, values: Partial<T>, count = 1) {
    const { width } = this.d(who);
    const bytes = layout.encode(values, width);
    this.put(who, this.record(who), bytes);
    const rc = this.call(who, nr, BigInt(op), this.record(who),
      BigInt(count));
    const after = copyFromGuest(this.xen, this.v(who),
      this.record(who), bytes.length);
    return { ...layout.decode(after, width), rc };
  }

  /** A frame of `who` that nothing uses. */
  spare({ domid }: Built = this.me): number {
    const { owner, refs, typeCount, count } = this.frames;
    let mfn = this.next.get(domid) ?? count;
    do mfn--; while (mfn > 0 && (owner[mfn] !== domid
      || refs[mfn] !== 1 || typeCount[mfn]! > 0));
    this.next.set(domid, mfn);
    return mfn;
  }

  /** A page of another domain. */
  frameOf({ domid }: Built): number {
    const { owner, type, count } = this.frames;
    for (let mfn = count - 1; mfn > 0; mfn--) {
      const table = type[mfn] !== PGT.none
        && type[mfn] !== PGT.writable;
      if (owner[mfn] === domid && !table) return mfn;
    }
    throw new Error(`domain ${domid} has no pages`);
  }

  /** As if others had taken all memory but some frames. */
  exhaust(left = 0): void {
    const { owner, refs, flags, count } = this.frames;
    let free = owner.filter((id) => id === NOBODY).length;
    for (let mfn = 0; mfn < count && free > left; mfn++) {
      if (owner[mfn] !== NOBODY) continue;
      owner[mfn] = DOMID.XEN;
      refs[mfn] = 1;
      flags[mfn] = ALLOCATED | XEN_HEAP;
      free--;
    }
  }

  /** A spare frame with these words, written while it was writable. */
  table(entries: Record<number, bigint> = {}): number {
    const mfn = this.spare();
    this.phys.fill(mfn * 4096, 4096, 0);
    for (const [i, entry] of Object.entries(entries)) {
      this.phys.write64(mfn * 4096 + Number(i) * 8, entry);
    }
    return mfn;
  }

  /** Notes what the attack has reached, if the condition holds. */
  reach(condition: boolean, what: string): void {
    if (condition) this.got ??= what;
  }
}

export interface Attack {
  readonly name: string;
  /** What it tries, for the reader. */
  readonly tries: string;
  /** The lines that stand in its way: file#function#number. */
  readonly stops: readonly string[];
  /** How it is refused: the result of its decisive call. */
  readonly refused: number;
  run(r: Rig): number;
}

export interface Verdict {
  readonly rc: number | undefined;
  /** What was reached that must not be; undefined: refused. */
  readonly reached: string | undefined;
}
