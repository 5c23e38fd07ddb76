import type { Event } from '#book/x86/trap.ts';
import { FAULT } from '#book/x86/vectors.ts';

const contributory = (vector: number): boolean =>
  vector === FAULT.DE || (vector >= FAULT.TS && vector <= FAULT.GP);

/** What follows when `trap` meets the delivery of `first`. */
export function escalate(
  first: Event, trap: Pick<Event, 'vector' | 'code'>, next: number,
): Event | undefined {
  const { vector } = trap;
  const grave = contributory(vector) || vector === FAULT.PF;
  if (first.cause === 'fault' && grave) {
    if (first.vector === FAULT.DF) return undefined;
    const both = contributory(first.vector) && contributory(vector);
    if (both || first.vector === FAULT.PF) {
      return { vector: FAULT.DF, code: 0, cause: 'fault', next };
    }
  }
  const selector = vector >= FAULT.TS && vector <= FAULT.GP;
  const code = selector ? (trap.code ?? 0) | 1 : trap.code;
  return { vector, code, cause: 'fault', next };
}
