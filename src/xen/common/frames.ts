import { DOMID } from '../public/xen.ts';
import { scrubFrame, setGpfnFromMfn } from '../arch.ts';
import { type Domain, type FrameTable, NOBODY, type Xen } from
  './xen.ts';
import { reapDomain } from './destroy.ts';

/** The owner's own reference is still held. */
export const ALLOCATED = 1;
/** Belongs to Xen, lent to a domain; not of its allowance. */
export const XEN_HEAP = 2;

/** A table for `count` frames, all of them nobody's. */
export function newFrameTable(count: number): FrameTable {
  return {
    count,
    firstFree: 0,
    owner: new Uint16Array(count).fill(NOBODY),
    refs: new Uint32Array(count),
    flags: new Uint8Array(count),
    type: new Uint8Array(count),
    typeCount: new Uint32Array(count),
    linear: new Int32Array(count),
  };
}

/** Takes a reference if `mfn` belongs to `domain`.
 * Xen: arch/x86/mm.c get_page. */
export function getPage(
  xen: Xen, mfn: number, domain: number,
): boolean {
  const { owner, refs } = xen.root.frames;
  if (owner[mfn] !== domain || refs[mfn] === 0) return false;
  refs[mfn]!++;
  return true;
}

/** Drops a reference; the last one frees the frame. */
export function putPage(xen: Xen, mfn: number): void {
  const { refs, owner } = xen.root.frames;
  if (!refs[mfn]) throw new Error(`put_page: ${mfn} has none`);
  const d = xen.root.domains.get(owner[mfn]!);
  refs[mfn]--;
  if (refs[mfn] === 0) freeFrame(xen, mfn);
  if (d?.dying === 'dead') reapDomain(xen, d);
}

function freeFrame(xen: Xen, mfn: number): void {
  const table = xen.root.frames;
  const { owner, flags } = table;
  const domain = xen.root.domains.get(owner[mfn]!);
  const heap = flags[mfn]! & XEN_HEAP;
  const { type, typeCount } = xen.root.frames;
  if (heap && typeCount[mfn]) typeCount[mfn]--;
  if (typeCount[mfn]) throw new Error(`free: ${mfn} has a type`);
  type[mfn] = 0;
  xen.root.arch.reload = true;
  owner[mfn] = NOBODY;
  flags[mfn] = 0;
  table.firstFree = Math.min(table.firstFree, mfn);
  scrubFrame(xen, mfn);
  setGpfnFromMfn(xen, mfn, -1);
  if (domain && !heap) domain.totPages--;
}

/** The first of 2^order free, aligned frames, or -1. */
export function findFrames(table: FrameTable, order: number): number {
  const run = 2 ** order;
  const start = Math.floor(table.firstFree / run) * run;
  for (let at = start; at + run <= table.count; at += run) {
    let n = 0;
    while (n < run && table.owner[at + n] === NOBODY) n++;
    if (n === run) return at;
  }
  return -1;
}

function take(xen: Xen, order: number, owner: number, flags: number) {
  const { frames } = xen.root;
  const mfn = findFrames(frames, order);
  // Below a single frame that was found none is free.
  if (order === 0 && mfn >= 0) frames.firstFree = mfn + 1;
  else if (mfn === frames.firstFree) frames.firstFree += 2 ** order;
  for (let i = 0; mfn >= 0 && i < 2 ** order; i++) {
    frames.owner[mfn + i] = owner;
    frames.refs[mfn + i] = 1;
    frames.flags[mfn + i] = flags;
  }
  return mfn;
}

/** 2^order frames for `d`, or -1. Xen: alloc_domheap_pages. */
export function allocDomainFrames(
  xen: Xen, d: Domain, order: number,
): number {
  if (d.totPages + 2 ** order > d.maxPages) return -1;
  if (d.dying !== 'no') return -1;
  const mfn = take(xen, order, d.id, ALLOCATED);
  if (mfn >= 0) d.totPages += 2 ** order;
  return mfn;
}

/** 2^order frames of Xen's own, or -1. Xen: alloc_xenheap_pages. */
export function allocXenFrame(xen: Xen, order = 0): number {
  return take(xen, order, DOMID.XEN, ALLOCATED | XEN_HEAP);
}

/** `n` single frames of Xen's own, all or none. */
export function allocXenFrames(
  xen: Xen, n: number,
): number[] | undefined {
  const got: number[] = [];
  while (got.length < n) {
    const mfn = allocXenFrame(xen);
    if (mfn < 0) break;
    got.push(mfn);
  }
  if (got.length === n) return got;
  for (const mfn of got) putPage(xen, mfn);
  return undefined;
}

/** Lends a frame of Xen's to `d`, who may map but never free it.
 * Xen: share_xen_page_with_guest. */
export function shareXenFrame(xen: Xen, mfn: number, d: Domain): void {
  xen.root.frames.owner[mfn] = d.id;
  xen.root.frames.type[mfn] = LENT_TYPE;
  xen.root.frames.typeCount[mfn] = 1;
  xen.root.frames.flags[mfn]! |= VALIDATED;
}

/** Its contents were checked for its type. */
export const VALIDATED = 4;
/** A guest holds a reference to its type. */
export const PINNED = 8;

/** PGT.writable of x86/page-type.ts. */
const LENT_TYPE = 7;
