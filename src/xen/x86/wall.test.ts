import { expect, test } from 'vitest';
import { checkDescriptor, type Descriptor } from './descriptors.ts';
import { linearOf } from './guest-segment.ts';

/** Offsets at which a segment's reach can begin or end. */
function* corners({ lo, hi }: Descriptor): Generator<number> {
  const raw = hi & 0xf_0000 | lo & 0xffff;
  const limit = hi & 0x80_0000 ? raw * 4096 + 4095 : raw;
  const base = hi & 0xff00_0000 | (hi & 0xff) << 16 | lo >>> 16;
  const wall = 0xf680_0000 - base;
  for (const edge of [0, limit, 0xffff, -1, -base, wall]) {
    for (const d of [-4096, -1, 0, 1, 4096]) yield (edge + d) >>> 0;
  }
}

function random(seed: number): () => number {
  let x = seed;
  return () => {
    x = Math.imul(x ^ x >>> 15, 0x2c1b_3c6d) + 0x9e37_79b9 | 0;
    return (x ^ x >>> 13) >>> 0;
  };
}

test('no segment reaches behind the wall', () => {
  const next = random(1);
  let passed = 0;
  for (let i = 0; i < 5000; i++) {
    const d = { lo: next(), hi: (next() | 0x9000) >>> 0 };
    const safe = checkDescriptor(d);
    if (!safe) continue;
    passed++;
    expect(safe.hi >>> 13 & 3).toBeGreaterThan(0);
    const reached = [...corners(safe)].map(
      (offset) => linearOf(safe, offset, 1, false));
    expect(Math.max(...reached)).toBeLessThan(0xf680_0000);
  }
  expect(passed).toBeGreaterThan(1000);
});
