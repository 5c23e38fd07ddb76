/** What a ring needs of the memory that it lies in. */
export interface RingMemory {
  read32(at: number): number;
  write32(at: number, value: number): void;
  readBytes(at: number, length: number): Uint8Array;
  writeBytes(at: number, bytes: Uint8Array): void;
}

/** One direction of a byte stream: addresses, and a size in bytes. */
export interface ByteRing {
  readonly data: number;
  /** A power of two. */
  readonly size: number;
  /** Where the counters of bytes ever taken and ever put are. */
  readonly cons: number;
  readonly prod: number;
}

/** The two counters, each read once. */
interface Counters { readonly cons: number; readonly prod: number }

function waiting({ cons, prod }: Counters): number {
  return (prod - cons) >>> 0;
}

/** Undefined if the counters claim more than the ring can hold. */
function counters(
  m: RingMemory, ring: ByteRing,
): Counters | undefined {
  const pair = { cons: m.read32(ring.cons), prod: m.read32(ring.prod) };
  // Stops a peer that makes us copy what is not in the ring.
  return waiting(pair) > ring.size ? undefined : pair;
}

/**
 * Takes up to `max` bytes; undefined if the counters are nonsense.
 * Xen: xencons_interface, xenstore_domain_interface.
 */
export function takeBytes(
  m: RingMemory, ring: ByteRing, max: number,
): Uint8Array | undefined {
  const pair = counters(m, ring);
  if (!pair) return undefined;
  const count = Math.min(max, waiting(pair));
  const start = pair.cons & (ring.size - 1);
  const first = Math.min(count, ring.size - start);
  const bytes = new Uint8Array(count);
  bytes.set(m.readBytes(ring.data + start, first));
  bytes.set(m.readBytes(ring.data, count - first), first);
  if (count) m.write32(ring.cons, (pair.cons + count) >>> 0);
  return bytes;
}

/** Puts what fits; how many bytes, undefined for nonsense. */
export function putBytes(
  m: RingMemory, ring: ByteRing, bytes: Uint8Array,
): number | undefined {
  const pair = counters(m, ring);
  if (!pair) return undefined;
  const count = Math.min(bytes.length, ring.size - waiting(pair));
  const start = pair.prod & (ring.size - 1);
  const first = Math.min(count, ring.size - start);
  m.writeBytes(ring.data + start, bytes.subarray(0, first));
  m.writeBytes(ring.data, bytes.subarray(first, count));
  if (count) m.write32(ring.prod, (pair.prod + count) >>> 0);
  return count;
}
