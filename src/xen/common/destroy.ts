import { relinquishArch } from '../arch.ts';
import { ALLOCATED, putPage, XEN_HEAP } from './frames.ts';
import type { Domain, P2mEntry, Xen } from './xen.ts';
import { closeAll, sendGlobalVirq } from './event.ts';
import { VIRQ } from '../public/xen.ts';
import { releaseMappings } from './grant.ts';

/** Drops the owner's own reference to a frame. */
export function dropAllocation(xen: Xen, mfn: number): boolean {
  const { flags } = xen.root.frames;
  if (!(flags[mfn]! & ALLOCATED)) return false;
  flags[mfn]! &= ~ALLOCATED;
  putPage(xen, mfn);
  return true;
}

/** Drops what an entry of a p2m holds. */
export function dropP2mEntry(xen: Xen, entry: P2mEntry): void {
  if (entry.type === 'map_foreign') putPage(xen, entry.mfn);
}

/** Takes everything from a domain. Xen: domain_kill. */
export function killDomain(xen: Xen, d: Domain): void {
  if (d.dying !== 'no') return;
  d.dying = 'dying';
  closeAll(xen, d);
  releaseMappings(xen, d);
  relinquishArch(xen, d);
  for (const entry of d.p2m.values()) dropP2mEntry(xen, entry);
  d.p2m.clear();
  dropOwnFrames(xen, d);
  const { runQueue } = xen.root;
  const rest = runQueue.filter((v) => v.domain !== d);
  runQueue.splice(0, runQueue.length, ...rest);
  if (xen.root.current?.domain === d) xen.root.current = undefined;
  d.dying = 'dead';
  reapDomain(xen, d);
}

function dropOwnFrames(xen: Xen, d: Domain): void {
  const { owner, flags, count } = xen.root.frames;
  for (let mfn = 0; mfn < count; mfn++) {
    if (owner[mfn] !== d.id || flags[mfn]! & XEN_HEAP) continue;
    dropAllocation(xen, mfn);
  }
}

/** Removes a dead domain that owns nothing. */
export function reapDomain(xen: Xen, d: Domain): void {
  if (d.dying !== 'dead' || d.totPages > 0) return;
  const { owner, refs, flags, count } = xen.root.frames;
  const lent: number[] = [...d.arch.perdomain];
  for (let mfn = 0; mfn < count; mfn++) {
    if (owner[mfn] === d.id && flags[mfn]! & XEN_HEAP) lent.push(mfn);
  }
  if (lent.some((mfn) => refs[mfn]! > 1)) return;
  for (const mfn of lent) dropAllocation(xen, mfn);
  xen.root.domains.delete(d.id);
  sendGlobalVirq(xen, VIRQ.DOM_EXC);
}
