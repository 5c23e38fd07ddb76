import type { Event } from '#book/x86/trap.ts';
import { FAULT } from '#book/x86/vectors.ts';

/** What follows when `trap` meets the delivery of `first`. */
export function escalate(
  first: Event, trap: Pick<Event, 'vector' | 'code'>, next: number,
): Event | undefined {
  return undefined;
}
