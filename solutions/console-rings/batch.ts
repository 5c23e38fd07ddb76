import type { Lane } from '#book/xen/public/io/ring.ts';
import type { RingMemory } from '#book/xen/public/io/byte-ring.ts';

export function askFor(
  m: RingMemory, lane: Lane, cons: number,
  batch: number, outstanding: number,
): boolean {
  const want = Math.min(batch, outstanding);
  m.write32(lane.event, (cons + want) >>> 0);
  return ((m.read32(lane.prod) - cons) >>> 0) >= want;
}
