import type {
  ByteRing, RingMemory,
} from '#book/xen/public/io/byte-ring.ts';

export function takeBytes(
  m: RingMemory, ring: ByteRing, max: number,
): Uint8Array | undefined {
  const cons = m.read32(ring.cons);
  const waiting = (m.read32(ring.prod) - cons) >>> 0;
  if (waiting > ring.size) return undefined;
  const count = Math.min(max, waiting);
  const start = cons & (ring.size - 1);
  const first = Math.min(count, ring.size - start);
  const bytes = new Uint8Array(count);
  bytes.set(m.readBytes(ring.data + start, first));
  bytes.set(m.readBytes(ring.data, count - first), first);
  if (count) m.write32(ring.cons, (cons + count) >>> 0);
  return bytes;
}
