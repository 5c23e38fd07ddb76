import type {
  ByteRing, RingMemory,
} from '#book/xen/public/io/byte-ring.ts';

/** Takes up to `max` bytes; undefined if the counters lie. */
export function takeBytes(
  m: RingMemory, ring: ByteRing, max: number,
): Uint8Array | undefined {
  return new Uint8Array(0);
}
