import type { Lane } from '#book/xen/public/io/ring.ts';
import type { RingMemory } from '#book/xen/public/io/byte-ring.ts';

/**
 * Asks to be woken after `batch` more items, or fewer if only
 * `outstanding` can still come. True: do not sleep, enough is there.
 */
export function askFor(
  m: RingMemory, lane: Lane, cons: number,
  batch: number, outstanding: number,
): boolean {
  return true;
}
