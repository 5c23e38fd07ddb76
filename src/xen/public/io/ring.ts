import type { RingMemory } from './byte-ring.ts';

// The head of every struct xxx_sring, in io/ring.h.
const REQ_PROD = 0;
const REQ_EVENT = 4;
const RSP_PROD = 8;
const RSP_EVENT = 12;
const HEAD = 64;

/** A ring of slots: its address, bytes per slot, slots. */
export interface SlotRing {
  readonly base: number;
  readonly slot: number;
  readonly size: number;
}

/** Xen: __RING_SIZE, with `length` bytes of shared memory. */
export function slotRing(
  base: number, slot: number, length: number,
): SlotRing {
  const fit = Math.floor((length - HEAD) / slot);
  return { base, slot, size: 2 ** Math.floor(Math.log2(fit)) };
}

/** Where slot number `index`, counted without end, lies. */
export function slotAt(ring: SlotRing, index: number): number {
  return ring.base + HEAD + (index & (ring.size - 1)) * ring.slot;
}

/** One direction: where its counter and its threshold are. */
export interface Lane { readonly prod: number; readonly event: number }

export function requests({ base }: SlotRing): Lane {
  return { prod: base + REQ_PROD, event: base + REQ_EVENT };
}

export function responses({ base }: SlotRing): Lane {
  return { prod: base + RSP_PROD, event: base + RSP_EVENT };
}

/** Xen: SHARED_RING_INIT. The first item of each lane rings. */
export function initRing(m: RingMemory, ring: SlotRing): void {
  for (const lane of [requests(ring), responses(ring)]) {
    m.write32(lane.prod, 0);
    m.write32(lane.event, 1);
  }
}

/**
 * Publishes items up to `next`; whether the other side must be
 * notified. Xen: RING_PUSH_REQUESTS_AND_CHECK_NOTIFY.
 */
export function publish(
  m: RingMemory, lane: Lane, next: number,
): boolean {
  const old = m.read32(lane.prod);
  m.write32(lane.prod, next >>> 0);
  const event = m.read32(lane.event);
  return ((next - event) >>> 0) < ((next - old) >>> 0);
}

/**
 * Before sleeping with everything up to `cons` consumed: asks to be
 * woken, then looks again. True means that there is more to do.
 * Xen: RING_FINAL_CHECK_FOR_REQUESTS.
 */
export function finalCheck(
  m: RingMemory, lane: Lane, cons: number,
): boolean {
  if (m.read32(lane.prod) !== cons >>> 0) return true;
  m.write32(lane.event, (cons + 1) >>> 0);
  return m.read32(lane.prod) !== cons >>> 0;
}
