import type { Xen } from '../common/xen.ts';
import {
  ACCESSED, DIRTY, frameOf, l1Index, l2Index, l3Index, P, PSE, RW,
} from './pte.ts';

/** One step of a walk: where the entry is, and what it was. */
export interface Step {
  readonly level: number;
  readonly slot: number;
  readonly entry: bigint;
}

/** The entries on the way to `va`, from the L3 in frame `top`. */
export function walk(xen: Xen, top: number, va: number): Step[] {
  const steps: Step[] = [];
  let table = top;
  for (const level of [3, 2, 1]) {
    const index = [l1Index, l2Index, l3Index][level - 1]!(va);
    const slot = table * 4096 + index * 8;
    const entry = xen.phys.read64(slot);
    steps.push({ level, slot, entry });
    if (!(entry & P) || (level === 2 && entry & PSE)) break;
    table = frameOf(entry);
  }
  return steps;
}

/** The machine address behind `va`, or -1; marks A and D. */
export function translate(
  xen: Xen, top: number, va: number, write: boolean,
): number {
  const steps = walk(xen, top, va);
  const last = steps.at(-1)!;
  if (!(last.entry & P)) return -1;
  const rights = steps.slice(1);
  if (write && rights.some(({ entry }) => !(entry & RW))) return -1;
  for (const step of rights) mark(xen, step, write && step === last);
  const offset = va & (last.level === 2 ? 0x1f_ffff : 0xfff);
  return frameOf(last.entry) * 4096 + offset;
}

function mark(xen: Xen, { slot, entry }: Step, dirty: boolean): void {
  const marked = entry | ACCESSED | (dirty ? DIRTY : 0n);
  if (marked !== entry) xen.phys.write64(slot, marked);
}
