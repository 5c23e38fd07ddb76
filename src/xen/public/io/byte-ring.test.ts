import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type ByteRing, type RingMemory, putBytes, takeBytes,
} from './byte-ring.ts';

function arrayMemory(length: number): RingMemory {
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  return {
    read32: at => view.getUint32(at, true),
    write32: (at, value) => view.setUint32(at, value, true),
    readBytes: (at, n) => bytes.slice(at, at + n),
    writeBytes: (at, data) => bytes.set(data, at),
  };
}

const RING: ByteRing = { data: 16, size: 8, cons: 0, prod: 4 };

const move = fc.oneof(
  fc.record({ put: fc.uint8Array({ maxLength: 12 }) }),
  fc.record({ take: fc.nat(12) }),
);

test('a ring is a queue, also where its counters wrap', () => {
  fc.assert(fc.property(fc.array(move), fc.nat(20), (moves, back) => {
    const m = arrayMemory(24);
    for (const at of [0, 4]) m.write32(at, (10 - back) >>> 0);
    const queue: number[] = [];
    for (const step of moves) {
      if ('put' in step) {
        const fits = step.put.subarray(0, RING.size - queue.length);
        queue.push(...fits);
        expect(putBytes(m, RING, step.put)).toBe(fits.length);
      } else {
        const out = queue.splice(0, step.take);
        expect([...takeBytes(m, RING, step.take)!]).toEqual(out);
      }
    }
  }));
});

test('counters that claim too much are refused', () => {
  const u32 = fc.nat(0xffff_ffff);
  fc.assert(fc.property(u32, u32, (cons, prod) => {
    fc.pre(((prod - cons) >>> 0) > RING.size);
    const m = arrayMemory(24);
    m.write32(RING.cons, cons);
    m.write32(RING.prod, prod);
    const before = m.readBytes(0, 24);
    expect(takeBytes(m, RING, 4)).toBeUndefined();
    expect(putBytes(m, RING, Uint8Array.of(1))).toBeUndefined();
    expect(m.readBytes(0, 24)).toEqual(before);
  }));
});
