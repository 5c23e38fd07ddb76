import { virtualOf } from '../../dom0/builder/plan.ts';
import { copyFromGuest, copyToGuest } from
  '../common/guest-access.ts';
import type { Struct } from '../public/layout.ts';
import { vcpu, type World } from './world.ts';

/** Puts a record where the caller can name it. */
export type Put = <T>(layout: Struct<T>, values: Partial<T>) => bigint;

export interface Recipe {
  name: string;
  nr: number;
  /** Called by domain 0 instead of the attacker. */
  privileged?: boolean;
  make(w: World, put: Put): bigint[];
  /** What became of it, if the return value does not say. */
  outcome?(record: Uint8Array, w: World): number;
}

/** Where records go: the boot stack, or domain 0's scratch. */
export const recordAt = (w: World, privileged: boolean): bigint =>
  privileged ? BigInt(w.lab.bench.scratch)
    : virtualOf(w.attacker.plan, w.attacker.plan.stack);

/** Make the arguments of a call. */
export function prepare(w: World, r: Recipe): bigint[] {
  const privileged = r.privileged ?? false;
  const v = vcpu(w, privileged);
  let at = recordAt(w, privileged);
  return r.make(w, (layout, values) => {
    const bytes = layout.encode(values, v.domain.width);
    const here = at;
    try {
      copyToGuest(w.lab.xen, v, here, bytes);
    } catch {
      // The attacker has unmapped its own stack: so be it.
    }
    at += 256n;
    return here;
  });
}

/** The first record as the call has left it. */
export function recordOf(w: World, r: Recipe): Uint8Array {
  const privileged = r.privileged ?? false;
  try {
    return copyFromGuest(w.lab.xen, vcpu(w, privileged),
      recordAt(w, privileged), 64);
  } catch {
    return new Uint8Array(64);
  }
}
